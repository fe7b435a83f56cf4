import Engine
import Foundation
import RunFiles
import Tensors
import Testing

@testable import Worker

/// Priors of latents with the decoder of `Tests/Support/TorchScript`.
@Suite struct LatentTests {
  typealias Experiments = TestExperiments

  static let decoder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Support/TorchScript/decoder.pt").path

  /// Latents of 2×2×2 and images of 1×4×4.
  static func configuration(_ folder: TestFolder) -> Configuration {
    var chain = Configuration.DAPS.MCMC(steps: 12, learningRate: 1e-4, gradientLimit: 1)
    chain.tau = 0.05
    var configuration = Experiments.configuration(
      folder,
      prior: .gaussian(.init(shape: [2, 2, 2], covariance: .white(standardDeviation: 0.8))),
      sampler: .daps(
        .init(
          annealing: .init(steps: 3, sigmaMaximum: 10), ode: .init(steps: 2, sigmaMinimum: 0.001),
          mcmc: chain)))
    configuration.prior.latent = .init(decoder: decoder)
    return configuration
  }

  @Test func aDecoderTellsTheShapeOfItsImages() throws {
    let decoder = try ScriptDecoder(path: Self.decoder, latentShape: [2, 2, 2])
    #expect(decoder.imageShape == [1, 4, 4])
    let z = try Tensor((0..<8).map { Float($0) / 8 }, shape: [1, 2, 2, 2])
    let image = try decoder.decode(z).floats()
    let expected = (0..<16).map { pixel in
      let first = Float(pixel / 8 * 2 + pixel % 4 / 2) / 8
      return 0.5 * first - 0.25 * (first + 0.5) + Float(0.1)
    }
    for (value, wanted) in zip(image, expected) { #expect(abs(value - wanted) < 1e-6) }
  }

  @Test func aDecoderOfOtherLatentsIsRefused() {
    #expect(throws: ScriptModuleError.self) {
      try ScriptDecoder(path: Self.decoder, latentShape: [3, 2, 2])
    }
    #expect(throws: ScriptModuleError.self) {
      try ScriptDecoder(path: "/no/such/decoder.pt", latentShape: [2, 2, 2])
    }
  }

  /// The measurement of decoded latents and its gradient, which is 2·Jᵀ·(decode(z) − y) here.
  @Test func theOperatorActsOnDecodedLatents() throws {
    let decoder = try ScriptDecoder(path: Self.decoder, latentShape: [2, 2, 2])
    let decoded = DecodedOperator(Denoising(), decoder: decoder)
    #expect(try decoded.measurementShape(ofImage: [2, 2, 2]) == [1, 4, 4])
    #expect(throws: OperatorError.self) { try decoded.measurementShape(ofImage: [1, 4, 4]) }
    let z = try Tensor.full(0, shape: [1, 2, 2, 2])
    let y = try Tensor.full(0.6, shape: [1, 1, 4, 4])
    let result = try MeasurementLoss(decoded, measurement: y).gradient(at: z)
    #expect(abs(try result.loss.floats()[0] - 16 * 0.25) < 1e-5)
    let gradient = try result.gradient.floats()
    let wanted: [Float] = [-2, -2, -2, -2, 1, 1, 1, 1]
    for (value, expected) in zip(gradient, wanted) { #expect(abs(value - expected) < 1e-5) }
    let limited = try MeasurementLoss(decoded, measurement: y, gradientLimit: 1.5).gradient(at: z)
    #expect(try limited.gradient.floats().prefix(4).allSatisfy { $0 == -1.5 })
  }

  /// What is kept is the decoded latent: pixels in blocks of 2×2, in image units.
  @Test func samplesAreDecodedImages() throws {
    let folder = try Experiments.folder()
    let experiment = try Experiments.experiment(Self.configuration(folder))
    #expect(experiment.prior.imageShape == [1, 4, 4])
    #expect(experiment.prior.model.imageShape == [2, 2, 2])
    #expect(try experiment.checkInputs { _ in }.count == 1)
    let part = try UnitWorker(experiment).draw(
      WorkUnit(image: ImageID(name: "0"), samples: 0..<8), stop: StopFlag())
    #expect(part.failedCount == 0 && part.shape == [1, 4, 4])
    #expect(part.records.allSatisfy { $0.networkEvaluations == 6 })
    for values in part.kept.values {
      #expect(values.count == 16)
      #expect(values[0] == values[1] && values[0] == values[4] && values[0] == values[5])
      #expect(values[0] != values[2])
    }
  }

  /// What is recorded of a latent sampler are images.
  @Test func trajectoriesAreDecodedImages() throws {
    let folder = try Experiments.folder()
    var configuration = Self.configuration(folder)
    configuration.run.output = "\(folder.path)/run"
    configuration.recording = .init(every: 1, samples: 1)
    _ = try UnitWorker(Experiments.experiment(configuration)).draw(
      WorkUnit(image: ImageID(name: "0"), samples: 0..<8), stop: StopFlag())
    let path = "\(configuration.run.output)/trajectories/0/sample-000.npy"
    let recorded = try Npy.read(path: path)
    #expect(recorded.shape.dropFirst() == [2, 1, 4, 4])
    let values = try recorded.floats()
    #expect(values[0] == values[1] && values[0] == values[4])
  }

  /// Images follow the data: the residual is far below that of the prior's own samples.
  @Test func latentsAreDrawnTowardsTheMeasurement() throws {
    let folder = try Experiments.folder()
    var configuration = Self.configuration(folder)
    let drawn = try Self.meanResidual(configuration)
    guard case .daps(var settings) = configuration.sampler else { return }
    settings.mcmc.tau = 1e6
    configuration.sampler = .daps(settings)
    let free = try Self.meanResidual(configuration)
    #expect(drawn < 0.8 * free, "\(drawn) with data, \(free) without")
  }

  private static func meanResidual(_ configuration: Configuration) throws -> Double {
    let worker = UnitWorker(try Experiments.experiment(configuration))
    let part = try worker.draw(
      WorkUnit(image: ImageID(name: "0"), samples: 0..<8), stop: StopFlag())
    let residuals = part.records.compactMap(\.residual)
    #expect(residuals.count == 8)
    return residuals.reduce(0, +) / Double(residuals.count)
  }

  /// The decoder's content is part of the prior's digest, and so of the work hash.
  @Test func theDigestCoversTheDecoder() throws {
    let folder = try Experiments.folder()
    var configuration = Self.configuration(folder)
    let digest = try Experiments.experiment(configuration).prior.digest
    var plain = configuration.prior
    plain.latent = nil
    let alone = try LoadedPrior(plain, precision: .float32, device: .cpu)
    #expect(alone.digest != digest)
    let copy = folder.path + "/copy.pt"
    try FileManager.default.copyItem(atPath: Self.decoder, toPath: copy)
    configuration.prior.latent = .init(decoder: copy)
    let moved = try LoadedPrior(configuration.prior, precision: .float32, device: .cpu)
    #expect(moved.digest == digest)
  }
}
