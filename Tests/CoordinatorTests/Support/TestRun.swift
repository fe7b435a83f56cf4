import Foundation
import RunFiles
import Synchronization

@testable import Coordinator

/// A small run in a temporary folder, on ranks that are threads.
struct TestRun: Sendable {
  let folder: TemporaryFolder
  var imageNames = ["a", "b", "c/d"]
  var unit = 4
  var samples = 12
  /// With it, `samples` is the most.
  var rule: StoppingRule?
  var shard: Shard?
  var settings = RunSettings()
  /// What the images' files hold when the run begins.
  var inputs: [ImageID: String] = [:]
  var agreement: @Sendable (Int) -> RankAgreement = { _ in TestSamples.agreement }
  /// Called before a unit is drawn; may wait, throw, or do harm.
  var before: @Sendable (WorkUnit, StopFlag) throws -> Void = { _, flag in try flag.check() }
  /// Called before a rank makes its workers.
  var equipping: @Sendable (NodeInfo) -> Void = { _ in }
  /// Called before rank 0 opens the folder.
  var opening: @Sendable () throws -> Void = {}
  var stopRequest: @Sendable (Int) -> StopReason? = { _ in nil }
  let record = Record()

  init() throws {
    folder = try TemporaryFolder()
    settings.grace = 5
  }

  var path: String { "\(folder.path)/run" }

  func directory() throws -> RunDirectory {
    try RunDirectory.openOrCreate(
      at: path,
      RunDescription(
        workHash: TestSamples.agreement.workHash, program: TestSamples.agreement.program,
        configuration: "run: {samples: \(samples)}\n"))
  }

  /// What happened in a run, as told by its observer and executors.
  final class Record: RunObserver {
    let drawn = Mutex<[WorkUnit]>([])
    let joined = Mutex<[RankInfo]>([])
    let failed = Mutex<[FailedSample]>([])
    let completed = Mutex<[Part]>([])
    let messages = Mutex<[String]>([])
    let stops = Mutex<[String]>([])
    let reports = Mutex<[ProgressReport]>([])
    let commits = Mutex<[String]>([])

    var wantsCompletedImages: Bool { true }
    func rankJoined(_ info: RankInfo) { joined.withLock { $0.append(info) } }
    func sampleFailed(_ sample: FailedSample) { failed.withLock { $0.append(sample) } }
    func imageCompleted(_ part: Part) { completed.withLock { $0.append(part) } }
    func message(_ text: String) { messages.withLock { $0.append(text) } }
    func stopping(_ text: String) { stops.withLock { $0.append(text) } }
    func began(_ report: ProgressReport) { reports.withLock { $0.append(report) } }
    func progressed(_ report: ProgressReport) { reports.withLock { $0.append(report) } }
    func committed(_ samples: SampleRanges, of image: ImageID) {
      commits.withLock { $0.append("\(image.name) \(samples)") }
    }
    var drawnUnits: [WorkUnit] { drawn.withLock { $0 } }
    var drawnSamples: Int { drawnUnits.reduce(0) { $0 + $1.samples.count } }
  }
}

// MARK: - Running

extension TestRun {
  /// Runs on a hub; one result a rank.
  ///
  /// - Parameter change: what is other about each rank's job.
  func start(
    ranks: Int, workers: Int = 1, hub: InMemoryHub? = nil,
    changing change: (inout RunJob) -> Void = { _ in }
  ) -> [Result<RunOutcome, TransportError>] {
    let hub = hub ?? InMemoryHub(ranks: ranks)
    let results = Monitor<[Int: Result<RunOutcome, TransportError>]>([:])
    for rank in 0..<ranks {
      var changed = job(rank: rank, workers: workers)
      change(&changed)
      let job = changed
      let thread = Thread {
        let transport = hub.transport(rank: rank)
        let result = Result { () throws(TransportError) in try job.run(over: transport) }
        results.change { $0[rank] = result }
      }
      thread.start()
    }
    return results.wait { all in
      all.count == ranks ? (0..<ranks).compactMap { all[$0] } : nil
    } ?? []
  }

  func job(rank: Int, workers: Int) -> RunJob {
    var job = RunJob(
      open: {
        try opening()
        let directory = try directory()
        let plan = try WorkPlan(
          images: imageNames.map(TestSamples.image), goal: goal, shard: shard)
        let progress = try directory.judged(directory.scan(), by: goal)
        return OpenedRun(directory: directory, plan: plan, progress: progress, inputs: inputs)
      },
      equip: { node, _ in
        equipping(node)
        return Equipment(
          executors: Array(repeating: executor, count: workers), agreement: agreement(node.rank),
          folder: path)
      },
      observer: record, stopRequest: { stopRequest(rank) })
    job.settings = settings
    return job
  }

  var goal: SampleGoal {
    SampleGoal(grid: UnitGrid(unit: unit, samples: samples), rule: rule)
  }

  private var executor: UnitExecutor {
    { [before, record] unit, flag in
      try before(unit, flag)
      let part = try TestSamples.part(unit)
      record.drawn.withLock { $0.append(unit) }
      return part
    }
  }

  /// A copy in the same folder that records anew.
  func again(_ change: (inout TestRun) -> Void = { _ in }) throws -> TestRun {
    var copy = try TestRun(sharing: self)
    change(&copy)
    return copy
  }

  private init(sharing other: TestRun) throws {
    folder = other.folder
    (imageNames, unit, samples, shard) = (other.imageNames, other.unit, other.samples, other.shard)
    (rule, settings) = (other.rule, other.settings)
  }
}

// MARK: - Results

extension TestRun {
  /// The bytes of the summed parts of all images, in order, and whether there is one file an image.
  func result() throws -> (bytes: [[UInt8]], isTidy: Bool) {
    let directory = try directory()
    let progress = try directory.scan()
    let images = imageNames.sorted().map(TestSamples.image)
    let parts = try images.map { try directory.part(of: $0, in: progress) }
    return (
      parts.map { $0.map(TestSamples.bytes) ?? [] },
      progress.images.values.allSatisfy { $0.accepted.count == 1 && $0.redundant.isEmpty }
    )
  }

  /// What the bytes must be: everything drawn at once.
  func expected() throws -> [[UInt8]] {
    try imageNames.sorted().map {
      TestSamples.bytes(try TestSamples.part(TestSamples.unit($0, 0..<count(of: $0))))
    }
  }

  /// How many samples an image must have in the end: those of the first size that is precise.
  func count(of name: String) throws -> Int {
    guard let rule else { return samples }
    let enough = try goal.sizes.first { size in
      let part = try TestSamples.part(TestSamples.unit(name, 0..<size))
      return part.statistics.monteCarloErrorOfMean() <= rule.monteCarloError
    }
    return enough ?? samples
  }
}
