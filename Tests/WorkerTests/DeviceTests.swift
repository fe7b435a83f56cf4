import Engine
import Foundation
import MockGPU
import RunFiles
import Tensors
import Testing

@testable import Worker

/// Whole units with `compute.device: cuda`, on the mock of a second GPU, so that its traffic is theirs alone.
@Suite(.serialized, .enabled(if: mock_gpu_is_installed(), "this libtorch has CUDA itself"))
struct DeviceTests {
  typealias Experiments = TestExperiments

  private static let index: Int32 = 1
  private static let image = 4 * 4

  private static func experiment(
    _ configuration: Configuration, on device: Device
  ) throws -> Experiment {
    var placed = configuration
    placed.compute.device = .fixed(device == .cpu ? .cpu : .cuda)
    return try Experiment(Experiments.experiment(placed).configuration, device: device)
  }

  private static func counting<Result>(
    _ body: () throws -> Result
  ) rethrows -> (result: Result, traffic: MockGPUTraffic) {
    let before = mock_gpu_traffic(index)
    let result = try body()
    let now = mock_gpu_traffic(index)
    return (
      result,
      MockGPUTraffic(
        uploads: now.uploads - before.uploads,
        uploadedBytes: now.uploadedBytes - before.uploadedBytes,
        blockingUploads: now.blockingUploads - before.blockingUploads,
        reads: now.reads - before.reads, readBytes: now.readBytes - before.readBytes)
    )
  }

  private static func unit(_ samples: Range<Int>, image: Int = 0) throws -> WorkUnit {
    WorkUnit(image: try ImageID(name: "\(image)"), samples: samples)
  }

  private static func dps(steps: Int) -> Configuration.Sampler {
    .dps(.init(scale: 0.5, respacing: .sections([steps])))
  }

  // MARK: - Results

  static let samplers =
    UnitWorkerTests.samplers + [
      .ddnm(.init(respacing: .sections([4]))), .diffPIR(.init(steps: 4, zeta: 0.3)),
      .unconditional(.init(respacing: .sections([4]))),
    ]

  /// The mock's kernels are the processor's: images agree up to the order of sums, and a few steps of it.
  private static func expectSame(_ found: Part, _ expected: Part) throws {
    #expect(found.samples == expected.samples && found.failedCount == expected.failedCount)
    for (sample, values) in expected.kept {
      let other = try #require(found.kept[sample])
      for (value, wanted) in zip(other, values) { #expect(abs(value - wanted) < 1e-3) }
    }
    for (one, other) in zip(found.records, expected.records) {
      #expect(one.networkEvaluations == other.networkEvaluations)
      let (residual, wanted) = (try #require(one.residual), try #require(other.residual))
      #expect(abs(residual - wanted) < 1e-2)
    }
  }

  @Test(arguments: samplers.indices, [Configuration.Operator.denoising, .blurred])
  func aUnitIsTheProcessors(sampler: Int, operation: Configuration.Operator) throws {
    let folder = try Experiments.folder()
    let configuration = Experiments.configuration(
      folder, sampler: Self.samplers[sampler], operation: operation)
    let parts = try [Device.cpu, .cuda(1)].map { device in
      let experiment = try Self.experiment(configuration, on: device)
      try experiment.checkSampler()
      return try UnitWorker(experiment).draw(Self.unit(0..<8), stop: StopFlag())
    }
    try Self.expectSame(parts[1], parts[0])
    #expect(parts[1].kept.count == 8)
  }

  @Test func latentsAreDecodedOnTheDevice() throws {
    let folder = try Experiments.folder()
    let configuration = LatentTests.configuration(folder)
    let parts = try [Device.cpu, .cuda(1)].map {
      try UnitWorker(Self.experiment(configuration, on: $0)).draw(
        Self.unit(0..<8), stop: StopFlag())
    }
    try Self.expectSame(parts[1], parts[0])
  }

  // MARK: - Traffic

  /// Images and residuals are read once a unit, however many steps it has; nobody waits in between.
  @Test func statisticsAreReadOnceAUnit() throws {
    let folder = try Experiments.folder()
    let found = try [3, 9].map { steps in
      let configuration = Experiments.configuration(folder, sampler: Self.dps(steps: steps))
      let worker = UnitWorker(try Self.experiment(configuration, on: .cuda(1)))
      // The image is loaded and its measurement made with the first unit of it.
      _ = try worker.draw(Self.unit(0..<8), stop: StopFlag())
      return try Self.counting { try worker.draw(Self.unit(8..<16), stop: StopFlag()) }.traffic
    }
    for traffic in found {
      #expect(traffic.reads == 2 && traffic.blockingUploads == 0)
      #expect(traffic.readBytes == Int64(8 * (Self.image + 1) * 4))
    }
    // Each step sends its noise, 8 rows of 16, and five numbers a row about ᾱ.
    let (more, row) = (found[1].uploadedBytes - found[0].uploadedBytes, (Self.image + 5) * 4)
    #expect(more == Int64(6 * 8 * row))
    #expect(found[1].uploads - found[0].uploads == 6 * 6)
  }

  /// 256 bytes of time embedding and 8 rows of noise a step: no weight goes to the device a second time.
  @Test func weightsAreSentOnceAProcess() throws {
    let folder = try TestFolder()
    for name in ["0", "1"] {
      try folder.write(Experiments.image(shape: [1, 16, 16]), "\(name).npy")
    }
    var configuration = Experiments.configuration(
      folder,
      prior: .guidedDiffusion(
        .init(
          checkpoint: Experiments.reference + "/networks/one_channel.safetensors",
          architecture: .test)), sampler: Self.dps(steps: 2))
    configuration.prior.diffusion.varianceType = .learnedRange
    let weights = try Checkpoint(path: Experiments.reference + "/networks/one_channel.safetensors")
      .file.tensors.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let loaded = try Self.counting { try Self.experiment(configuration, on: .cuda(1)) }
    #expect(loaded.traffic.uploadedBytes == Int64(4 * weights))
    #expect(loaded.traffic.reads == 0)
    let drawn = try Self.counting {
      for image in 0..<2 {
        _ = try UnitWorker(loaded.result).draw(Self.unit(0..<8, image: image), stop: StopFlag())
      }
    }
    let imageBytes: Int64 = 4 * 256
    // A unit: its image, x_T, and in two steps noise and time.
    #expect(drawn.traffic.uploadedBytes < 2 * (4 * 8 * imageBytes + 2 * 256))
  }

  /// What reports and checks ask of a scene whose operator is on the device.
  @Test func aSceneAnswersFromTheDevice() throws {
    let folder = try Experiments.folder()
    let configuration = Experiments.configuration(folder, operation: .blurred)
    let here = try Self.experiment(configuration, on: .cpu)
    let there = try Self.experiment(configuration, on: .cuda(1))
    #expect(try here.operatorNorm() == there.operatorNorm())
    let scenes: [Scene] = try [here, there].map {
      try Scene(
        ImageID(name: "0"), operators: $0.operators, configuration: configuration,
        images: $0.images)
    }
    #expect(scenes[1].measurement.device == .cuda(1))
    let pictures = try scenes.map { try $0.measurementPicture() }
    #expect(pictures[0].shape == pictures[1].shape)
    for (one, other) in zip(pictures[0].values, pictures[1].values) {
      #expect(abs(one - other) < 1e-5)
    }
    let data = try zip(scenes, [here, there]).map {
      try $0.measuredData(sigma: 0.3, operators: $1.operators)
    }
    #expect(data[0].measured == data[1].measured && data[0].values == data[1].values)
  }
}

extension Configuration.Operator {
  fileprivate static let blurred = gaussianBlur(kernelSize: 3, intensity: 1)
}
