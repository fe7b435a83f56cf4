import Testing

@testable import Coordinator

@Suite struct PlacementWarningTests {
  private static func rank(
    _ rank: Int, host: String = "n1", workers: Int = 2, affinity: String = "3",
    device: String = "cpu", gpus: Int = 0, processor: String = "x"
  ) -> RankInfo {
    RankInfo(
      rank: rank, host: host, process: 1, localRank: 0, localSize: 1, workers: workers, cores: 2,
      device: device, agreement: TestSamples.agreement,
      machine: RankMachine(
        processor: processor, onlineCores: 64, affinity: affinity, gpus: gpus))
  }

  private static let job = ["SLURM_JOB_CPUS_PER_NODE": "8(x2)"]
  private static let mpirun = ["OMPI_COMM_WORLD_SIZE": "2"]

  /// Ranks, environment, and what is said.
  static let places: [([RankInfo], [String: String], [PlacementWarning])] = [
    ([rank(0)], [:], []),
    ([rank(0), rank(1, affinity: "c")], [:], []),
    ([rank(0), rank(1)], [:], [.oversubscribed(host: "n1", workers: 4, cores: 2)]),
    ([rank(0), rank(1, host: "n2")], [:], []),
    ([rank(0, affinity: "")], [:], []),
    // Slurm gave eight cores, srun gave the rank two of them.
    ([rank(0)], job, [.idleCores(host: "n1", used: 2, allocated: 8)]),
    ([rank(0, workers: 8, affinity: "ff")], job, []),
    // Cores are there for them; the user wants few workers.
    ([rank(0, workers: 1, affinity: "ff")], job, []),
    // Another node's ranks say nothing of the first's.
    ([rank(0, workers: 8, affinity: "ff"), rank(1, host: "n2")], job, []),
    (
      [rank(0, device: "cuda:0", gpus: 1), rank(1, device: "cuda:0", gpus: 1)], [:],
      [.sharedGPU(host: "n1", ranks: 2, gpus: 1)]
    ),
    (
      [rank(0, device: "cuda:0", gpus: 4)], [:], [.idleGPUs(host: "n1", ranks: 1, gpus: 4)]
    ),
    (
      (0..<5).map { rank($0, device: "cuda:\($0 % 4)", gpus: 4) }, [:],
      [.sharedGPU(host: "n1", ranks: 5, gpus: 4)]
    ),
    ((0..<4).map { rank($0, device: "cuda:\($0)", gpus: 4) }, [:], []),
    (
      [rank(0), rank(1, host: "n2", processor: "y")], [:], [.mixedProcessors(["x", "y"])]
    ),
    ([rank(0), rank(1, host: "n2")], mpirun, [.noKeepalive]),
    ([rank(0)], mpirun, []),
    (
      [rank(0), rank(1, host: "n2")],
      mpirun.merging(["OMPI_MCA_oob_tcp_keepalive_time": "10"]) { $1 }, []
    ),
    (
      [rank(0), rank(1, host: "n2")],
      mpirun.merging(["OMPI_MCA_oob_tcp_keepalive_time": "300"]) { $1 }, [.noKeepalive]
    ),
  ]

  @Test(arguments: places) func says(
    ranks: [RankInfo], environment: [String: String], warnings: [PlacementWarning]
  ) {
    #expect(PlacementWarning.all(ranks, environment: environment) == warnings)
  }

  @Test func masksAreSetsOfCores() {
    #expect(RankMachine(affinity: "").cores == [])
    #expect(RankMachine(affinity: "5").cores == [0, 2])
    #expect(RankMachine(affinity: "1,00000003").cores == [0, 1, 32])
  }

  @Test func saysWhatToType() {
    let idle = "\(PlacementWarning.idleCores(host: "n1", used: 1, allocated: 8))"
    #expect(idle.contains("srun --cpus-per-task=N"))
    #expect("\(PlacementWarning.noKeepalive)".contains("OMPI_MCA_oob_tcp_keepalive_time"))
  }
}
