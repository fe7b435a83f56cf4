import Foundation
import Testing

@testable import Batch

/// What the scripts do, with stand-ins for the program and for Slurm.
@Suite(.serialized) struct BatchScriptRunTests {
  private func cluster(
    code: Int32, array: Bool = true, standing: Int32 = 75, missing: Int32 = 75
  ) throws -> StubCluster {
    let cluster = try StubCluster()
    cluster.environment["CODE"] = "\(code)"
    cluster.environment["STANDING"] = "\(standing)"
    cluster.environment["MISSING"] = "\(missing)"
    if array {
      cluster.environment["SLURM_ARRAY_JOB_ID"] = "7"
      cluster.environment["SLURM_ARRAY_TASK_ID"] = "2"
    }
    return cluster
  }

  @Test(arguments: [0, 1, 64, 65, 70, 74] as [Int32])
  func aTaskEndsWithTheCodeOfItsShare(_ code: Int32) throws {
    let cluster = try cluster(code: code)
    let ended = try cluster.run(.array)
    #expect(ended.code == code, "\(ended.log)")
    #expect(cluster.notes("runs") == ["run a.yaml --set run.samples=9"])
    #expect(cluster.notes("scontrol").isEmpty)
  }

  /// 137 is a program that was killed.
  @Test(arguments: [75, 137] as [Int32])
  func aTaskThatIsNotCompleteGoesBackIntoTheQueue(_ code: Int32) throws {
    let cluster = try cluster(code: code)
    try cluster.writeStatus(done: 24, resumed: 16)
    for _ in 0..<3 {
      let ended = try cluster.run(.array)
      #expect(ended.code == 75, "\(ended.log)")
      #expect(!ended.log.contains("kill:"), "what Slurm has ended is not missed: \(ended.log)")
    }
    #expect(cluster.notes("scontrol") == Array(repeating: "requeue 7_2", count: 3))
  }

  @Test func twoStartsWithoutProgressAreEnough() throws {
    let cluster = try cluster(code: 75)
    for expected in [1, 1, 2, 2] {
      let ended = try cluster.run(.array)
      #expect(ended.code == 75, "\(ended.log)")
      #expect(cluster.notes("scontrol").count == expected, "\(ended.log)")
    }
  }

  /// Only samples of this job's latest start count: not those of an earlier start that stand in a
  /// file it left, nor another job's.
  @Test func progressIsThatOfThisStart() throws {
    for write in [
      { try $0.writeStatus(done: 16, resumed: 16) },
      { try $0.writeStatus(done: 24, resumed: 16, restart: 1) },
      { try $0.writeStatus(done: 24, resumed: 16, job: "8") },
    ] as [(StubCluster) throws -> Void] {
      let cluster = try cluster(code: 75)
      try write(cluster)
      for _ in 0..<2 { _ = try cluster.run(.array) }
      #expect(cluster.notes("scontrol").count == 1)
    }
    let cluster = try cluster(code: 75)
    cluster.environment["SLURM_RESTART_COUNT"] = "3"
    try cluster.writeStatus(done: 24, resumed: 16, restart: 3)
    for _ in 0..<2 { _ = try cluster.run(.array) }
    #expect(cluster.notes("scontrol").count == 2)
  }

  @Test func progressInBetweenStartsTheCountAnew() throws {
    let cluster = try cluster(code: 75)
    _ = try cluster.run(.array)
    try cluster.writeStatus(done: 8, resumed: 0)
    _ = try cluster.run(.array)
    try cluster.writeStatus(done: 8, resumed: 8)
    _ = try cluster.run(.array)
    #expect(cluster.notes("scontrol").count == 3)
  }

  @Test func theSignalAheadOfTheLimitIsHandedOn() throws {
    let cluster = try cluster(code: 0)
    cluster.environment["WAIT"] = "yes"
    try cluster.writeStatus(done: 8, resumed: 0)
    let ended = try cluster.run(.array, signal: SIGUSR1)
    #expect(ended.code == 75, "\(ended.log)")
    #expect(cluster.notes("signals") == ["USR1"])
    #expect(cluster.notes("scontrol") == ["requeue 7_2"])
  }

  /// scancel, or Slurm's own requeue: both send TERM.
  @Test(arguments: [BatchScript.Kind.array, .mpi])
  func aJobThatIsEndedStaysEnded(_ kind: BatchScript.Kind) throws {
    let cluster = try cluster(code: 0, array: kind == .array)
    cluster.environment["WAIT"] = "yes"
    try cluster.writeStatus(done: 8, resumed: 0)
    let ended = try cluster.run(kind, signal: SIGTERM)
    #expect(ended.code == 75, "\(ended.log)")
    #expect(cluster.notes("signals") == ["USR1"], "mpirun would kill its ranks on TERM")
    #expect(cluster.notes("scontrol").isEmpty)
  }

  // MARK: - MPI jobs

  @Test func aLauncherProvesNothing() throws {
    let cluster = try cluster(code: 0, array: false)
    try cluster.writeStatus(done: 8, resumed: 0)
    #expect(try cluster.run(.mpi).code == 75)
    #expect(cluster.notes("scontrol") == ["requeue 9"], "0, but samples are missing")
    for (code, expected) in [(0, 0), (1, 1), (143, 0)] {
      let complete = try self.cluster(code: Int32(code), array: false, standing: 0)
      #expect(try complete.run(.mpi).code == expected)
      #expect(complete.notes("scontrol").isEmpty)
    }
  }

  @Test func mapsThatAreNotWrittenAreWritten() throws {
    let cluster = try cluster(code: 143, array: false, missing: 0)
    let ended = try cluster.run(.mpi)
    #expect(ended.code == 0, "\(ended.log)")
    let run = cluster.path + "/run"
    #expect(cluster.notes("calls") == ["status \(run)", "missing \(run)", "merge \(run)"])
  }

  @Test(arguments: [64, 65, 70, 74] as [Int32])
  func errorsAreNotStartedAgain(_ code: Int32) throws {
    let cluster = try cluster(code: code, array: false)
    #expect(try cluster.run(.mpi).code == code)
    #expect(cluster.notes("scontrol").isEmpty)
  }

  @Test func launchers() throws {
    let run = "posterior run a.yaml --set run.samples=9"
    let mpirun = "mpirun --bind-to none \(run)"
    for (mpi, choice, cores, expected) in [
      ("pmix pmi2", "", "6", "srun --mpi=pmix --kill-on-bad-exit=1 --cpus-per-task=6 \(run)"),
      ("pmix", "", "", "srun --mpi=pmix --kill-on-bad-exit=1 \(run)"),
      ("none pmi2", "", "6", mpirun), ("pmix", "mpirun", "6", mpirun),
    ] {
      let cluster = try cluster(code: 0, array: false, standing: 0)
      cluster.environment["MPI"] = mpi
      cluster.environment["LAUNCHER"] = choice
      cluster.environment["SLURM_CPUS_PER_TASK"] = cores
      #expect(try cluster.run(.gpu).code == 0)
      #expect(cluster.notes("launches") == [expected])
    }
  }
}
