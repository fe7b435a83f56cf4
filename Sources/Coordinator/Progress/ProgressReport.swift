import RunFiles

/// How far a run is, for people.
public struct ProgressReport: Hashable, Sendable {
  /// Units of work, of the shard if the run is one: all, finished (here or earlier), finished
  /// before this run.
  public var totalUnits = 0
  /// Units that are finished, in earlier runs too.
  public var doneUnits = 0
  /// Units that were finished before this run.
  public var resumedUnits = 0
  /// Samples of the run or shard.
  public var totalSamples = 0
  /// Samples that are finished, in earlier runs too.
  public var doneSamples = 0
  /// Samples that were finished before this run.
  public var resumedSamples = 0
  /// Failed samples, earlier ones too.
  public var failedSamples = 0
  /// Ranks that have joined.
  public var ranks = 0
  /// Worker threads of these ranks.
  public var workers = 0
  /// Seconds since the run began.
  public var elapsed = 0.0
  /// Estimated seconds to the end; nil if not known.
  public var remaining: Double?

  /// A report of nothing.
  public init() {}

  /// The report at the beginning of a run with `work` left.
  public init(_ run: OpenedRun, work: [RemainingWork]) {
    let left = work.reduce(0) { $0 + run.plan.grid.unitCount(of: $1.samples) }
    totalUnits = max(run.plan.unitCount, left)
    resumedUnits = totalUnits - left
    doneUnits = resumedUnits
    totalSamples = run.plan.sampleCount
    resumedSamples = totalSamples - work.reduce(0) { $0 + $1.samples.count }
    doneSamples = resumedSamples
    failedSamples = run.plan.images.reduce(0) { $0 + (run.progress.images[$1]?.failedCount ?? 0) }
  }

  /// Finished units of all, 0…1; 1 if there are none.
  public var fraction: Double {
    totalUnits == 0 ? 1 : Double(doneUnits) / Double(totalUnits)
  }

  /// Units this run has finished per second; nil before the first.
  public var unitsPerSecond: Double? {
    let units = doneUnits - resumedUnits
    return units > 0 && elapsed > 0 ? Double(units) / elapsed : nil
  }
}
