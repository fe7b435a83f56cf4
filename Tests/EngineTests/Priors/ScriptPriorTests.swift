import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct ScriptPriorTests {
  static let shape = [2, 4, 6]
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Resources/torchscript").path

  static func clock(_ schedule: NoiseSchedule = .linear) throws -> NoiseClock {
    try NoiseClock(schedule, steps: 1000)
  }

  /// N(0.2, 0.3²), which all networks here stand for.
  static func exact(_ schedule: NoiseSchedule = .linear) throws -> GaussianPrior {
    try GaussianPrior(
      imageShape: shape, mean: [Double](repeating: 0.2, count: 48),
      covariance: .isotropic(std: 0.3), alphaBar: clock(schedule).alphaBar)
  }

  // MARK: - Files

  enum File: String, CaseIterable, Sendable {
    case epsilonIndex = "epsilon-index"
    case vContinuous = "v-continuous"
    case denoiserSigma = "denoiser-sigma"
    case edm

    var convention: NetworkConvention {
      switch self {
      case .epsilonIndex: .init(predicts: .epsilon, time: .index, scaling: .variancePreserving)
      case .vContinuous: .init(predicts: .v, time: .continuous, scaling: .variancePreserving)
      case .denoiserSigma: .init(predicts: .x0, time: .sigma, scaling: .varianceExploding)
      case .edm:
        .init(predicts: .edm(dataSigma: 0.5), time: .logSigma, scaling: .varianceExploding)
      }
    }

    var prior: ScriptPrior {
      get throws {
        try ScriptPrior(
          file: "\(folder)/\(rawValue).pt", imageShape: shape, convention: convention,
          clock: clock())
      }
    }
  }

  /// x_t of a row at each step.
  private static func noisy(_ steps: [Int], _ table: [Double]) throws -> Tensor {
    let noise = try PhiloxNoise(seed: 5, image: 6, samples: Array(steps.indices))
    let z = try noise.normalTensor(purpose: .initial, step: 0, rowShape: shape)
    let columns = { (values: [Double]) in
      try Tensor(values.map { Float($0) }, shape: [values.count, 1, 1, 1])
    }
    return try columns(steps.map { table[$0].squareRoot() * 0.4 })
      + z * columns(steps.map { (1 - table[$0]).squareRoot() })
  }

  private static let steps = [0, 1, 10, 100, 400, 700, 999]

  /// What a float32 time and a few float32 operations cost of ε at level σ, where |x_t| < 5.
  ///
  /// The network's answer and the terms added to it are rounded, 4·2⁻²⁴ of 5·max(1, 1/σ); a time told
  /// with a relative error 2⁻²⁴ shifts ln σ by less than 20·2⁻²⁴ (β_max·t of the continuous process,
  /// and |ln σ| for the logarithm), and ε by at most that times 5.
  private static func allowed(_ sigma: Double) -> Double {
    let answer: Double = 20 * max(1, 1 / sigma)
    return 0x1p-24 * (answer + 100)
  }

  @Test(arguments: File.allCases) func filesAgreeWithTheClosedForm(file: File) throws {
    let (prior, exact) = (try file.prior, try Self.exact())
    let x = try Self.noisy(Self.steps, exact.clockTable)
    let times = Self.steps.map { Float($0) }
    let (own, expected) = try (prior.predict(x, times: times), exact.predict(x, times: times))
    #expect(own.variance == nil)
    for (row, step) in Self.steps.enumerated() {
      let sigma = prior.clock.sigma(at: step)
      let distance = try own.mean.row(row).distance(to: expected.mean.row(row))
      #expect(distance <= Self.allowed(sigma), "\(file) at step \(step)")
    }
  }

  /// The index is fractional between steps, which a table cannot answer.
  @Test(arguments: File.allCases.dropFirst(), [0.01, 0.1, 1, 10, 80])
  func filesDenoiseAtAnyLevel(file: File, sigma: Double) throws {
    let (prior, exact) = (try file.prior, try Self.exact())
    let noise = try PhiloxNoise(seed: 5, image: 6, samples: [0, 1])
    let x =
      try noise.normalTensor(purpose: .initial, step: 0, rowShape: Self.shape) * sigma + 0.3
    let distance = try prior.denoise(x, sigma: sigma).distance(to: exact.denoise(x, sigma: sigma))
    // x/(1+σ²), c_skip·x and σ·ε are at most 5 where they do not cancel, and the clean image is
    // 0.2 + κ(x − 0.2) with κ·σ ≤ 0.15·5: 8·5 roundings, and 20·5 for the time as above.
    let allowed: Double = 0x1p-24 * 140
    #expect(distance <= allowed)
  }

  /// Gradients flow through the file, which guided samplers need.
  @Test func gradientsFlow() throws {
    let prior = try File.edm.prior
    let x = try Tensor.full(0.5, shape: [2] + Self.shape)
    let gradient = try valueAndGradient(at: x) {
      try prior.denoise($0, sigma: 0.4).reshaped([2, -1]).sum(over: [1])
    }.gradient
    let gain = 0.09 / (0.09 + 0.16)
    #expect(try (gradient - gain).largest() < 1e-5)
  }

  @Test func learnedVariancesAreSplitOff() throws {
    let convention = File.epsilonIndex.convention
    let prior = try ScriptPrior(
      file: "\(Self.folder)/epsilon-learned-variance.pt", imageShape: Self.shape,
      convention: convention, clock: Self.clock())
    let x = try Self.noisy([100, 400], Self.exact().clockTable)
    let output = try prior.predict(x, times: [100, 400])
    let plain = try File.epsilonIndex.prior.predict(x, times: [100, 400])
    #expect(try output.mean.bits() == plain.mean.bits())
    let variance = try #require(output.variance)
    #expect(try variance.bits() == (x * 0.5).bits())
  }

  @Test func filesThatCannotServeAreRefused() throws {
    let convention = File.epsilonIndex.convention
    let mixing = "\(Self.folder)/mixes-rows.pt"
    #expect(throws: UnfitModule(path: mixing, problem: .dependsOnBatch)) {
      try ScriptPrior(
        file: mixing, imageShape: Self.shape, convention: convention, clock: Self.clock())
    }
    #expect(throws: ScriptModuleError.self) {
      try ScriptPrior(
        file: "\(Self.folder)/make.py", imageShape: Self.shape, convention: convention,
        clock: Self.clock())
    }
    let wrong = ScriptPrior(
      imageShape: Self.shape, convention: convention, clock: try Self.clock()
    ) { x, _ in try x.sliced(0..<1, along: 1) }
    let error = #expect(throws: UnfitModule.self) { try wrong.tryOut() }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("network: ") && text.contains("[2, 1, 4, 6]; it must give [2, 2, 4, 6]"))
    let broken = ScriptPrior(
      imageShape: Self.shape, convention: convention, clock: try Self.clock()
    ) { x, _ in try x / 0 }
    #expect(throws: UnfitModule(path: "network", problem: .notFinite(.noisyImages))) {
      try broken.tryOut()
    }
  }

  // MARK: - Every convention

  /// The exact denoiser as a network of a convention, in float64.
  static func network(
    _ convention: NetworkConvention, _ clock: NoiseClock
  ) -> @Sendable (Tensor, Tensor) throws -> Tensor {
    { x, times in
      let rows = try times.doubles().enumerated().map { row, time in
        let sigma = level(time, convention.time, clock)
        let gain = convention.inputGain(sigma: sigma)
        let values = try x.row(row).doubles().map { shown in
          let full = shown / gain
          let clean = 0.2 + 0.09 / (0.09 + sigma * sigma) * (full - 0.2)
          let epsilon = sigma / (0.09 + sigma * sigma) * (full - 0.2)
          return answer(convention.predicts, full, clean, epsilon, sigma)
        }
        return try Tensor(values, shape: [1] + shape).converted(to: .float32)
      }
      return try Tensor.concatenated(rows, along: 0)
    }
  }

  private static func answer(
    _ prediction: NetworkConvention.Prediction, _ x: Double, _ clean: Double, _ epsilon: Double,
    _ sigma: Double
  ) -> Double {
    let root = (1 + sigma * sigma).squareRoot()
    switch prediction {
    case .epsilon: return epsilon
    case .x0: return clean
    case .v: return (epsilon - sigma * clean) / root
    case .edm(let data):
      let total = sigma * sigma + data * data
      return (clean - data * data / total * x) / (sigma * data / total.squareRoot())
    }
  }

  /// σ of a time, by bisection of the clock's own map.
  private static func level(
    _ time: Double, _ kind: NetworkConvention.Time, _ clock: NoiseClock
  ) -> Double {
    switch kind {
    case .sigma: return time
    case .logSigma: return exp(4 * time)
    case .index:
      if let step = Int(exactly: time) { return clock.sigma(at: step) }
      return bisect { clock.step(sigma: $0) < time }
    case .continuous: return bisect { clock.continuousTime(sigma: $0) < time }
    }
  }

  private static func bisect(_ isBelow: (Double) -> Bool) -> Double {
    var (low, high) = (-12.0, 12.0)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if isBelow(exp(middle)) { low = middle } else { high = middle }
    }
    return exp(low)
  }

  static let conventions: [NetworkConvention] = {
    let predictions: [NetworkConvention.Prediction] = [
      .epsilon, .x0, .v, .edm(dataSigma: 0.5), .edm(dataSigma: 0.3),
    ]
    let times: [NetworkConvention.Time] = [.index, .continuous, .sigma, .logSigma]
    return predictions.flatMap { prediction in
      times.flatMap { time in
        [NetworkConvention.Scaling.variancePreserving, .varianceExploding].map {
          NetworkConvention(predicts: prediction, time: time, scaling: $0)
        }
      }
    }.filter { $0.predicts != .v || $0.scaling == .variancePreserving }
  }()

  @Test(arguments: conventions, [NoiseSchedule.linear, .cosine])
  func everyConventionIsTheSamePrior(
    convention: NetworkConvention, schedule: NoiseSchedule
  ) throws {
    let (clock, exact) = (try Self.clock(schedule), try Self.exact(schedule))
    let prior = ScriptPrior(
      imageShape: Self.shape, convention: convention, clock: clock,
      network: Self.network(convention, clock))
    let steps = [0, 50, 500, 900]
    let x = try Self.noisy(steps, clock.alphaBar)
    let times = steps.map { Float($0) }
    let (own, expected) = try (prior.predict(x, times: times), exact.predict(x, times: times))
    for (row, step) in steps.enumerated() {
      let distance = try own.mean.row(row).distance(to: expected.mean.row(row))
      #expect(distance <= Self.allowed(clock.sigma(at: step)), "step \(step)")
    }
    for sigma in [0.05, 0.7, 20] {
      let shifted = try x * sigma
      let (ours, theirs) = try (
        prior.denoise(shifted, sigma: sigma), exact.denoise(shifted, sigma: sigma)
      )
      // Of the clean image as x − σ·ε only the difference is left. A step rounded to float32 moves
      // ln σ, and with it σ·ε, by up to 40·2⁻²⁴ where the steps of the cosine process are long.
      let allowed: Double = try 0x1p-24 * (140 + 44 * shifted.largest())
      #expect(try ours.distance(to: theirs) <= allowed, "σ \(sigma)")
    }
  }

  // MARK: - The clock

  /// samplers.md §4.3: exact values of c(σ), and those of the cosine schedule at its own steps.
  @Test func timesAreThePublishedOnes() throws {
    let linear = try Self.clock()
    for (sigma, step) in [(100, 956.14959), (1, 258.70130), (0.01, 0.91547600)] {
      #expect(abs(linear.step(sigma: sigma) - step) < 1e-5)
    }
    let cosine = try Self.clock(.cosine)
    for step in [0, 1, 10, 500, 990] {
      #expect(abs(cosine.step(sigma: cosine.sigma(at: step)) - Double(step)) < 1e-6)
    }
  }

  @Test func timesOutsideTheProcessAreRefused() throws {
    let prior = try File.denoiserSigma.prior
    let x = try Tensor.full(0, shape: [1] + Self.shape)
    for time in [Float(-1), 1000, 0.5] {
      #expect(throws: GaussianPriorError.timeOutOfRange(time, steps: 1000)) {
        try prior.predict(x, times: [time])
      }
    }
  }
}

extension GaussianPrior {
  /// ᾱ of the linear process these tests use.
  fileprivate var clockTable: [Double] { TestPriors.alphaBar }
}
