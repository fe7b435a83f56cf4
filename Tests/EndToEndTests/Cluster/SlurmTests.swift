import Foundation
import Testing

extension EndToEnd {
  /// The shipped batch scripts on a real Slurm, and what happens to jobs there.
  @Suite(.enabled(if: TestBed.isUp, "needs the test bed: see cluster/README.md"))
  struct SlurmJobs {
    private let log: TemporaryFolder

    init() throws { log = try TemporaryFolder() }

    /// Submits one of the scripts in `slurm/` for a run.
    private func submit(
      _ script: String, _ options: [String] = [], _ run: ClusterRun
    ) throws -> String {
      let words = [
        "--export=ALL,POSTERIOR=\(TestBed.program)", "--output=\(log("%j-%a.log"))",
        "--cpus-per-task=1",
      ]
      return try TestBed.submit(
        words + options
          + ["slurm/\(script)", run.configuration, "--output", run.folder.path])
    }

    /// What the jobs have said.
    private var logs: String {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: log.path)) ?? []
      return names.sorted().map { name in
        "\(name):\n" + ((try? String(contentsOfFile: log(name), encoding: .utf8)) ?? "")
      }.joined(separator: "\n")
    }

    /// Waits until the number of parts has changed `times` times.
    private func awaitProgress(_ run: ClusterRun, job: String, timeout: Double = 60) throws {
      let before = (try? run.folder.committedSamples()) ?? 0
      let limit = ContinuousClock.now + .seconds(timeout)
      while ((try? run.folder.committedSamples()) ?? 0) == before {
        let states = try TestBed.states(of: job)
        try #require(!states.isEmpty && ContinuousClock.now < limit, "\(logs)")
        usleep(100_000)
      }
    }

    @Test func anMPIJobOverFourNodes() throws {
      let run = try ClusterRun()
      let job = try submit("mpi.sbatch", ["--nodes=4"], run)
      try TestBed.awaitEnd(of: job, timeout: 120)
      try run.expectComplete()
      for host in 1...4 { #expect(logs.contains("rank \(host - 1): n\(host) ")) }
    }

    @Test func anArrayAndItsMerge() throws {
      let run = try ClusterRun()
      let array = try submit("array.sbatch", ["--array=0-7"], run)
      let merge = try submit("merge.sbatch", ["--dependency=afterany:\(array)"], run)
      try TestBed.awaitEnd(of: array, timeout: 120)
      try TestBed.awaitEnd(of: merge, timeout: 60)
      try run.expectComplete()
      // The script finds out when the job's time is over.
      let status = "\(run.folder.path)/status-0-of-8.json"
      #expect(try String(contentsOfFile: status, encoding: .utf8).contains("\"deadline\""))
    }

    /// Three tasks are killed and put back, one never starts; the list of `missing` does the rest.
    @Test func anArrayWithLosses() throws {
      let run = try ClusterRun()
      // Held back behind the others, task 6 never starts.
      let array = try submit("array.sbatch", ["--array=0-6%3"], run)
      try TestBed.run(["scancel", "\(array)_6"])
      for _ in 0..<3 {
        try awaitProgress(run, job: array)
        let host = ["n1", "n2", "n3", "n4"].first {
          (try? TestBed.run(["pgrep", "-x", "posterior"], on: $0).code) == 0
        }
        // The oldest: another task each time, as those put back wait for some seconds.
        if let host { try TestBed.run(["pkill", "-KILL", "-o", "-x", "posterior"], on: host) }
      }
      try TestBed.awaitEnd(of: array, timeout: 240)
      #expect(try TestBed.restarts(of: array) >= 1, "\(logs)")
      let missing = try Program.run(["missing", run.folder.path, "--array"])
      #expect(missing.code == 75 && missing.output == "6\n", "\(missing)\n\(logs)")
      let rest = try submit("array.sbatch", ["--array=6"], run)
      try TestBed.awaitEnd(of: rest, timeout: 120)
      let merge = try Program.run(["merge", run.folder.path])
      #expect(merge.code == 0, "\(merge)\n\(logs)")
      try run.expectComplete()
      #expect(try Program.run(["missing", run.folder.path, "--array"]).output == "")
    }

    /// The signal that comes ahead of the time limit, three times: the job puts itself back each
    /// time, and stops when the run is complete.
    @Test func signalledAheadOfTheLimitThreeTimes() throws {
      let run = try ClusterRun()
      let job = try submit("mpi.sbatch", ["--nodes=2"], run)
      for restart in 1...3 {
        try awaitProgress(run, job: job)
        try TestBed.run(["scancel", "--signal=USR1", "--batch", job])
        let limit = ContinuousClock.now + .seconds(60)
        while try TestBed.restarts(of: job) < restart {
          try #require(ContinuousClock.now < limit, "no restart: \(logs)")
          usleep(200_000)
        }
      }
      try TestBed.awaitEnd(of: job, timeout: 120)
      try run.expectComplete()
      #expect(try TestBed.restarts(of: job) == 3)
      #expect(try run.folder.events().contains { $0.restartCount == 3 })
    }

    @Test func cancelledInTheMiddle() throws {
      let run = try ClusterRun()
      let job = try submit("mpi.sbatch", ["--nodes=2"], run)
      try awaitProgress(run, job: job)
      try TestBed.run(["scancel", job])
      try TestBed.awaitEnd(of: job, timeout: 60)
      try run.expectInterrupted()
      try run.finishHere()
    }

    /// A configuration with an error is not tried again and again.
    @Test func anErrorIsNotPutBack() throws {
      let run = try ClusterRun()
      try "run: {sampels: 3}\n".write(toFile: run.configuration, atomically: true, encoding: .utf8)
      let job = try submit("array.sbatch", ["--array=0-1"], run)
      try TestBed.awaitEnd(of: job, timeout: 60)
      #expect(try TestBed.restarts(of: job) == 0)
      #expect(logs.contains("sampels"), "\(logs)")
    }
  }
}
