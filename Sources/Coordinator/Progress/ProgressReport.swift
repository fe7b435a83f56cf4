import RunFiles

/// How far a run is, for people.
public struct ProgressReport: Hashable, Sendable {
  /// Units of work, of the shard if the run is one: those wanted for certain, done or not.
  public var totalUnits = 0
  /// Units that may be wanted besides, by images whose number of samples is open.
  public var openUnits = 0
  /// Units that are finished, in earlier runs too.
  public var doneUnits = 0
  /// Units that were finished before this run.
  public var resumedUnits = 0
  /// Samples of the run or shard that are wanted for certain, done or not.
  public var totalSamples = 0
  /// Samples that may be wanted besides.
  public var openSamples = 0
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
  /// Estimated seconds to the end, at most if samples are open; nil if not known.
  public var remaining: Double?

  /// A report of nothing.
  public init() {}

  /// The report at the beginning of a run with `work` left.
  public init(_ run: OpenedRun, work: [RemainingWork]) {
    let left = work.reduce(0) { $0 + run.plan.grid.unitCount(of: $1.samples) }
    let extent = run.plan.extent(after: run.progress)
    (openUnits, openSamples) = (extent.openUnits, extent.openSamples)
    totalUnits = max(extent.units, left)
    resumedUnits = totalUnits - left
    doneUnits = resumedUnits
    totalSamples = extent.samples
    resumedSamples = totalSamples - work.reduce(0) { $0 + $1.samples.count }
    doneSamples = resumedSamples
    failedSamples = run.plan.images.reduce(0) { $0 + (run.progress.images[$1]?.failedCount ?? 0) }
  }

  /// Finished units of the most there may be, 0…1; 1 if there are none.
  public var fraction: Double {
    mostUnits == 0 ? 1 : Double(doneUnits) / Double(mostUnits)
  }

  /// The most units there may be.
  public var mostUnits: Int { totalUnits + openUnits }

  /// An image whose number of samples was open gets some more.
  mutating func extend(by samples: SampleRanges, _ grid: UnitGrid) {
    let units = grid.unitCount(of: samples)
    (totalUnits, openUnits) = (totalUnits + units, openUnits - units)
    (totalSamples, openSamples) = (totalSamples + samples.count, openSamples - samples.count)
  }

  /// An image gets no more than so many samples.
  mutating func close(_ goal: SampleGoal, at count: Int) {
    openUnits -= goal.grid.unitCount(beyond: count)
    openSamples -= max(0, goal.most - count)
  }

  /// Units this run has finished per second; nil before the first.
  public var unitsPerSecond: Double? {
    let units = doneUnits - resumedUnits
    return units > 0 && elapsed > 0 ? Double(units) / elapsed : nil
  }
}
