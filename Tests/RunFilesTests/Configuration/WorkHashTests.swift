import Testing

@testable import RunFiles

@Suite struct WorkHashTests {
  typealias Samples = ConfigurationSamples

  private func hash(
    _ text: String, _ overrides: [String] = [], digest: String = "d",
    device: Configuration.Compute.Device = .cpu,
    precision: Configuration.Compute.Precision = .float32,
    shape: UnitShape = UnitShape(unit: 8, threads: 1)
  ) throws -> String {
    try Samples.load(text, overrides)
      .resolved(device: device, precision: precision, shape: shape)
      .workHash(priorDigest: digest)
  }

  @Test func itIsASHA256InHex() throws {
    let text = try hash(Samples.full)
    #expect(text.utf8.count == 64)
    #expect(text.allSatisfy { $0.isHexDigit && !$0.isUppercase })
  }

  @Test(arguments: [
    "run.samples=64", "data.range=0-100", "data.range=null", "run.output=elsewhere",
    "run.checkpoint=1", "run.lease=5", "compute.workers=8", "statistics.quantiles=[0.5]",
    "data.images=moved", "prior.checkpoint=moved.pt", "measurement.operator.image_size=null",
    "statistics.calibration=c.yaml", "sampler.record={every: 10}",
    "sampler.record={every: 10, samples: 3}",
  ])
  func whatFixesNoBitIsLeftOut(override: String) throws {
    #expect(try hash(Samples.full, [override]) == hash(Samples.full))
  }

  @Test(arguments: [
    "run.seed=8", "run.unit=5", "measurement.operator.margin=3", "measurement.noise.sigma=0.06",
    "measurement.operator.mask_type=extreme", "measurement.noise={name: clean}",
    "measurement.operator.mask_len_range=[12, 14]", "prior.diffusion.steps=999",
    "prior.diffusion.noise_schedule=cosine", "prior.diffusion.rescale_timesteps=true",
    "sampler.scale=0.51", "sampler.norm=squared", "sampler.method=mcg", "sampler.method=ps+",
    "sampler.steps=251", "sampler.eta=0", "sampler.clip_denoised=false",
    "sampler.dynamic_threshold=true", "compute.device=cuda", "compute.precision=bfloat16",
    "compute.threads=1", "statistics.keep_samples=3", "statistics.save_samples=false",
    "statistics.quantiles=[]", "statistics.derived=[{name: a, quantity: mean}]",
    "data={measurements: pictures}", "data={measurements: pictures, truths: others}",
  ])
  func whatFixesBitsOrPartsCounts(override: String) throws {
    #expect(try hash(Samples.full, [override]) != hash(Samples.full))
  }

  @Test func whetherThereAreTruthsCounts() throws {
    func measured(_ more: String) throws -> String {
      try hash(Samples.full, ["data={measurements: pictures\(more)}"])
    }
    #expect(try measured("") != measured(", truths: one"))
    #expect(try measured(", truths: one") == measured(", truths: other"))
  }

  @Test func thePriorCountsByItsDigest() throws {
    #expect(try hash(Samples.full, digest: "e") != hash(Samples.full, digest: "d"))
  }

  @Test func automaticValuesCountAsTheMachinesValues() throws {
    let text = Samples.minimal
    let open = ["run.unit=auto", "compute.threads=auto"]
    let fixed = ["run.unit=3", "compute={device: cuda, precision: bfloat16, threads: 2}"]
    let shape = UnitShape(unit: 3, threads: 2)
    #expect(
      try hash(text, open, device: .cuda, precision: .bfloat16, shape: shape) == hash(text, fixed))
    #expect(try hash(text, precision: .bfloat16) != hash(text))
    #expect(try hash(text, open, shape: shape) != hash(text, open))
    #expect(try hash(text, fixed, shape: UnitShape(unit: 7, threads: 7)) == hash(text, fixed))
  }

  @Test func theResolvedConfigurationHasNoAutomaticValueLeftButWorkers() throws {
    let resolved = try Samples.load(Samples.minimal, ["run.unit=auto", "compute.threads=auto"])
      .resolved(device: .cpu, precision: .bfloat16, shape: UnitShape(unit: 5, threads: 3))
    #expect(
      resolved.configuration.compute
        == .init(
          device: .fixed(.cpu), precision: .fixed(.bfloat16), threads: .fixed(3), workers: .auto))
    #expect(resolved.device == .cpu)
    #expect(resolved.precision == .bfloat16)
    #expect(resolved.shape == UnitShape(unit: 5, threads: 3))
    #expect(resolved.configuration.run.unit == .fixed(5))
    #expect(resolved.configuration.recorded == resolved)
    #expect(try Samples.load(resolved.yaml()) == resolved.configuration)
  }

  @Test func namesOfFilesOfAClosedFormPriorDoNotCount() throws {
    let old = "kind: guided-diffusion\n  checkpoint: weights.safetensors\n"
    func text(_ mean: String, _ covariance: String) -> String {
      Samples.minimal.replacing(
        old,
        with: "kind: gaussian\n  shape: [1, 4, 4]\n  mean: \(mean)\n  covariance: \(covariance)\n")
    }
    #expect(try hash(text("a.npy", "b.npy")) == hash(text("c.npy", "d.npy")))
    #expect(try hash(text("0.1", "b.npy")) != hash(text("c.npy", "d.npy")))
    #expect(try hash(text("0.1", "0.5")) != hash(text("0.1", "{std: 0.5, length: 1}")))
  }

  @Test func theFormIsFixedForEver() throws {
    let form = try Samples.load(Samples.minimal)
      .resolved(device: .cpu, precision: .float32, shape: UnitShape(unit: 8, threads: 1))
      .workForm(priorDigest: "d")
    #expect(
      form == """
        format=posterior-atlas-work-6
        seed=0
        unit=8
        source=images
        measurement.operator.name=denoising
        measurement.noise.name=gaussian
        measurement.noise.sigma=0.05
        prior.digest="d"
        prior.model.kind=guided-diffusion
        prior.model.checkpoint=""
        prior.model.diffusion.noise_schedule=linear
        prior.model.diffusion.steps=1000
        prior.model.diffusion.model_mean_type=epsilon
        prior.model.diffusion.model_var_type=learned_range
        prior.model.diffusion.rescale_timesteps=false
        sampler.name=dps
        sampler.method=ps
        sampler.scale=0.3
        sampler.norm=plain
        sampler.steps=1000
        sampler.process=ddpm
        sampler.clip_denoised=true
        sampler.dynamic_threshold=false
        compute.device=cpu
        compute.precision=float32
        compute.threads=1
        statistics.levels=true
        statistics.keep_samples=4
        statistics.save_samples=false
        statistics.derived=[]

        """)
  }
}
