import RunFiles
import Testing

@testable import Coordinator
@testable import Statistics

/// Runs of many ranks on a clock that is moved by hand; all but wire and disk is real.
@Suite struct SimulationTests {
  private let folder: TemporaryFolder
  private let directory: RunDirectory
  private var settings = SimulationSettings()

  init() throws {
    let run = try TestRun()
    (folder, directory) = (run.folder, try run.directory())
    settings.run.checkpoint = 10
  }

  private func plan(images: Int, samples: Int, unit: Int = 1) throws -> WorkPlan {
    try WorkPlan(
      images: (0..<images).map { TestSamples.image("i\($0)") },
      grid: UnitGrid(unit: unit, samples: samples))
  }

  /// Does what is left of a plan after earlier starts.
  private func run(
    _ plan: WorkPlan, after earlier: [SimulationReport] = [], _ faults: [SimulatedFault] = []
  ) throws -> SimulationReport {
    var settings = settings
    settings.faults = faults
    let work = plan.remaining { image in
      SampleRanges(earlier.flatMap { $0.committed[image]?.ranges ?? [] })
    }
    let opened = OpenedRun(directory: directory, plan: plan, progress: RunProgress(parts: []))
    var simulation = Simulation(
      opened, work: work, samples: MadeUpSamples(shape: [1, 1, 1]), settings: settings)
    return try simulation.run(limit: 1e6)
  }

  /// All samples were committed, each of them in one of the starts.
  private func expectWhole(_ starts: [SimulationReport], _ plan: WorkPlan) {
    #expect(starts.last?.ending?.code == .complete)
    #expect(starts.last?.missingSamples == 0)
    #expect(starts.allSatisfy { $0.doubledSamples == 0 })
    let samples = starts.flatMap(\.committed.values).reduce(0) { $0 + $1.count }
    #expect(samples == plan.sampleCount)
  }

  /// What is kept grows with images and workers, not with units.
  @Test mutating func thousandsOfWorkersDrawEverySampleOnce() throws {
    settings.ranks = 2000
    let plan = try plan(images: 2000, samples: 50)
    #expect(plan.unitCount == 100_000)
    let report = try run(plan)
    expectWhole([report], plan)
    #expect(report.units == 100_000)
    // An image: what is pending and what is there, in two ranges each when workers share it at the
    // end. A worker: the unit under way, the next one, what it has finished of two images, and some
    // single units of images it shares in the last seconds.
    #expect(report.mostEntries <= 4 * 2000 + 6 * 2000)
    // 50 units of 0.5 to 1.5 s, and one more at the end while others have none left.
    #expect(report.seconds < 50 * 1.1 + 2 * 1.5 + 3)
  }

  @Test mutating func unevenUnitsAndMoreWorkersThanWork() throws {
    settings.spread = 1
    settings.unitSeconds = 30
    for (ranks, workers) in [(1, 1), (3, 5), (400, 1)] {
      settings.ranks = ranks
      settings.workersPerRank = workers
      let plan = try plan(images: 7, samples: 33, unit: 4)
      let report = try run(plan)
      expectWhole([report], plan)
      // Nobody rests while a unit is free; 60 s is the longest unit, and one may be waiting.
      let share = Double(plan.unitCount) / Double(ranks * workers)
      #expect(report.seconds < 33 * share + 2 * 60 + 3)
    }
  }

  @Test mutating func aSilentRankCostsItsUnitsOnly() throws {
    settings.ranks = 50
    settings.run.lease = 20
    let plan = try plan(images: 20, samples: 200)
    let first = try run(plan, [SimulatedFault(time: 30, effect: .silence(rank: 7))])
    #expect(first.ending?.code == .interrupted)
    #expect(first.ending?.text?.contains("rank 7 (simulated) has been silent") == true)
    // It was heard at 28.5 s or later, and is given up 20 to 21 s after that.
    #expect((48.5...52).contains(first.seconds))
    #expect(first.missingSamples < plan.sampleCount - 49 * 30)
    expectWhole([first, try run(plan, after: [first])], plan)
  }

  @Test mutating func lateDuplicatesAreDropped() throws {
    settings.ranks = 20
    settings.run.checkpoint = 2
    let plan = try plan(images: 5, samples: 300)
    let faults = (0..<20).map {
      SimulatedFault(time: 0, effect: .duplicates(rank: $0, delay: Double($0 % 7)))
    }
    let report = try run(plan, faults)
    expectWhole([report], plan)
    #expect(report.messages > 0)
  }

  @Test mutating func anErrorEndsTheRunAndNothingFinishedIsLost() throws {
    settings.ranks = 30
    let plan = try plan(images: 10, samples: 200)
    let first = try run(
      plan, [SimulatedFault(time: 25, effect: .error(rank: 3, cause: "out of memory"))])
    #expect(first.ending?.code == .internalError)
    #expect(first.ending?.text?.hasPrefix("rank 3 (simulated), i") == true)
    #expect(first.ending?.text?.hasSuffix("out of memory") == true)
    // 30 workers, 25 s, units of at most 1.5 s: so many were finished at least.
    #expect(plan.sampleCount - first.missingSamples >= 30 * 16)
    expectWhole([first, try run(plan, after: [first])], plan)
  }

  @Test mutating func aStopCommitsWhatIsFinished() throws {
    settings.ranks = 100
    settings.run.checkpoint = 1000
    let plan = try plan(images: 10, samples: 1000)
    let first = try run(plan, [SimulatedFault(time: 40, effect: .stop(rank: 99))])
    #expect(first.ending?.code == .interrupted && first.seconds < 41)
    #expect(plan.sampleCount - first.missingSamples >= 100 * 26)
    expectWhole([first, try run(plan, after: [first])], plan)
  }

  /// All processes die again and again; the parts that were committed are all that is left.
  @Test(arguments: 1...8) mutating func killedAndRestarted(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    settings.run.checkpoint = 3
    settings.commitSeconds = 0.05
    // 390 units: 27 workers need more than the 12 s that a start lasts.
    let plan = try plan(images: 13, samples: 120, unit: 4)
    var starts: [SimulationReport] = []
    while starts.count < 100, starts.last?.ending == nil {
      settings.ranks = Int.random(in: 1...9, using: &random)
      settings.workersPerRank = Int.random(in: 1...3, using: &random)
      let time = Double.random(in: 1...12, using: &random)
      starts.append(try run(plan, after: starts, [SimulatedFault(time: time, effect: .kill)]))
    }
    #expect(starts.count > 1)
    expectWhole(starts, plan)
  }

  /// A slow disk holds up the workers instead of filling the memory.
  @Test mutating func whatWaitsForTheDiskIsBounded() throws {
    settings.ranks = 100
    settings.run.checkpoint = 0
    settings.commitSeconds = 0.1
    settings.run.backlogBytes = 50_000
    let plan = try plan(images: 100, samples: 10)
    let report = try run(plan)
    expectWhole([report], plan)
    let largest = Double(report.resultBytes) / Double(report.results) * 1.1
    // Beyond the limit every worker may finish the units in its hand.
    #expect(Double(report.largestBacklog) < 50_000 + 2 * 100 * largest)
    #expect(report.seconds > 0.1 * Double(report.results))
  }
}
