import RunFiles

/// Is told on rank 0 what happens in a run; printing is up to it.
///
/// Calls come from the main thread, except ``imageCompleted(_:)``. They should be quick.
public protocol RunObserver: Sendable {
  /// The run begins; the report tells what is done already.
  func began(_ report: ProgressReport)
  /// A rank is there.
  func rankJoined(_ info: RankInfo)
  /// All ranks are there, in order.
  func ranksJoined(_ ranks: [RankInfo])
  /// Something was finished, or a second has passed.
  func progressed(_ report: ProgressReport)
  /// Samples are safe on disk.
  func committed(_ samples: SampleRanges, of image: ImageID)
  /// A sample failed; it is counted and left out.
  func sampleFailed(_ sample: FailedSample)
  /// All samples of an image are there; called on the thread that commits, and only if
  /// ``wantsCompletedImages``.
  func imageCompleted(_ part: Part)
  /// Whether ``imageCompleted(_:)`` is of any use; the part must be read for it.
  var wantsCompletedImages: Bool { get }
  /// The run stops before its end.
  func stopping(_ text: String)
  /// Something a user should know.
  func message(_ text: String)
}

extension RunObserver {
  public func began(_ report: ProgressReport) {}
  public func rankJoined(_ info: RankInfo) {}
  public func ranksJoined(_ ranks: [RankInfo]) {}
  public func progressed(_ report: ProgressReport) {}
  public func committed(_ samples: SampleRanges, of image: ImageID) {}
  public func sampleFailed(_ sample: FailedSample) {}
  public func imageCompleted(_ part: Part) {}
  public var wantsCompletedImages: Bool { false }
  public func stopping(_ text: String) {}
  public func message(_ text: String) {}
}

/// An observer that tells nobody.
public struct SilentObserver: RunObserver {
  /// The only kind there is.
  public init() {}
}
