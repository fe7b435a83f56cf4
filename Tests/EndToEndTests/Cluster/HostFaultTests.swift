import Foundation
import Testing

extension EndToEnd {
  /// Hosts that go away under `mpirun` and `srun`: the job ends by itself, and the same command
  /// goes on.
  @Suite(.enabled(if: TestBed.isUp, "needs the test bed: see cluster/README.md"))
  struct HostFaults {
    /// Four ranks on four hosts, `mpirun` and rank 0 on the first.
    static let mpirun = [
      "mpirun", "--host", "n1:1,n2:1,n3:1,n4:1", "-np", "4", "--map-by", "node",
    ]

    @Test func aHostWithoutNetwork() throws {
      let run = try ClusterRun()
      let program = try run.start(Self.mpirun, on: "n1")
      try run.awaitParts(program)
      let result = try TestBed.during(["cut", "n3"], healedBy: ["heal", "n3"]) {
        try program.wait(timeout: 60)
      }
      #expect(result.code != 0, "\(result)")
      #expect(
        result.errors.contains("on node n3") || result.errors.contains("rank 2 (n3) has been"),
        "\(result)")
      try run.expectInterrupted()
      let again = try run.start(Self.mpirun, on: "n1").wait(timeout: 120)
      #expect(again.code == 0, "\(again)")
      try run.expectComplete()
    }

    @Test func aHostThatIsSwitchedOff() throws {
      let run = try ClusterRun()
      let program = try run.start(Self.mpirun, on: "n1")
      try run.awaitParts(program)
      let result = try TestBed.during(["crash", "n4"], healedBy: ["boot", "n4"]) {
        try program.wait(timeout: 60)
      }
      #expect(result.code != 0, "\(result)")
      try run.expectInterrupted()
      try run.finishHere()
    }

    /// Its kernel still answers, so `mpirun` waits for ever: the lease ends the run, and the watch
    /// ends `mpirun`.
    @Test func aHostThatFreezes() throws {
      let run = try ClusterRun()
      let program = try run.start(Self.mpirun, on: "n1")
      try run.awaitParts(program)
      let result = try TestBed.during(["freeze", "n3"], healedBy: ["thaw", "n3"]) {
        try program.wait(timeout: 60)
      }
      #expect(result.code != 0, "\(result)")
      #expect(result.errors.contains("rank 2 (n3) has been silent for"), "\(result)")
      try run.expectInterrupted()
      try run.finishHere()
    }

    @Test func aRankThatDiesUnderSrun() throws {
      let run = try ClusterRun()
      let program = try run.start(["srun", "-N4", "-n4"])
      try run.awaitParts(program)
      try TestBed.run(["pkill", "-KILL", "-x", "posterior"], on: "n3")
      let result = try program.wait(timeout: 60)
      #expect(result.code == 75, "\(result)")
      #expect(result.errors.contains("rank 2 (n3) has been silent for"), "\(result)")
      try run.expectInterrupted()
      let again = try run.start(["srun", "-N4", "-n4"]).wait(timeout: 120)
      #expect(again.code == 0, "\(again)")
      try run.expectComplete()
    }

    /// Rank 0 stops: the others commit what they have and end the job.
    @Test func aCoordinatorThatStops() throws {
      let run = try ClusterRun()
      let program = try run.start(["srun", "-N4", "-n4"])
      try run.awaitParts(program)
      try TestBed.run(["pkill", "-STOP", "-x", "posterior"], on: "n1")
      let result = try program.wait(timeout: 60)
      #expect(result.code != 0, "\(result)")
      #expect(result.errors.contains("rank 0 has been silent for"), "\(result)")
      try run.expectInterrupted()
      try run.finishHere()
    }

    @Test func doctorSeesEveryRank() throws {
      let alone = try Program.run(["doctor", "--folder", "/tmp"])
      #expect(alone.code == 0 && alone.output.contains("1 rank: fit to run"), "\(alone)")
      for launcher in [Self.mpirun, ["srun", "-N4", "-n4"]] {
        let host = launcher[0] == "mpirun" ? "n1" : "head"
        let result = try TestBed.run(launcher + [TestBed.program, "doctor"], on: host)
        #expect(result.code == 0, "\(result)")
        for rank in 0..<4 { #expect(result.output.contains("rank \(rank): n\(rank + 1), ")) }
        #expect(result.output.contains("4 ranks: fit to run"))
      }
      let unwritable = try TestBed.run(
        ["srun", "-N2", "-n2", TestBed.program, "doctor", "--folder", "/proc/none"])
      #expect(unwritable.code == 65, "\(unwritable)")
      #expect(unwritable.output.contains("error: rank 1 (n2) cannot write"), "\(unwritable)")
    }
  }
}
