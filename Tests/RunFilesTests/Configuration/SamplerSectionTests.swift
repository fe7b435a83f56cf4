import Testing

@testable import RunFiles

/// The sections of DPS and of annealed Langevin dynamics.
@Suite struct SamplerSectionTests {
  typealias Samples = ConfigurationSamples
  typealias DPS = Configuration.DPS
  typealias Langevin = Configuration.AnnealedLangevin

  private static func text(_ sampler: String) -> String {
    Samples.minimal.replacing("\n  name: dps\n", with: " \(sampler)\n")
  }

  private func dps(_ sampler: String, noise: String? = nil) throws -> DPS {
    let text = Self.text(sampler).replacing(
      "{name: gaussian, sigma: 0.05}", with: noise ?? "{name: gaussian, sigma: 0.05}")
    guard case .dps(let settings) = try Samples.load(text).sampler else {
      throw Unexpected()
    }
    return settings
  }

  private func langevin(_ sampler: String) throws -> Langevin {
    guard case .annealedLangevin(let settings) = try Samples.load(Self.text(sampler)).sampler else {
      throw Unexpected()
    }
    return settings
  }

  private struct Unexpected: Error {}

  // MARK: - DPS

  @Test(arguments: [
    ("method: ps", DPS.Method.ps(.init(scale: 0.3))),
    ("method: ps, norm: squared, scale: 2", .ps(.init(scale: 2, norm: .squared))),
    ("method: ps+", .psPlus(.init(scale: 0.3), sampling: 5)),
    ("method: ps+, num_sampling: 2", .psPlus(.init(scale: 0.3), sampling: 2)),
    ("method: mcg", .mcg(.init(scale: 0.3), .corrected)),
    ("method: mcg, projection: published", .mcg(.init(scale: 0.3), .published)),
    ("method: projection", .projection(.corrected)), ("method: vanilla", .vanilla),
  ])
  func everyMethodIsRead(text: String, expected: DPS.Method) throws {
    #expect(try dps("{name: dps, \(text)}").method == expected)
  }

  /// The published code weighs by 1/|y| for Poisson noise, but not in `ps+`.
  @Test(arguments: [
    ("method: ps", DPS.Guidance.Norm.poisson), ("method: mcg", .poisson), ("method: ps+", .plain),
    ("norm: plain", .plain),
  ])
  func poissonNoiseHasItsOwnNorm(text: String, expected: DPS.Guidance.Norm) throws {
    let settings = try dps("{name: dps, \(text)}", noise: "{name: poisson, rate: 1}")
    #expect(settings.method.guidance?.norm == expected)
  }

  @Test(arguments: [
    ("method: vanilla, scale: 1", "sampler.scale: goes with the methods ps, ps+ and mcg only"),
    ("method: projection, norm: plain", "sampler.norm: goes with the methods ps, ps+ and mcg only"),
    ("num_sampling: 2", "sampler.num_sampling: goes with 'method: ps+' only"),
    (
      "projection: published",
      "sampler.projection: goes with the methods mcg and projection only"
    ),
    (
      "norm: l2",
      "sampler.norm: found 'l2', allowed: plain, squared, poisson"
    ),
    (
      "method: ps+, num_sampling: 0",
      "sampler.num_sampling: found '0', allowed: a whole number from 1 to 1000"
    ),
  ])
  func idleAndImpossibleValuesAreErrors(text: String, expected: String) {
    #expect(
      Samples.problem(of: Self.text("{name: dps, \(text)}")) == "a.yaml:9: \(expected)")
  }

  @Test func longListsAreNotCut() throws {
    func sampler(_ count: Int) -> String {
      "{name: dps, timestep_respacing: [\(Array(repeating: "2", count: count).joined(separator: ", "))]}"
    }
    #expect(try dps(sampler(64)).respacing == .sections(Array(repeating: 2, count: 64)))
    #expect(Samples.problem(of: Self.text(sampler(65))).contains("up to 64 such as"))
  }

  /// A published block without a scale means the code's own 1, not the task files' value.
  @Test(arguments: [
    ("{method: ps}", DPS.Method.ps(.init(scale: 1))),
    (
      "{method: ps+, params: {scale: 0.4, num_sampling: 3}}",
      .psPlus(.init(scale: 0.4), sampling: 3)
    ),
    ("{method: mcg, params: {scale: 0.7}}", .mcg(.init(scale: 0.7), .corrected)),
    ("{method: vanilla, params: {scale: 0.7}}", .vanilla),
    ("{method: projection}", .projection(.corrected)),
  ])
  func publishedBlocksAreReadAsTheyAre(block: String, expected: DPS.Method) throws {
    let loaded = try Samples.load(Samples.minimal + "conditioning: \(block)\n")
    #expect(loaded.sampler == .dps(.init(method: expected, respacing: .sections([1000]))))
  }

  // MARK: - UD2M

  @Test(arguments: ["lambda", "rho_scale", "tau_g", "t_lat"])
  func valuesOfIterationsThatNeverComeAreAnError(key: String) throws {
    let text = Self.text("{name: ud2m, \(key): [0.1, 0.2, 0.3], iterations: 2}")
    #expect(
      Samples.problem(of: text)
        == "a.yaml:9: sampler.\(key): a list of 3, but 'iterations' is 2; give at most one for each"
    )
    _ = try Samples.load(text.replacing("iterations: 2", with: "iterations: 3"))
    _ = try Samples.load(text.replacing("iterations: 2", with: "iterations: 4"))
  }

  // MARK: - Annealed Langevin

  @Test func annealedLangevinHasThePublishedDefaults() throws {
    let settings = try langevin("{name: ald}")
    let start = DPS(scale: 0.3, respacing: .sections([1000]))
    #expect(
      settings
        == Langevin(
          mode: .paper, start: .sampler(.dps(start), noiseTime: 100),
          ladder: .init(levels: 1000, factor: 0.009, growth: 1.1), stepsPerLevel: 1, stepSize: 1e-5,
          varyingStepSizes: false, clamp: false, scoreLevel: .finest,
          respacing: .sections([1000]), clipDenoised: true))
    #expect(settings.ownEvaluations == 1101)
    #expect(try langevin("{name: ald, mode: code}").ownEvaluations == 1100)
    #expect(try langevin("{name: ald, start: prior}").ownEvaluations == 2000)
    #expect(try langevin("{name: ald, noise_time: 0, levels: 3}").ownEvaluations == 3)
    #expect(try langevin("{name: ald, steps: 250, steps_per_level: 2}").ownEvaluations == 2026)
  }

  @Test func everyKeyOfAnnealedLangevinIsRead() throws {
    let settings = try langevin(
      "{name: ald, mode: code, start: {name: dps, method: mcg, steps: 20}, noise_time: 3, "
        + "levels: 4, factor: 0.5, growth: 1, steps_per_level: 6, step_size: 2.5e-6, "
        + "varying_step_sizes: true, clamp: true, score_level: 0.02, steps: 30, "
        + "clip_denoised: false}")
    let start = DPS(method: .mcg(.init(scale: 0.3), .corrected), respacing: .sections([20]))
    #expect(
      settings
        == Langevin(
          mode: .code, start: .sampler(.dps(start), noiseTime: 3),
          ladder: .init(levels: 4, factor: 0.5, growth: 1), stepsPerLevel: 6, stepSize: 2.5e-6,
          varyingStepSizes: true, clamp: true, scoreLevel: .sigma(0.02),
          respacing: .sections([30]), clipDenoised: false))
  }

  /// The published task files describe the start.
  @Test func aPublishedBlockGoesToTheStart() throws {
    let text = Self.text("{name: ald}") + "conditioning: {method: ps, params: {scale: 0.7}}\n"
    guard case .annealedLangevin(let settings) = try Samples.load(text).sampler else {
      throw Unexpected()
    }
    #expect(
      settings.start
        == .sampler(.dps(.init(scale: 0.7, respacing: .sections([1000]))), noiseTime: 100))
    #expect(
      Samples.problem(of: text.replacing("{name: ald}", with: "{name: ald, start: prior}"))
        == "a.yaml:10: conditioning: a start from the prior has no conditioning")
  }

  @Test(arguments: [
    (
      "start: posterior",
      "sampler.start: found 'posterior', expected prior, or a section that describes a sampler"
    ),
    (
      "start: prior, noise_time: 3",
      "sampler.noise_time: goes with a start by a sampler, not by the prior"
    ),
    ("noise_time: 1000", "sampler.noise_time: found '1000', allowed: a whole number from 0 to 999"),
    (
      "start: {name: dps, method: vanilla, scale: 1}",
      "sampler.start.scale: goes with the methods ps, ps+ and mcg only"
    ),
    (
      "start: {name: exact}",
      "sampler.start.name: 'exact' needs a prior of kind gaussian or gaussian-mixture; a network needs 'dps'"
    ),
    ("score_level: 0", "sampler.score_level: found '0', allowed: a number above 0"),
    (
      "score_level: fine",
      "sampler.score_level: found 'fine', allowed: finest"
    ),
    ("levels: 1, varying_step_sizes: true", "sampler.levels: varying step sizes need at least 2"),
    ("step_size: 0", "sampler.step_size: found '0', allowed: a number above 0"),
  ])
  func impossibleAnnealedLangevinIsTold(text: String, expected: String) {
    #expect(Samples.problem(of: Self.text("{name: ald, \(text)}")) == "a.yaml:9: \(expected)")
  }

  @Test func annealedLangevinNeedsNoise() {
    let text = Self.text("{name: ald}").replacing(
      "{name: gaussian, sigma: 0.05}", with: "{name: clean}")
    #expect(
      Samples.problem(of: text)
        == "a.yaml:5: measurement.noise: the sampler 'ald' needs gaussian noise with sigma above 0")
  }
}
