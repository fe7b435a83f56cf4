import Testing

@testable import RunFiles

@Suite struct DefaultsTests {
  typealias Samples = ConfigurationSamples

  @Test func whatIsNotWrittenHasThePublishedValue() throws {
    let configuration = try Samples.load(Samples.minimal)
    #expect(
      configuration.run
        == .init(
          seed: 0, samples: 16, unit: .fixed(8), output: "runs/a", checkpoint: 60, lease: 600))
    #expect(configuration.data == .init(source: .images(folder: "pictures"), range: nil))
    #expect(
      configuration.prior.diffusion
        == .init(
          schedule: .linear, steps: 1000, meanType: .epsilon, varianceType: .learnedRange,
          rescaleTimesteps: false))
    #expect(
      configuration.compute
        == .init(device: .auto, precision: .auto, threads: .fixed(1), workers: .auto)
    )
    #expect(
      configuration.statistics
        == .init(quantiles: [0.05, 0.5, 0.95], keepSamples: 4, saveSamples: false))
  }

  @Test func theSamplerDefaultsToAllStepsAndThePublishedScale() throws {
    let settings = Configuration.DPS(
      method: .ps(.init(scale: 0.3, norm: .plain)), respacing: .sections([1000]), process: .ddpm,
      clipDenoised: true,
      dynamicThreshold: false)
    #expect(try Samples.load(Samples.minimal).sampler == .dps(settings))
  }

  @Test(arguments: [
    ("{name: inpainting, mask_type: random, mask_prob_range: [0, 1]}", 0.5),
    ("{name: super_resolution, scale_factor: 4}", 0.3),
    ("{name: gaussian_blur, kernel_size: 9, intensity: 1}", 0.3),
  ])
  func theScaleFollowsTheOperator(operator: String, scale: Double) throws {
    let text = Samples.minimal.replacing("{name: denoising}", with: `operator`)
    guard case .dps(let settings) = try Samples.load(text).sampler else {
      Issue.record("not dps")
      return
    }
    #expect(settings.method.guidance?.scale == scale)
  }

  @Test func theOutputFollowsTheNameOfTheFile() throws {
    let names = ["configs/deblur.v2.yaml": "runs/deblur.v2", "x": "runs/x", ".yaml": "runs/run"]
    for (name, output) in names {
      let loaded = try Configuration.load(text: Samples.minimal, name: name)
      #expect(loaded.configuration.run.output == output)
    }
  }

  @Test func aBoxHasThePublishedMargin() throws {
    let box = "{name: inpainting, mask_type: box, mask_len_range: [128, 129]}"
    let text = Samples.minimal.replacing("{name: denoising}", with: box)
    #expect(
      try Samples.load(text).measurement.operator
        == .inpainting(
          .init(mask: .box(.init(lengths: 128..<129, verticalMargin: 16, horizontalMargin: 16)))))
  }

  @Test func aClosedFormPriorTakesTheSmallFixedVariance() throws {
    let prior = "kind: gaussian\n  shape: [1, 4, 4]\n  covariance: 0.5\n"
    let text = Samples.minimal.replacing(
      "kind: guided-diffusion\n  checkpoint: weights.safetensors\n", with: prior)
    #expect(
      try Samples.load(text).prior
        == .init(
          model: .gaussian(
            .init(shape: [1, 4, 4], mean: .constant(0), covariance: .white(standardDeviation: 0.5))),
          diffusion: .init(varianceType: .fixedSmall)))
  }

  @Test func everyWrittenKeyIsRead() throws {
    let box = Configuration.Inpainting.Box(lengths: 12..<13, verticalMargin: 4, horizontalMargin: 5)
    let expected = Configuration(
      run: .init(
        seed: 7, samples: 32, unit: .fixed(4), output: "runs/full", checkpoint: 30, lease: 120),
      data: .init(source: .images(folder: "pictures"), range: IndexSelection([0...7, 9...9])),
      measurement: .init(
        operator: .inpainting(.init(mask: .box(box), imageSize: 32)), noise: .gaussian(sigma: 0.05)),
      prior: .init(model: .guidedDiffusion(.init(checkpoint: "weights.safetensors"))),
      sampler: .dps(
        .init(scale: 0.5, respacing: .sections([250]), process: .ddim(eta: 0.5))),
      compute: .init(
        device: .fixed(.cpu), precision: .fixed(.float32), threads: .fixed(2), workers: .fixed(3)),
      statistics: .init(
        quantiles: [0.1, 0.9], keepSamples: 2, saveSamples: true, pictures: false))
    #expect(try Samples.load(Samples.full) == expected)
  }

  @Test(arguments: ["0", "18446744073709551615", "0xFFFFFFFFFFFFFFFF"])
  func everySeedOfSixtyFourBitsIsLegal(text: String) throws {
    let seed = try Samples.load(Samples.full("seed: 7", "seed: \(text)")).run.seed
    #expect(seed == (text == "0" ? 0 : .max))
  }
}
