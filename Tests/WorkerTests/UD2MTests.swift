import Foundation
import RunFiles
import Tensors
import Testing

@testable import Engine
@testable import Worker

/// UD2M from a configuration to samples, with fine-tuned networks.
@Suite struct UD2MTests {
  private typealias Experiments = TestExperiments

  private static let networks = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Reference-ud2m/networks").path
  private static let lsun = networks + "/lsun.safetensors"
  private static let tuned = networks + "/lsun_lora_sr_gaussian_epoch=009-5.ckpt"

  private static func experiment(
    _ folder: TestFolder, lora: String? = tuned, sampler: Configuration.UD2M = .init(),
    operation: Configuration.UD2MOperator = .superResolution(
      .init(kernel: .gaussian(size: 3, variance: 3)), factor: 4)
  ) throws -> Experiment {
    try folder.write(Experiments.image(shape: [3, 16, 16]), "0.npy")
    return try Experiments.experiment(
      Experiments.configuration(
        folder, prior: .lsun(.init(checkpoint: lsun, imageSize: 16, lora: lora)),
        sampler: .ud2m(sampler), operation: .ud2m(operation), sigma: 0.1))
  }

  private static func sample(_ experiment: Experiment) throws -> Tensor {
    TorchRuntime.setThreads(1)
    let problem = try ImageProblem(ImageID(name: "0"), in: experiment)
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0, 1])
    return try problem.sampler.sample(problem.problem, noise: noise).x
  }

  @Test func scalarsComeFromTheFineTunedFile() throws {
    let folder = try TestFolder()
    let image = try ImageID(name: "0")
    let learned = try ImageProblem(image, in: Self.experiment(folder))
    let sampler = try #require(learned.sampler as? UD2M)
    #expect(sampler.unfolding.scalars == UD2MScalars(lambdaSIG: [-0.73], spParam: [0.21]))
    #expect(sampler.times == [999, 444, 111])
    var settings = Configuration.UD2M()
    settings.scalars.lambda = [1, 2]
    let own = try ImageProblem(image, in: Self.experiment(folder, sampler: settings))
    let chosen = try #require(own.sampler as? UD2M)
    #expect(chosen.unfolding.scalars.lambdaSIG == [0, Float(log(2.0))])
    #expect(chosen.unfolding.scalars.spParam == [0.21])
    let plain = try ImageProblem(image, in: Self.experiment(folder, lora: nil))
    #expect((plain.sampler as? UD2M)?.unfolding.scalars == UD2MScalars())
  }

  @Test func fineTuningChangesSamplesAndDigest() throws {
    let folder = try TestFolder()
    let (tuned, plain) = (
      try Self.experiment(folder), try Self.experiment(folder, lora: nil)
    )
    #expect(tuned.prior.digest != plain.prior.digest)
    let (with, without) = (try Self.sample(tuned), try Self.sample(plain))
    #expect(with.shape == [2, 3, 16, 16])
    #expect(try with.floats().allSatisfy { abs($0) <= 1 })
    #expect(try with.floats() != without.floats())
  }

  @Test(arguments: [
    Configuration.UD2MOperator.deblurring(.init(kernel: .anisotropic)),
    .deblurring(.init(kernel: .uniform(size: 9), threshold: .fixed(0))),
    .superResolution(.init(kernel: .bicubic(factor: 4)), factor: 4),
    .inpainting(.random(kept: 0.3)), .inpainting(.box(share: 0.5, row: 4, column: 4)),
  ])
  func operatorsAreSetUp(operation: Configuration.UD2MOperator) throws {
    let folder = try TestFolder()
    let experiment = try Self.experiment(folder, operation: operation)
    let scene = try ImageProblem(ImageID(name: "0"), in: experiment).scene
    if case .inpainting = operation {
      // Noise does not reach missing pixels, which are exactly −1.
      let values = try scene.measurement.floats()
      let missing = values.count { $0 == -1 }
      #expect(missing > 3 * 50 && missing < 3 * 200)
    }
    #expect(try Self.sample(experiment).floats().allSatisfy { abs($0) <= 1 })
  }

  @Test func aKernelIsReadFromItsFile() throws {
    let folder = try TestFolder()
    let kernelFolder = try TestFolder()
    try kernelFolder.write(
      StoredArray([0, 0, 0, 0.25, 0.5, 0.25] as [Float], shape: [2, 3]), "k.npy")
    let experiment = try Self.experiment(
      folder, operation: .deblurring(.init(kernel: .file(kernelFolder.path + "/k.npy"))))
    let scene = try ImageProblem(ImageID(name: "0"), in: experiment).scene
    let blur = try #require(scene.measurementOperator as? CircularConvolution)
    #expect(blur.kernel.values == [0, 0, 0, 0.25, 0.5, 0.25] && blur.kernel.height == 2)
  }

  @Test func aFileWithoutFineTuningIsRefused() throws {
    let folder = try TestFolder()
    #expect(throws: FineTuningError.self) {
      try Self.experiment(folder, lora: Experiments.reference + "/networks/one_channel_zip.pt")
    }
    #expect(throws: (any Error).self) { try Self.experiment(folder, lora: folder.path + "/none") }
  }

  @Test func scalarsThatAreNotFiniteAreNamed() throws {
    let folder = try TestFolder()
    let path = try folder.write(
      Safetensors.encode([("TAUG.0", StoredArray([Float.nan], shape: [1]))], metadata: [:]),
      "tuned.safetensors")
    let error = #expect(throws: FineTuningError.self) { try FineTuning(path: path) }
    #expect(error.map { "\($0)" } == "\(path): TAUG.0 has NaN or infinities")
  }

  /// State dictionary first, then copies under `model.` of what it lacks.
  @Test func copiesOfTheWholeNetworkAreNotCountedTwice() throws {
    let tuning = try FineTuning(path: Self.tuned)
    #expect(tuning.tensors.count == 34)
    #expect(!tuning.tensors.keys.contains { $0.hasPrefix("model.") })
    let report = try tuning.folded(into: Checkpoint(path: Self.lsun).weights()).report
    #expect(report.folded.count == 16 && report.replaced == ["conv_out.bias", "conv_out.weight"])
    #expect(report.unexpected.isEmpty && report.rank == 5)
  }

  @Test func latinoRunsOnAClosedFormPrior() throws {
    let folder = try Experiments.folder()
    var settings = Configuration.LATINO()
    settings.iterations = 4
    let experiment = try Experiments.experiment(
      Experiments.configuration(folder, sampler: .latino(settings)))
    let problem = try ImageProblem(ImageID(name: "0"), in: experiment)
    #expect((problem.sampler as? LATINO)?.delta == 0.3 * 0.3)
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0])
    #expect(try problem.sampler.sample(problem.problem, noise: noise).evaluations == 4)
  }
}
