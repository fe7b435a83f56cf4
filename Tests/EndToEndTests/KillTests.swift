import Foundation
import RunFiles
import Testing

@testable import Statistics

extension EndToEnd {
  /// The program may be killed at any moment; the same command goes on, and the maps are the same.
  @Suite struct Kills {
    static let kills = 20

    @Test func anyRankAtAnyTime() throws {
      var random = SplitMix64(seed: 20)
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let quiet = RunFolder(path: folder("quiet/run"))
      let undisturbed = try Program.run(["run", configuration, "--output", quiet.path])
      #expect(undisturbed.code == 0, "\(undisturbed)")
      var (kills, round, midRun) = (0, 0, 0)
      while kills < Self.kills {
        let run = RunFolder(path: folder("round-\(round)/run"))
        round += 1
        var committed = Commits()
        while true {
          let plan = kills < Self.kills ? Kill(&random) : nil
          let outcome = try start(configuration, run, ranks: kills % 4, plan, committed)
          let now = try Commits(run)
          if outcome.wasKilled {
            kills += 1
            if now.count > 0, now.count < Self.experiment.sampleCount { midRun += 1 }
          }
          committed = now
          if outcome.isComplete { break }
        }
        try expectSame(run.maps(), quiet.maps(), "round \(round)")
        #expect(committed.count == Self.experiment.sampleCount, "each sample once")
      }
      #expect(midRun >= 5, "most kills must meet a run with some samples finished")
    }

    /// 128 units of some 30 ms.
    static let experiment = TinyExperiment(
      images: 4, samples: 64, unit: 2, checkpoint: 0.05,
      sampler: "{name: dps, method: ps, scale: 0.3, steps: 100}")

    private struct Outcome {
      let isComplete: Bool
      var wasKilled: Bool { !isComplete }
    }

    /// One start of the program, killed as planned, and what it must say and draw.
    private func start(
      _ configuration: String, _ run: RunFolder, ranks: Int, _ plan: Kill?, _ before: Commits
    ) throws -> Outcome {
      let starts = try run.starts()
      let program = try Program.start(
        ["run", configuration, "--output", run.path], ranks: ranks == 0 ? nil : ranks)
      let killed = try plan.map { try $0.strike(program, run, ranks: max(1, ranks)) } ?? []
      let result = try program.wait(timeout: 90)
      // A program may end by itself just before it is struck.
      try #require(!killed.isEmpty || result.code == 0, "\(result)")
      try awaitEnd(of: killed)
      try expectNoRepeat(run, result, starts, before)
      return Outcome(isComplete: result.code == 0)
    }

    /// What was committed is skipped, said so, and never drawn again.
    private func expectNoRepeat(
      _ run: RunFolder, _ result: ProgramResult, _ starts: Set<String>, _ before: Commits
    ) throws {
      guard FileManager.default.fileExists(atPath: run.path) else { return }
      for unit in try run.units(after: starts) {
        let known = before.samples[unit.image ?? ""] ?? []
        #expect(known.isDisjoint(with: unit.indices), "\(unit) is drawn again")
      }
      if before.count > 0, result.errors.contains("units of work") {
        let skipped = before.count / Self.experiment.unit
        #expect(result.errors.contains("; \(skipped) done before are skipped"), "\(result)")
      }
    }

    /// Ranks outlive a killed `mpirun` for a moment, but not for long.
    private func awaitEnd(of ranks: [pid_t]) throws {
      let limit = ContinuousClock.now + .seconds(30)
      while ranks.contains(where: isRunning), ContinuousClock.now < limit { usleep(10_000) }
      #expect(!ranks.contains(where: isRunning), "a rank outlives its run")
    }

    private func isRunning(_ process: pid_t) -> Bool {
      let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      guard let text, let end = text.lastIndex(of: ")") else { return false }
      return text[text.index(end, offsetBy: 2)] != "Z"
    }
  }
}

/// What a run folder has, by image.
private struct Commits {
  var samples: [String: Set<Int>] = [:]

  init() {}

  init(_ run: RunFolder) throws {
    guard FileManager.default.fileExists(atPath: run.path + "/run.yaml") else { return }
    let progress = try run.progress()
    for (image, entry) in progress.images {
      samples[image.name] = Set(entry.covered.ranges.flatMap { Array($0) })
    }
    #expect(progress.ignored == [] && progress.overlapping == [])
  }

  var count: Int { samples.values.reduce(0) { $0 + $1.count } }
}

/// When and whom to kill.
private struct Kill {
  enum Moment {
    /// So many milliseconds after the start.
    case early(UInt32)
    /// So many milliseconds after something has been committed.
    case drawing(UInt32)
    /// While the maps are written.
    case writing
  }

  let moment: Moment
  let victim: Int
  let endsLauncher: Bool

  init(_ random: inout SplitMix64) {
    let kind = random.next() % 8
    switch kind {
    case 0: moment = .early(UInt32(random.next() % 1500))
    case 1: moment = .writing
    default: moment = .drawing(UInt32(random.next() % 200))
    }
    victim = Int(random.next() % 8)
    endsLauncher = random.next() % 6 == 0
  }

  /// Kills a rank, or `mpirun`, when the moment has come.
  ///
  /// - Returns: all ranks there were; none if the program ended before.
  func strike(_ program: StartedProgram, _ run: RunFolder, ranks: Int) throws -> [pid_t] {
    let known = names(run)
    switch moment {
    case .early(let delay): usleep(delay * 1000)
    case .drawing(let delay):
      guard program.waitUntil({ names(run) != known }) else { return [] }
      usleep(delay * 1000)
    case .writing:
      guard program.waitUntil({ !((try? run.maps().isEmpty) ?? true) }) else { return [] }
    }
    let found = program.ranks
    guard !program.hasEnded, !found.isEmpty else { return [] }
    kill(endsLauncher ? program.process : found[victim % found.count], SIGKILL)
    return found
  }

  private func names(_ run: RunFolder) -> Set<String> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: run.path + "/parts")) ?? []
    return Set(names.filter { $0.hasSuffix(".safetensors") })
  }
}
