import RunFiles
import Tensors
import Testing

@testable import Worker

@Suite struct PlacementTests {
  @Test(arguments: [
    ("Cpus_allowed:\tff", 8), ("Cpus_allowed:\t1", 1), ("Cpus_allowed:\t00000000,00000003", 2),
    ("Cpus_allowed:\tffffffff,ffffffff,ffffffff,ffffffff", 128),
    ("Name:\tx\nCpus_allowed:\tA0\nCpus_allowed_list:\t5,7", 2),
    ("Cpus_allowed_list:\t0-7\nCpus_allowed:\tf", 4),
  ]) func masksAreCounted(status: String, cores: Int) {
    #expect(Processor.cores(inMask: Processor.mask(inStatus: status)) == cores)
  }

  @Test(arguments: ["", "Cpus_allowed_list:\t0-7", "Cpus_allowed:\t", "Cpus_allowed:\t00,00"])
  func noMaskIsNoNumber(status: String) {
    #expect(Processor.cores(inMask: Processor.mask(inStatus: status)) == nil)
  }

  @Test func coresAreSharedAmongRanks() {
    #expect(Processor.allowedCores >= 1 && Processor.allowedCores <= Processor.onlineCores)
    #expect(Processor.cores(sharedBy: 1, environment: [:]) == Processor.allowedCores)
    #expect(Processor.cores(sharedBy: 1_000_000) == 1)
    #expect(Processor.cores(sharedBy: 0) >= 1)
    #expect(Processor.cores(sharedBy: 1, environment: ["OMP_NUM_THREADS": "1"]) == 1)
    #expect(Processor.cores(sharedBy: 1, environment: ["OMP_NUM_THREADS": "0"]) == 1)
    #expect(
      Processor.cores(sharedBy: 1, environment: ["OMP_NUM_THREADS": "1000000"])
        == Processor.allowedCores)
  }

  private func configuration(_ compute: Configuration.Compute) throws -> Configuration {
    var configuration = TestExperiments.configuration(try TestFolder())
    configuration.compute = compute
    return configuration
  }

  @Test func autoIsResolvedOnTheProcessor() throws {
    let compute = Configuration.Compute(device: .fixed(.cpu))
    let placement = try Placement(compute, localRank: 0, coreSharers: 1)
    let resolved = placement.resolve(
      try configuration(compute), shape: UnitShape(unit: 8, threads: 1))
    #expect(placement.device == .cpu)
    #expect(resolved.device == .cpu && resolved.shape.threads == 1)
    #expect(resolved.precision == (TorchRuntime.hasFastBFloat16 ? .bfloat16 : .float32))
    #expect(placement.workers(resolved) == placement.cores)
  }

  @Test func ompNumThreadsLimitsTheWorkers() throws {
    for (value, cores) in [("1", 1), ("many", Processor.allowedCores), ("-3", 1)] {
      let placement = try Placement(
        .init(device: .fixed(.cpu)), localRank: 0, coreSharers: 1,
        environment: ["OMP_NUM_THREADS": value])
      #expect(placement.cores == cores)
    }
  }

  @Test func whatTheFileFixesStays() throws {
    let compute = Configuration.Compute(
      device: .fixed(.cpu), precision: .fixed(.bfloat16), threads: .fixed(1_000_000),
      workers: .fixed(5))
    let placement = try Placement(compute, localRank: 0, coreSharers: 1)
    let resolved = placement.resolve(
      try configuration(compute), shape: UnitShape(unit: 8, threads: 1))
    #expect(resolved.precision == .bfloat16 && resolved.shape.threads == 1_000_000)
    #expect(placement.workers(resolved) == 5)
    var automatic = compute
    automatic.workers = .auto
    #expect(
      placement.workers(placement.resolve(try configuration(automatic), shape: resolved.shape)) == 1
    )
  }

  // MARK: - GPUs

  private func placement(
    _ device: Configuration.Automatic<Configuration.Compute.Device>, gpus: Int, rank: Int = 0
  ) throws -> Placement {
    try Placement(.init(device: device), localRank: rank, coreSharers: 1, gpus: gpus)
  }

  @Test func severalGPUsAreDealtOutByLocalRank() throws {
    for gpus in 2...8 {
      let devices = try (0..<2 * gpus).map {
        try placement(.fixed(.cuda), gpus: gpus, rank: $0).device
      }
      #expect(devices == (0..<2 * gpus).map { .cuda($0 % gpus) })
    }
  }

  /// As where the batch system shows each rank a GPU of its own: it is number 0 to all of them.
  @Test func theOnlyVisibleGPUIsEveryRanks() throws {
    for rank in 0..<4 {
      #expect(try placement(.fixed(.cuda), gpus: 1, rank: rank).device == .cuda(0))
    }
  }

  @Test func autoTakesAGPUWhereThereIsOne() throws {
    #expect(try placement(.auto, gpus: 0, rank: 3).device == .cpu)
    #expect(try placement(.auto, gpus: 2, rank: 3).device == .cuda(1))
    #expect(try placement(.fixed(.cpu), gpus: 2, rank: 3).device == .cpu)
  }

  @Test func aGPUHasOneWorkerAndBFloat16() throws {
    let (placement, shape) = (try placement(.auto, gpus: 2), UnitShape(unit: 8, threads: 1))
    let resolved = placement.resolve(try configuration(.init()), shape: shape)
    #expect(resolved.device == .cuda && resolved.precision == .bfloat16)
    #expect(placement.workers(resolved) == 1)
    let fixed = try configuration(.init(precision: .fixed(.float32), workers: .fixed(3)))
    #expect(placement.resolve(fixed, shape: shape).precision == .float32)
    #expect(placement.workers(placement.resolve(fixed, shape: shape)) == 3)
  }

  @Test func aMissingGPUIsAnError() {
    #expect(throws: PlacementError.noGPU) { try placement(.fixed(.cuda), gpus: 0) }
    #expect("\(PlacementError.noGPU)".contains("set compute.device: cpu"))
  }
}
