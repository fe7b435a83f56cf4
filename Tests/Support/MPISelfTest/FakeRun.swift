import Coordinator
import Foundation
import RunFiles
import Statistics

/// A run of 4 images of 12 samples, made up from image and index, a unit of 4 taking some milliseconds.
struct FakeRun {
  private let folder: String
  private let milliseconds: Int
  private let fault: String?

  init(_ arguments: [String]) {
    folder = arguments[0]
    milliseconds = Int(arguments[1]) ?? 0
    fault = arguments.dropFirst(2).first
  }

  func run() throws {
    let transport = try MPITransport()
    StopSignals.install()
    let rank = transport.node.rank
    var job = RunJob(open: open, equip: { node, _ in try equip(node) }, observer: Printer())
    if fault == "slow" { job.settings.checkpoint = 0 }
    let outcome = try job.run(over: transport)
    print("rank \(rank) ends: \(outcome.ending.code); \(outcome.ending.text ?? "")")
    if rank == 0 {
      print("coordinator \(outcome.coordinatorSeconds) s of \(outcome.elapsedSeconds) s")
    }
    outcome.leave(transport)
  }

  private func open() throws -> OpenedRun {
    let directory = try RunDirectory.openOrCreate(
      at: folder,
      RunDescription(workHash: "abcdef", program: "mpi-selftest", configuration: "a: 1\n"))
    let images = try (0..<4).map { try ImageID(name: "image-\($0)") }
    let plan = try WorkPlan(images: images, grid: UnitGrid(unit: 4, samples: 12))
    return OpenedRun(directory: directory, plan: plan, progress: try directory.scan())
  }

  private func equip(_ node: NodeInfo) throws -> Equipment {
    let executor: UnitExecutor = { unit, flag in
      try disturb(unit, node.rank)
      for _ in 0..<milliseconds {
        try flag.check()
        Thread.sleep(forTimeInterval: 0.001)
      }
      return try part(unit)
    }
    return Equipment(
      executors: [executor],
      agreement: RankAgreement(program: "mpi-selftest", workHash: "abcdef", priorDigest: ""),
      folder: folder)
  }

  private func disturb(_ unit: WorkUnit, _ rank: Int) throws {
    guard unit.image.name == "image-2", unit.samples.lowerBound == 4 else { return }
    switch fault {
    case "crash": kill(getpid(), SIGKILL)
    case "throw": throw FileError(path: "prior.safetensors", operation: .read, errno: EIO)
    default: return
    }
  }

  private func part(_ unit: WorkUnit) throws -> Part {
    var statistics = ImageStatistics(pixelCount: 256, options: StatisticsOptions())
    for index in unit.samples {
      try statistics.add((0..<256).map { Float(($0 * 37 + index * 101) % 256) / 256 })
    }
    return try Part(
      image: unit.image, shape: [1, 16, 16], statistics: statistics,
      records: unit.samples.map { SampleRecord(index: $0) })
  }
}

/// Says on standard output what happens.
private struct Printer: RunObserver {
  func began(_ report: ProgressReport) { print("begin with \(report.doneUnits) units done") }
  func rankJoined(_ info: RankInfo) { print(info.line) }
  func committed(_ samples: SampleRanges, of image: ImageID) {
    print("committed \(image.name) \(samples)")
  }
  func stopping(_ text: String) { print("stopping: \(text)") }
}
