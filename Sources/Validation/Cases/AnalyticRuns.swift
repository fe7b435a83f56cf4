import Engine
import Foundation
import RunFiles
import Tensors

extension AnalyticLaws {
  /// The sampler of an item's blocks `annealing`, `ode` and `mcmc`, its chains step by step, or at once for an
  /// operator.
  private static func daps(
    _ parameters: JSONValue, atOnceFor linear: (any LinearOperator)? = nil
  ) throws -> DAPS {
    guard let annealing = parameters["annealing"], let ode = parameters["ode"],
      let mcmc = parameters["mcmc"], let levels = annealing["num_steps"]?.int,
      let steps = ode["num_steps"]?.int, let chain = mcmc["num_steps"]?.int
    else { throw CaseFailure("an incomplete DAPS block") }
    let schedule = NoiseLevelSchedule.edm(power: 7)
    let conditional = try ConditionalChain(stepCount: chain, tau: number(mcmc, "tau"))
    return try DAPS(
      levels: schedule.annealingLevels(
        from: number(annealing, "sigma_max"), to: number(annealing, "sigma_min"), count: levels,
        grid: .main),
      estimation: .init(
        ProbabilityFlow(schedule), stepCount: steps, sigmaMinimum: number(ode, "sigma_min")),
      chain: conditional,
      learningRate: LearningRateDecay(
        initial: number(mcmc, "lr"), minimumRatio: number(mcmc, "lr_min_ratio")),
      closedForm: linear.flatMap { try ClosedFormChain(conditional, $0) })
  }

  // MARK: - A2

  /// Three runs of the published code: the item's tolerances are four standard errors of 64 chains. Chains
  /// in one draw have the same law.
  static func gaussianDAPS(
    _ context: CaseContext, _ data: String?, _ parameters: JSONValue, _ expected: JSONValue
  ) throws {
    guard let data, let shape = parameters["image"]?.array?.compactMap(\.int),
      let count = parameters["chains"]?.int, let runs = expected["publishedCodeThreeRuns"]?.array
    else { throw CaseFailure("A2 is incomplete") }
    guard let stored = try Safetensors.read(path: context.directory + "/" + data).tensors["y"]
    else { throw CaseFailure("\(data) has no array y") }
    let y = try Tensor(stored.floats(), shape: stored.shape)
    let linear = try SuperResolution(scaleFactor: 4, imageShape: shape)
    let prior = try gaussian(
      shape, mean: number(parameters, "priorMean"), std: number(parameters, "priorStd"))
    let problem = try problem(prior, linear, y: y)
    let samplers = [
      ("A2", try daps(parameters)), ("A2, at once", try daps(parameters, atOnceFor: linear)),
    ]
    for (name, sampler) in samplers {
      let x = try sampler.sample(problem, noise: BatchNoise(rowCount: count, seed: 2)).x
      let residuals = try (linear.apply(x) - y).doubles()
      let pixels = try x.reshaped([count, -1]).transposed().doubles()
      for (key, value, allowed) in summary(pixels, chains: count, residuals) {
        try check("\(name): \(key)", value, average(runs, key), within: allowed)
      }
    }
  }

  /// - Parameter pixels: each with its values in all chains.
  private static func summary(
    _ pixels: [Double], chains: Int, _ residuals: [Double]
  ) -> [(key: String, value: Double, allowed: Double)] {
    let deviations = stride(from: 0, to: pixels.count, by: chains).map {
      moments(Array(pixels[$0..<$0 + chains])).std
    }
    return [
      ("meanOverPixels", moments(pixels).mean, 0.006),
      ("meanPixelStd", moments(deviations).mean, 0.004),
      ("residualRms", moments(residuals.map { $0 * $0 }).mean.squareRoot(), 0.004),
    ]
  }

  private static func average(_ runs: [JSONValue], _ key: String) -> Double? {
    let values = runs.compactMap { $0[key]?.double }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  // MARK: - A3

  /// exp(−|x|²/.05) + exp(−|x − (.5, .5)|²/.05) of images of two pixels.
  private struct TwoBumps: MeasurementOperator {
    func measurementShape(ofImage image: [Int]) throws -> [Int] { [1, 1, 1] }
    func moved(to device: Device) throws -> TwoBumps { self }

    func apply(_ x: Tensor) throws -> Tensor { try bump(x) + bump(x - 0.5) }

    private func bump(_ x: Tensor) throws -> Tensor {
      try (x.squared().sum(over: [3], keeping: true) * -20).exponential()
    }
  }

  /// Against two runs of 2000 of the published code, four standard errors of both together.
  static func mixtureDAPS(_ parameters: JSONValue, _ published: JSONValue?) throws {
    guard let means = parameters["means"]?.array?.map({ $0.array?.compactMap(\.double) ?? [] }),
      let stds = parameters["stds"]?.array?.compactMap(\.double),
      let weights = parameters["weights"]?.array?.compactMap(\.double),
      let runs = published?.array
    else { throw CaseFailure("A3 is incomplete") }
    let betas = try NoiseSchedule.linear.betas(steps: 1000)
    let prior = try GaussianMixturePrior(
      imageShape: [1, 1, 2],
      components: means.indices.map {
        .init(weight: weights[$0], mean: means[$0], std: stds[$0])
      }, alphaBar: DiffusionTables(betas: betas).alphaBar)
    let count = 500
    let problem = try problem(
      prior, TwoBumps(), y: Tensor.full(number(parameters, "y"), shape: [1, 1, 1, 1]))
    let noise = BatchNoise(rowCount: count, seed: 3)
    let x = try daps(parameters).sample(problem, noise: noise).x
    let points = try x.doubles()
    let nearer = stride(from: 0, to: 2 * count, by: 2).map { index in
      let point = Array(points[index..<index + 2])
      return distance(point, means[0]) < distance(point, means[1]) ? 1.0 : 0
    }
    let answers = try TwoBumps().apply(x).doubles()
    let errors = (1 / Double(count) + 1 / 4000).squareRoot()
    let (near, answer) = (moments(nearer), moments(answers))
    try check(
      "A3: probabilityNearerFirstMode", near.mean, average(runs, "probabilityNearerFirstMode"),
      within: 4 * 0.22 * errors)
    try check(
      "A3: meanOfA", answer.mean, average(runs, "meanOfA"), within: 4 * answer.std * errors)
    for axis in 0..<2 {
      let values = moments(stride(from: axis, to: 2 * count, by: 2).map { points[$0] })
      let recorded = runs.compactMap { $0["mean"]?.array?[axis].double }.reduce(0, +) / 2
      try check(
        "A3: mean of x\(axis)", values.mean, recorded, within: 4 * values.std * errors)
    }
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  // MARK: - A4 to A7

  /// The exact posterior of one value; recorded with seven digits.
  static func scalarPosterior(_ parameters: JSONValue, _ expected: JSONValue) throws {
    let measured = parameters["y"]?.array?.compactMap(\.double) ?? []
    let means = expected["posteriorMean"]?.array?.compactMap(\.double) ?? []
    guard !measured.isEmpty, measured.count == means.count else {
      throw CaseFailure("A4 is incomplete")
    }
    let sigma = try number(parameters, "measurementStd")
    for (y, mean) in zip(measured, means) {
      let posterior = try ExactPosterior(
        problem(
          gaussian([1, 1, 1], mean: 0, std: 1), Denoising(),
          y: Tensor.full(y, shape: [1, 1, 1, 1]), noise: .gaussian(sigma: sigma)))
      try check("A4: mean", posterior.mean[0], mean, within: 1e-6)
      try check(
        "A4: variance", pow(posterior.standardDeviation[0], 2),
        expected["posteriorVariance"]?.double, within: 1e-7)
    }
  }

  /// 1 − 2e(1−e)/(1+η²) with e = exp(−(1+η²)t/η²), smallest at t = η²·ln 2/(1+η²).
  static func varianceDip(_ expected: JSONValue) throws {
    for law in expected.array ?? [] {
      let eta = pow(try number(law, "eta"), 2)
      let times = law["times"]?.array?.compactMap(\.double) ?? []
      let variances = law["varianceAveragedOverY"]?.array ?? []
      for (t, variance) in zip(times, variances) {
        let kept = exp(-(1 + eta) * t / eta)
        let value = 1 - 2 * kept * (1 - kept) / (1 + eta)
        try check("A5: variance", value, variance.double, within: 2e-6)
      }
      try check("A5: dipTime", eta * log(2) / (1 + eta), law["dipTime"]?.double, within: 1e-7)
      let dip = 1 - 1 / (2 * (1 + eta))
      try check("A5: dipVariance", dip, law["dipVariance"]?.double, within: 1e-6)
    }
  }

  static func residualNorms(_ parameters: JSONValue, _ expected: JSONValue) throws {
    let sigma = try number(parameters, "measurementStd")
    for task in expected.array ?? [] {
      let norm = sigma * (try number(task, "measurements")).squareRoot()
      try check("A6: norm", norm, task["norm"]?.double, within: 1e-4)
    }
  }

  /// The recursion of mean and variance through the tables of the process.
  static func unconditional(_ expected: JSONValue) throws {
    for law in expected.array ?? [] {
      guard let steps = law["steps"]?.int,
        let type = law["model_var_type"]?.string.flatMap(VarianceType.init)
      else { throw CaseFailure("A7 is incomplete") }
      let process = try DiffusionProcess(schedule: .linear, respacing: .sections([steps]))
      let (own, prior) = (try number(law, "priorMean"), pow(try number(law, "priorStd"), 2))
      var (mean, variance) = (0.0, 1.0)
      for t in process.tables.beta.indices.reversed() {
        let bar = process.tables.alphaBar[t]
        let gain = bar.squareRoot() * prior / (bar * prior + 1 - bar)
        let c1 = process.tables.posteriorMeanCoefficientX0[t]
        let c2 = process.tables.posteriorMeanCoefficientXt[t]
        let added =
          type == .fixedLarge ? process.tables.beta[t] : process.tables.posteriorVariance[t]
        mean = c1 * (own + gain * (mean - bar.squareRoot() * own)) + c2 * mean
        variance = pow(c1 * gain + c2, 2) * variance + (t > 0 ? added : 0)
      }
      try check("A7: mean", mean, law["mean"]?.double, within: 1e-6)
      try check("A7: std", variance.squareRoot(), law["std"]?.double, within: 1e-6)
    }
  }
}
