/// How long a unit of work takes one worker.
public struct UnitTiming: Hashable, Sendable {
  /// Seconds by the clock, all steps.
  public var seconds: Double
  /// Seconds of processor time of the worker's thread, all steps.
  public var processorSeconds: Double
  /// Seconds to set up an image's problem, once an image, by the clock.
  public var setupSeconds: Double
  /// Share of the unit that was drawn, above 0 and at most 1; below 1 the seconds are scaled up.
  public var drawnShare: Double

  public init(
    seconds: Double, processorSeconds: Double, setupSeconds: Double, drawnShare: Double = 1
  ) {
    self.seconds = seconds
    self.processorSeconds = processorSeconds
    self.setupSeconds = setupSeconds
    self.drawnShare = drawnShare
  }

  /// The mean of one or more timings.
  init(mean timings: [UnitTiming]) {
    func mean(_ value: (UnitTiming) -> Double) -> Double {
      timings.map(value).reduce(0, +) / Double(max(1, timings.count))
    }
    self.init(
      seconds: mean(\.seconds), processorSeconds: mean(\.processorSeconds),
      setupSeconds: mean(\.setupSeconds), drawnShare: mean(\.drawnShare))
  }
}
