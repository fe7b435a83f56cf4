import ArgumentParser
import Coordinator
import Foundation
import RunFiles

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what the coordinator can stand, with workers that only sleep.",
    discussion: """
      Under mpirun, or alone, it is a run like any other but for its units: a worker sleeps and \
      returns made-up samples of the size of real ones, which are committed as in a real run.

        mpirun -np 128 posterior simulate --unit-seconds 1
        posterior simulate --images 100000 --samples 1 --unit 1 --shape 1,8,8 --unit-seconds 0

      With --workers, that many ranks of one worker are simulated in one thread, on a clock of \
      their own: the coordinator and all messages are real, the wire and the disk are not there.

        posterior simulate --workers 10000 --images 100000 --samples 100 --shape 1,8,8
      """)

  @Option(help: "Number of images.")
  var images = 100

  @Option(help: "Samples of each image.")
  var samples = 16

  @Option(help: "Samples of a unit.")
  var unit = 8

  @Option(
    help: ArgumentHelp("Shape of an image: channels, height, width.", valueName: "C,H,W"))
  var shape = ImageShape(sizes: [3, 256, 256])

  @Option(help: "Seconds a worker takes for a unit, give or take half.")
  var unitSeconds = 1.0

  @Option(help: "Finished units are committed at least this often, in seconds.")
  var checkpoint = 60.0

  @Option(help: "Simulate so many ranks in this process.")
  var workers: Int?

  @Option(help: "Folder of the results, which are kept; without it they are deleted.")
  var output: String?

  func validate() throws {
    try check("--images", images, 1...Self.most)
    try check("--samples", samples, 1...Self.most)
    try check("--unit", unit, 1...Self.most)
    try check("--workers", workers, 1...Self.most)
    guard (0...Self.mostSeconds).contains(unitSeconds), checkpoint > 0,
      checkpoint <= Self.mostSeconds
    else {
      throw ValidationError(
        "--unit-seconds must be 0 to 1000000, --checkpoint above 0 and at most 1000000")
    }
  }

  /// Some eleven days. Messages and reports go on meanwhile, so that years on the clock of `--workers` have no end.
  private static let mostSeconds = 1e6

  /// What a plan of so many images takes stays within a gigabyte or so.
  private static let most = 1_000_000

  func run() throws {
    if let workers { try simulate(workers) } else { try runForReal() }
  }
}

/// The three sizes of an image, as they are typed.
struct ImageShape: ExpressibleByArgument {
  let sizes: [Int]

  init(sizes: [Int]) { self.sizes = sizes }

  init?(argument: String) {
    let items = argument.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = items.compactMap { Int($0) }.filter { (1...65536).contains($0) }
    guard sizes.count == 3, items.count == 3, sizes.reduce(1, *) <= 1 << 28 else { return nil }
    self.sizes = sizes
  }

  var defaultValueDescription: String { sizes.map(String.init).joined(separator: ",") }
}

// MARK: - In one thread

extension Simulate {
  private func simulate(_ workers: Int) throws {
    let folder = SimulationFolder(output, of: self)
    defer { folder.remove() }
    let run = try folder.open()
    let before = ProcessMemory.peakBytes ?? 0
    let start = MonotonicClock.now()
    let work = run.plan.remaining(after: run.progress)
    var settings = SimulationSettings()
    settings.ranks = workers
    settings.unitSeconds = unitSeconds
    settings.run.checkpoint = checkpoint
    var simulation = Simulation(
      run, work: work, samples: MadeUpSamples(shape: shape.sizes), settings: settings)
    let planned = MonotonicClock.now() - start
    let report = try simulation.run()
    print(SimulationTable(report, workers: workers).text)
    print(
      String(
        format: "planning took %.2f s; the plan is of %d images and %d units", planned, images,
        run.plan.unitCount))
    print(
      "memory: \(Self.megabytes(before)) MB at the beginning, "
        + "\(Self.megabytes(ProcessMemory.peakBytes ?? 0)) MB at most, the simulated ranks included"
    )
    guard report.doubledSamples == 0, report.missingSamples == 0 else {
      throw Failure(
        "\(report.missingSamples) samples are missing, \(report.doubledSamples) were committed "
          + "twice; \(report.ending?.text ?? "the run did not end")", .internalError)
    }
  }

  private static func megabytes(_ bytes: Int) -> Int { bytes / 1_000_000 }
}

// MARK: - On real ranks

extension Simulate {
  private func runForReal() throws {
    let transport = try MPITransport()
    StopSignals.install()
    let folder = SimulationFolder(output, of: self)
    let outcome = try job(folder, transport.node).run(over: transport)
    if transport.node.rank == 0 {
      print(SimulationTable(outcome, ranks: transport.node.size).text)
      if let text = outcome.ending.text { print(text) }
      folder.remove()
    }
    outcome.leave(transport, code: StandardStreams.finishOutput(outcome.ending.code))
  }

  private func job(_ folder: SimulationFolder, _ node: NodeInfo) -> RunJob {
    let made = MadeUpSamples(shape: shape.sizes)
    let executor: UnitExecutor = { unit, flag in
      try sleep(unit, flag)
      return try made.part(unit)
    }
    var job = RunJob(
      open: {
        let start = MonotonicClock.now()
        let run = try folder.open()
        print(String(format: "opening the folder took %.2f s", MonotonicClock.now() - start))
        return run
      },
      equip: { _, _ in
        Equipment(
          executors: [executor],
          agreement: RankAgreement(
            program: Program.name, workHash: folder.workHash, priorDigest: ""),
          folder: folder.path, device: "none")
      })
    job.settings.checkpoint = checkpoint
    return job
  }

  /// Sleeps, but hears when it is to stop.
  private func sleep(_ unit: WorkUnit, _ flag: StopFlag) throws {
    let luck = Double(unit.image.key >> 40) / Double(1 << 24)
    let end = MonotonicClock.now() + unitSeconds * (0.5 + luck)
    while true {
      try flag.check()
      let rest = end - MonotonicClock.now()
      guard rest > 0 else { return }
      Thread.sleep(forTimeInterval: min(rest, 0.1))
    }
  }
}
