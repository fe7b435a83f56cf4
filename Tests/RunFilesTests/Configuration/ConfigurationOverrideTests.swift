import Testing

@testable import RunFiles

@Suite struct ConfigurationOverrideTests {
  typealias Samples = ConfigurationSamples

  @Test func anOverrideReplacesTheFilesValueAndTheLastOneWins() throws {
    let configuration = try Samples.load(
      Samples.full, ["run.seed=1", "run.samples=5", "run.seed=2"])
    #expect(configuration.run.seed == 2)
    #expect(configuration.run.samples == 5)
    #expect(configuration.run.unit == .fixed(4))
  }

  @Test func anOverrideMakesTheSectionsItNeeds() throws {
    let configuration = try Samples.load(
      Samples.minimal, ["prior.diffusion.steps=500", "compute.workers=2"])
    #expect(configuration.prior.diffusion.steps == 500)
    #expect(configuration.compute.workers == .fixed(2))
  }

  @Test func aWholeSectionMayBeGiven() throws {
    let configuration = try Samples.load(
      Samples.full, ["measurement.operator={name: super_resolution, scale_factor: 2}"])
    #expect(configuration.measurement.operator == .superResolution(scaleFactor: 2))
  }

  @Test func valuesAreYAML() throws {
    let configuration = try Samples.load(
      Samples.full,
      ["statistics.quantiles=[0.25, 0.75]", "run.output=\"a=b: c\"", "data.range=3,5-6"])
    #expect(configuration.statistics.quantiles == [0.25, 0.75])
    #expect(configuration.run.output == "a=b: c")
    #expect(configuration.data.range == IndexSelection([3...3, 5...6]))
  }

  @Test func nullTakesAKeyOut() throws {
    let configuration = try Samples.load(
      Samples.full, ["sampler.steps=null", "sampler.timestep_respacing=ddim25", "run.nothing=null"])
    guard case .dps(let settings) = configuration.sampler else {
      Issue.record("not dps")
      return
    }
    #expect(settings.respacing == .strided(25))
  }

  @Test func aFileMayBeMadeOfOverridesAlone() throws {
    let overrides = [
      "data.images=pictures", "measurement={operator: {name: denoising}, noise: {name: clean}}",
      "prior.kind=guided-diffusion", "prior.checkpoint=w.pt", "sampler.name=dps",
    ]
    #expect(try Samples.load("{}", overrides).prior.diffusion.steps == 1000)
  }

  @Test func theOutputOptionIsTakenAsItIs() throws {
    let loaded = try Configuration.load(
      text: Samples.full, name: "a.yaml", overrides: ["run.output=b"], output: "1: *x # 'y")
    #expect(loaded.configuration.run.output == "1: *x # 'y")
  }

  @Test(arguments: [
    (
      "sampler.steps=2000",
      "--set sampler.steps=2000: sampler.steps: found '2000', "
        + "allowed: a whole number from 2 to 1000"
    ),
    (
      "sampler.stpes=3",
      "--set sampler.stpes=3: sampler.stpes: unknown key; did you mean 'steps'? Allowed here: record, name, "
        + "method, scale, norm, num_sampling, projection, process, eta, clip_denoised, "
        + "dynamic_threshold, steps, timestep_respacing"
    ),
    ("sampler.steps", "--set sampler.steps: needs the form key=value, as in sampler.steps=200"),
    ("run.seed=", "--set run.seed=: run.seed: gives no value; null takes the key out"),
    ("=1", "--set =1: not a key; write words with dots, as in sampler.steps"),
    (
      "run..seed=1",
      "--set run..seed=1: run..seed: not a key; write words with dots, as in sampler.steps"
    ),
    (
      "run.seed.low=1",
      "--set run.seed.low=1: run.seed: found '7', expected a section of keys"
    ),
    (
      "run.seed=[1",
      "--set run.seed=[1: run.seed: not valid YAML: did not find expected ',' or ']' "
        + "(while parsing a flow sequence that begins in line 1)"
    ),
    (
      "run.seed=*a",
      "--set run.seed=*a: run.seed: anchors (&name) and aliases (*name) are not allowed; "
        + "write the value out, or quote it"
    ),
    (
      "run.seed=!!int 3",
      "--set run.seed=!!int 3: run.seed: the tag !!int is not allowed; only !!python/tuple is"
    ),
  ])
  func aMistakeNamesTheOption(override: String, expected: String) {
    #expect(Samples.problem(of: Samples.full, [override]).hasPrefix(expected))
  }

  @Test func aProblemOfTheFileKeepsItsLineBesideOverrides() {
    let text = Samples.full("device: cpu", "device: tpu")
    let lines = Samples.problem(of: text, ["run.seed=x"]).split(separator: "\n")
    #expect(lines.map { $0.prefix(16) } == ["a.yaml:40: compu", "--set run.seed=x"])
  }

  @Test func anEndlessKeyIsRefused() {
    let key = String(repeating: "a.", count: 100_000) + "a"
    #expect(Samples.problem(of: Samples.full, ["\(key)=1"]).contains("not a key"))
  }
}
