import Engine
import Foundation
import RunFiles
import Statistics
import Tensors
import Testing

@testable import Worker

@Suite struct UnitWorkerTests {
  typealias Experiments = TestExperiments

  private static func draw(
    _ configuration: Configuration, _ units: [Range<Int>], image: Int = 0
  ) throws -> Part {
    let worker = UnitWorker(try Experiments.experiment(configuration))
    let parts = try units.map {
      try worker.draw(
        WorkUnit(image: ImageID(name: "\(image)"), samples: $0), stop: StopFlag())
    }
    return try #require(try Part.sum(parts))
  }

  /// Everything but the time it took.
  private static func expectSame(_ one: Part, _ other: Part) {
    let untimed = { (part: Part) in
      part.records.map { record in
        var copy = record
        copy.seconds = 0
        return copy
      }
    }
    #expect(one.statistics.arrays == other.statistics.arrays)
    #expect(one.kept == other.kept)
    #expect(untimed(one) == untimed(other))
    #expect(one.samples == other.samples)
  }

  // MARK: - Blocks

  static let samplers: [Configuration.Sampler] = [
    .exact, .dps(.init(scale: 0.5, respacing: .sections([5]))),
    .dps(.init(scale: 0.5, respacing: .strided(5), process: .ddim(eta: 0.5))),
    .dps(.init(method: .mcg(.init(scale: 0.1), .corrected), respacing: .sections([5]))),
    .dps(.init(method: .psPlus(.init(scale: 0.1), sampling: 2), respacing: .sections([5]))),
    .annealedLangevin(
      .init(
        start: .sampler(.exact, noiseTime: 1), ladder: .init(levels: 3),
        respacing: .sections([5]))),
    .annealedLangevin(
      .init(
        start: .sampler(
          .dps(.init(method: .vanilla, respacing: .sections([2]))), noiseTime: 0),
        ladder: .init(levels: 3), scoreLevel: .sigma(0.1), respacing: .sections([5]))),
    .daps(
      .init(
        annealing: .init(steps: 1), mcmc: .init(steps: 3, learningRate: 1e-5, tau: 0.3))),
  ]

  @Test(arguments: samplers.indices) func aBlockInPiecesIsTheBlock(index: Int) throws {
    let folder = try Experiments.folder()
    let configuration = Experiments.configuration(folder, sampler: Self.samplers[index])
    let whole = try Self.draw(configuration, [0..<8])
    Self.expectSame(try Self.draw(configuration, [0..<4, 4..<8]), whole)
    Self.expectSame(try Self.draw(configuration, [7..<8, 0..<1, 1..<7]), whole)
    #expect(Set(whole.kept.values).count == 8, "samples differ")
    let evaluations = index == 0 ? 0 : 5
    #expect(whole.records.allSatisfy { $0.networkEvaluations == evaluations && $0.attempts == 1 })
    #expect(whole.statistics.count == 8)
  }

  /// A network's last bits change with the batch: the padding must be what a later unit draws.
  @Test func aBlockOfANetworkInPiecesIsTheBlock() throws {
    let folder = try TestFolder()
    try folder.write(Experiments.image(shape: [1, 16, 16]), "0.npy")
    let layout = UNetArchitecture.test
    let prior = Configuration.PriorModel.guidedDiffusion(
      .init(
        checkpoint: Experiments.reference + "/networks/one_channel.safetensors",
        architecture: layout))
    var configuration = Experiments.configuration(
      folder, prior: prior, sampler: .dps(.init(scale: 0.3, respacing: .sections([2]))),
      run: Experiments.run(unit: 3))
    configuration.prior.diffusion.varianceType = .learnedRange
    let whole = try Self.draw(configuration, [3..<6])
    Self.expectSame(try Self.draw(configuration, [3..<4, 4..<6]), whole)
    #expect(whole.failedCount == 0)
  }

  @Test func partsTellWhatWasDrawn() throws {
    let folder = try Experiments.folder(images: 2)
    var configuration = Experiments.configuration(folder)
    configuration.statistics = .init(quantiles: [], keepSamples: 2)
    let part = try Self.draw(configuration, [0..<5], image: 1)
    #expect(part.image.name == "1" && part.shape == Experiments.shape)
    #expect(part.records.map(\.index) == [0, 1, 2, 3, 4])
    #expect(part.kept.keys.sorted() == [0, 1])
    #expect(part.records.allSatisfy { $0.psnr != nil && $0.residual != nil })
    #expect(part.records.allSatisfy { $0.seconds >= 0 && !$0.hasFailed })
  }

  // MARK: - Failures

  /// Component 1 of this mixture lies at 1000 in image units, beyond what statistics take; noise of
  /// 10⁶ tells nothing, so each attempt ends there with its prior probability of a half.
  private static func failing(_ folder: TestFolder) -> Configuration {
    Experiments.configuration(
      folder,
      prior: .gaussianMixture(
        .init(
          shape: Experiments.shape,
          components: [
            .init(weight: 1, mean: .constant(0), standardDeviation: 0.1),
            .init(weight: 1, mean: .constant(2000), standardDeviation: 0.1),
          ])), sigma: 1e6)
  }

  @Test func aFailedSampleIsDrawnOnceMoreThenLeftOut() throws {
    let folder = try Experiments.folder()
    let configuration = Self.failing(folder)
    let part = try Self.draw(configuration, [0..<8, 8..<16])
    let image = try ImageID(name: "0")
    let problem = try ImageProblem(image, in: Experiments.experiment(configuration)).problem
    let share = try Float(ExactPosterior(problem).weights[0])
    #expect(abs(share - 0.5) < 0.1)
    let isGood = { (sample: Int, attempt: UInt16) in
      let stream = NoiseStream(
        seed: 5, image: image.key, sample: UInt32(sample), purpose: .component, attempt: attempt)
      return stream.uniforms(1)[0] < share
    }
    var counts = [0, 0, 0]
    for record in part.records {
      let first = isGood(record.index, 0)
      let second = isGood(record.index, 1)
      counts[first ? 0 : second ? 1 : 2] += 1
      #expect(record.attempts == (first ? 1 : 2))
      #expect(record.hasFailed == (!first && !second))
      #expect((part.kept[record.index] == nil) == record.hasFailed)
      #expect((record.psnr == nil) == record.hasFailed)
    }
    #expect(!counts.contains(0), "all three fates occur: \(counts)")
    #expect(part.failedCount == counts[2])
    #expect(part.statistics.count == 16 - counts[2])
    #expect(part.statistics.mean().allSatisfy { abs($0 - 0.5) < 0.2 })
    let reason = try #require(part.records.first { $0.hasFailed }?.failure)
    #expect(reason == "a value is not finite, or beyond ±256")
  }

  @Test func failuresDoNotDependOnTheCut() throws {
    let folder = try Experiments.folder()
    let configuration = Self.failing(folder)
    Self.expectSame(
      try Self.draw(configuration, [0..<3, 3..<8]), try Self.draw(configuration, [0..<8]))
  }

  @Test func aUnitOfFailuresIsStillAPart() throws {
    let folder = try Experiments.folder()
    let configuration = Experiments.configuration(
      folder, prior: Experiments.white(mean: 1e5, std: 0.1), sigma: 1e6)
    let part = try Self.draw(configuration, [0..<2])
    #expect(part.failedCount == 2 && part.statistics.count == 0 && part.kept.isEmpty)
  }

  /// Steps of 10⁻⁵ where 2σ² = 2·10⁻⁸ is the bound.
  @Test func aSampleThatStepsHaveLostNamesThem() throws {
    let folder = try Experiments.folder()
    let langevin = Configuration.AnnealedLangevin(
      start: .sampler(.exact, noiseTime: 0), ladder: .init(levels: 2), stepsPerLevel: 30,
      respacing: .sections([5]))
    let configuration = Experiments.configuration(
      folder, sampler: .annealedLangevin(langevin), sigma: 1e-4)
    let part = try Self.draw(configuration, [0..<1])
    #expect(
      part.records[0].failure
        == "a value is not finite, or beyond ±256: steps of ald from 2σ²/‖A‖² = 2e-08/‖A‖² on grow "
        + "without end, and step_size is 1e-05")
  }

  /// (1 − h·w/τ²)¹⁰⁰ is (−999)¹⁰⁰ for h = 0.05, in one draw as step by step.
  @Test(arguments: Configuration.DAPS.MCMC.Transition.allCases)
  func aSampleThatChainsHaveLostNamesTheirSteps(
    transition: Configuration.DAPS.MCMC.Transition
  ) throws {
    let folder = try Experiments.folder()
    let chain = Configuration.DAPS.MCMC(learningRate: 0.05, transition: transition)
    let configuration = Experiments.configuration(
      folder, sampler: .daps(.init(annealing: .init(steps: 2), ode: .init(steps: 2), mcmc: chain)))
    let part = try Self.draw(configuration, [0..<1])
    #expect(
      part.records[0].failure
        == "a value is not finite, or beyond ±256: chains of daps with steps from τ²/‖A‖² = "
        + "0.0001/‖A‖² on grow without end, and mcmc.lr is 0.05")
  }

  // MARK: - Stopping

  @Test func aRaisedFlagInterruptsTheUnit() throws {
    let folder = try Experiments.folder()
    let configuration = Experiments.configuration(folder, sampler: Self.samplers[1])
    let worker = UnitWorker(try Experiments.experiment(configuration))
    let unit = WorkUnit(image: try ImageID(name: "0"), samples: 0..<2)
    let stop = StopFlag()
    _ = try worker.draw(unit, stop: stop)
    #expect(stop.signsOfLife >= 5, "asked once a step")
    stop.raise()
    #expect(throws: UnitInterrupted.self) { try worker.draw(unit, stop: stop) }
  }

  @Test func anUnknownImageEndsTheRun() throws {
    let folder = try Experiments.folder()
    let worker = UnitWorker(try Experiments.experiment(Experiments.configuration(folder)))
    let unit = WorkUnit(image: try ImageID(name: "other"), samples: 0..<2)
    #expect(throws: ExperimentError.self) { try worker.draw(unit, stop: StopFlag()) }
  }

  // MARK: - The truth

  /// 1600 exact draws in parts against the closed form. Means are within 5.5 standard errors, and
  /// (s²/σ²)^⅓ within 5.5 of its own by Wilson and Hilferty: 32 comparisons fail once in 8·10⁵ seeds.
  @Test func mapsAreThoseOfTheExactPosterior() throws {
    let folder = try Experiments.folder()
    let smooth = Configuration.PriorModel.gaussian(
      .init(
        shape: Experiments.shape, mean: .constant(0.1),
        covariance: .smooth(standardDeviation: 0.5, length: 1.2)))
    let configuration = Experiments.configuration(
      folder, prior: smooth, operation: .gaussianBlur(kernelSize: 3, intensity: 1),
      run: Experiments.run(samples: 1600, unit: 400))
    let part = try Self.draw(
      configuration,
      [0..<400, 800..<1600, 400..<500, 500..<800].flatMap {
        $0.count > 400 ? [800..<1200, 1200..<1600] : [$0]
      })
    let problem = try ImageProblem(
      ImageID(name: "0"), in: Experiments.experiment(configuration)
    ).problem
    let posterior = try ExactPosterior(problem)
    let (mean, std) = (part.statistics.mean(), part.statistics.standardDeviation())
    let spread = 2.0 / (9 * 1599)
    for pixel in 0..<16 {
      let expected = posterior.standardDeviation[pixel] / 2
      let error = Double(mean[pixel]) - (posterior.mean[pixel] + 1) / 2
      let ratio = pow(Double(std[pixel]) / expected, 2)
      #expect(abs(error) < 5.5 * expected / 40)
      #expect(abs(cbrt(ratio) - 1 + spread) < 5.5 * spread.squareRoot())
    }
    #expect(part.statistics.count == 1600)
  }
}

extension UNetArchitecture {
  /// The layout of the reference network `one_channel`.
  static let test = try! UNetArchitecture(
    json: """
      {"image_size": 16, "num_channels": 32, "num_res_blocks": 1, "channel_mult": "1",
       "learn_sigma": true, "attention_resolutions": "16", "num_heads": 4,
       "num_head_channels": 8, "use_scale_shift_norm": true, "resblock_updown": true,
       "grayscale": true}
      """)
}
