import Testing

@testable import RunFiles

@Suite struct BaselinesTests {
  typealias Samples = ConfigurationSamples

  private func load(_ sampler: String, _ overrides: [String] = []) throws -> Configuration {
    try Samples.load(
      Samples.minimal.replacing("\n  name: dps\n", with: " \(sampler)\n"), overrides)
  }

  private func problems(_ sampler: String, _ overrides: [String] = []) -> String {
    do {
      _ = try load(sampler, overrides)
      return ""
    } catch { return "\(error)" }
  }

  // MARK: - Samplers

  @Test func defaultsAreThePublishedOnes() throws {
    #expect(
      try load("{name: unconditional}").sampler
        == .unconditional(.init(respacing: .sections([1000]))))
    #expect(try load("{name: ddnm}").sampler == .ddnm(.init(respacing: .strided(100), eta: 0.85)))
    #expect(
      try load("{name: diffpir}").sampler == .diffPIR(.init(steps: 100, lambda: 1, zeta: 0.1)))
    #expect(try load("{name: pnp-ula}").sampler == .pnpULA(.init()))
  }

  @Test func defaultsFollowTheOperatorAndTheProcess() throws {
    let mask =
      "measurement.operator={name: inpainting, mask_type: random, mask_prob_range: [0.1, 0.3]}"
    #expect(try load("{name: diffpir}", [mask]).sampler == .diffPIR(.init(zeta: 1)))
    let short = "prior.diffusion={steps: 64}"
    #expect(
      try load("{name: ddnm}", [short]).sampler == .ddnm(.init(respacing: .sections([64]))))
    #expect(try load("{name: diffpir}", [short]).sampler == .diffPIR(.init(steps: 64, zeta: 0.1)))
  }

  @Test(arguments: [
    ("{name: ddnm, eta: 1.5}", "sampler.eta"), ("{name: ddnm, singular_floor: 1}", "below 1"),
    ("{name: diffpir, lambda: 0}", "above 0"), ("{name: diffpir, steps: 1001}", "1000"),
    ("{name: diffpir, scale: 1}", "scale"), ("{name: pnp-ula, box: [1, -1]}", "below the second"),
    ("{name: pnp-ula, start: here}", "adjoint, zero, noise"),
    ("{name: unconditional, record: {samples: 1}}", "every"),
    ("{name: unconditional, record: {every: 0}}", "sampler.record.every"),
    ("{name: unconditional, record: {every: 1, sample: 1}}", "samples"),
  ])
  func whatIsWrongIsNamed(sampler: String, text: String) {
    #expect(problems(sampler).contains(text), "\(problems(sampler))")
  }

  @Test func aChainNeedsNoise() {
    let text = problems("{name: pnp-ula}", ["measurement.noise={name: clean}"])
    #expect(text.contains("pnp-ula") && text.contains("gaussian"), "\(text)")
  }

  @Test func recordingIsReadBesideAnySampler() throws {
    #expect(try load("{name: dps}").recording == nil)
    let prior = "prior={kind: gaussian, shape: [1, 8, 8], covariance: 0.5}"
    let exact = try load("{name: exact, record: {every: 3}}", [prior])
    #expect(exact.recording == .init(every: 3, samples: 1))
  }

  // MARK: - TorchScript

  private static func prior(_ keys: String) -> [String] {
    ["prior={kind: torchscript, file: net.pt, shape: [1, 8, 8], \(keys)}"]
  }

  @Test func whatIsNotSaidFollowsFromThePrediction() throws {
    func read(_ keys: String) throws -> Configuration.TorchScriptPrior? {
      let model = try load("{name: dps}", Self.prior(keys)).prior.model
      guard case .torchScript(let prior) = model else { return nil }
      return prior
    }
    for prediction in ["epsilon", "x0", "v"] {
      let prior = try #require(try read("predicts: \(prediction)"))
      #expect(prior.time == .index && prior.scaling == .vp)
    }
    let denoiser = try #require(try read("predicts: denoiser"))
    #expect(denoiser.time == .sigma && denoiser.scaling == .ve)
    let edm = try #require(try read("predicts: edm"))
    #expect(edm.time == .logSigma && edm.dataSigma == 0.5)
    #expect(
      try load("{name: dps}", Self.prior("predicts: v")).prior.diffusion.varianceType
        == .fixedSmall)
  }

  @Test(arguments: [
    ("predicts: score", "epsilon, x0, v, denoiser, edm"),
    ("predicts: edm, scaling: vp", "c_in"), ("predicts: v, scaling: ve", "'vp'"),
    ("predicts: x0, sigma_data: 1", "predicts: edm"),
    ("predicts: x0, diffusion: {model_mean_type: start_x}", "prior.predicts"),
    ("predicts: x0, diffusion: {rescale_timesteps: true}", "prior.time"),
    ("time: index", "predicts"),
  ])
  func wrongConventionsAreNamed(keys: String, text: String) {
    let found = problems("{name: dps}", Self.prior(keys))
    #expect(found.contains(text), "\(found)")
  }

  @Test func theHashKnowsTheConventionButNotTheName() throws {
    func hash(_ keys: String, _ more: [String] = []) throws -> String {
      try load("{name: dps}", Self.prior(keys) + more)
        .resolved(device: .cpu, precision: .float32, shape: UnitShape(unit: 8, threads: 1))
        .workHash(priorDigest: "d")
    }
    let own = try hash("predicts: x0")
    #expect(try hash("predicts: x0", ["prior.file=moved.pt"]) == own)
    #expect(try hash("predicts: x0, time: continuous") != own)
    #expect(try hash("predicts: x0, scaling: ve") != own)
    #expect(try hash("predicts: edm") != hash("predicts: edm, sigma_data: 1"))
  }
}
