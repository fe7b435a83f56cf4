import Synchronization

/// What a sampler asks between its steps: shall I stop?
///
/// Each worker thread has its own flag. Asking is also the sign of life by which a hung worker is
/// told from a slow one, so ask at least once a step.
public final class StopFlag: Sendable {
  private let raised = Atomic<Bool>(false)
  private let questions = Atomic<UInt64>(0)

  /// A flag that is not raised.
  public init() {}

  /// Whether work must be given up now; counts as a sign of life.
  public var isRaised: Bool {
    questions.wrappingAdd(1, ordering: .relaxed)
    return raised.load(ordering: .acquiring)
  }

  /// Throws ``UnitInterrupted`` if work must be given up now; counts as a sign of life.
  public func check() throws(UnitInterrupted) {
    if isRaised { throw UnitInterrupted() }
  }

  /// Asks the worker to give up its unit; never taken back.
  public func raise() { raised.store(true, ordering: .releasing) }

  /// How often the flag was asked so far; it stands still when the worker hangs.
  public var signsOfLife: UInt64 { questions.load(ordering: .relaxed) }
}

/// A unit was given up because its stop flag was raised; the unit stays to be done.
public struct UnitInterrupted: Error, Hashable, CustomStringConvertible {
  /// The only value.
  public init() {}
  /// A sentence for logs.
  public var description: String { "the unit was given up because the run was asked to stop" }
}

/// Draws the samples of one unit and returns exactly these as a ``Part``.
///
/// It asks the flag between sampler steps and throws ``UnitInterrupted`` when it is raised. A bad
/// sample is a failed ``SampleRecord`` of the part; a thrown error ends the whole run. Called on
/// one thread at a time.
public typealias UnitExecutor = @Sendable (WorkUnit, StopFlag) throws -> Part
