/// What rank 0 has settled while it opened the run, for the other ranks.
///
/// A rank can load its prior meanwhile, and waits only where it needs to know.
public final class Briefing: Sendable {
  private let known = Monitor<String?>(nil)

  init() {}

  /// The text, as soon as rank 0 has sent it; if the run ends before, never.
  public func wait() -> String { known.wait { $0 } ?? "" }

  func settle(_ text: String) { known.change { $0 = text } }
}
