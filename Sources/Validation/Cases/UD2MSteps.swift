import Engine
import Foundation
import RunFiles
import Tensors

extension Computation {
  static func ud2mSchedule(_ context: CaseContext) throws -> [String: [Double]] {
    let schedule = try UD2MSchedule(
      context.schedule(named: context.string("name")), steps: context.int("steps"))
    if try context.string("table") == "t_delta" {
      return try innerLevels(context, schedule)
    }
    let tables = [
      "beta": schedule.beta, "alpha": schedule.alpha, "alphaBar": schedule.alphaBar,
      "sqrtAlphaBar": schedule.signal, "sqrtOneMinusAlphaBar": schedule.noise,
      "sigma": schedule.sigma,
    ]
    var results = tables.mapValues { $0.map(Double.init) }
    for count in try context.object("grids").array?.compactMap(\.int) ?? [] {
      results["grid\(count)"] = schedule.outerTimes(count).map(Double.init)
    }
    return results
  }

  private static func innerLevels(
    _ context: CaseContext, _ schedule: UD2MSchedule
  ) throws -> [String: [Double]] {
    var results: [String: [Double]] = [:]
    for sigma in try context.object("sigma").array?.compactMap(\.double) ?? [] {
      for task in try context.object("tasks").array?.compactMap(\.string) ?? [] {
        for t in try context.object("t").array?.compactMap(\.int) ?? [] {
          let level = schedule.innerLevel(
            sigma: Float(2 * sigma) * (task == "inp" ? 13 : 1), at: t)
          results["tDelta", default: []].append(Double(level.time))
          results["rho0", default: []].append(Double(level.rho))
        }
      }
    }
    return results
  }

  static func ud2mEmbedding(_ context: CaseContext) throws -> [String: [Double]] {
    let (times, dimension) = (try context.floats("t"), try context.int("dimension"))
    let period = try context.double("max_period")
    let values =
      try context.string("network") == "lsun"
      ? TimestepEmbedding.ddpmValues(times: times, dimension: dimension, maxPeriod: period)
      : TimestepEmbedding.values(times: times, dimension: dimension, maxPeriod: period)
    return ["embedding": values.map(Double.init)]
  }

  /// The recorded laws follow from the linear recursion that this build's proximal step gives.
  static func ud2mKernelLaw(_ context: CaseContext) throws -> [String: [Double]] {
    let items = try context.content()["items"]?.array ?? []
    guard items.count == (try context.int("items")) else { throw CaseFailure("too few items") }
    for (index, item) in items.enumerated() {
      let error = try KernelLaw(item).largestError()
      guard error < context.item.tolerance.relative else {
        throw CaseFailure("item \(index) is off by \(error)")
      }
    }
    return [:]
  }

  static func ud2mDDIM(_ context: CaseContext) throws -> [String: [Double]] {
    guard try context.string("form") == "published" else { throw NotImplemented("DDIM form") }
    let coefficients = UD2MDDIM.published.coefficients(
      try UD2MSchedule(), from: try context.int("t"), to: try context.int("t_next"),
      eta: try context.double("eta"))
    let next = try coefficients.step(x0: context.tensor("x0"), epsilonHat: context.tensor("eps")) {
      try context.tensor("noise\($0 + 1)")
    }
    return ["xNext": try next.doubles()]
  }

  static func ud2mUnfolding(_ context: CaseContext) throws -> [String: [Double]] {
    let xt = try context.tensor("xt")
    let (t, count) = (try context.int("t"), try context.int("K"))
    let unfolding = try context.unfolding()
    let measurement = try context.ud2mMeasurement(imageShape: Array(xt.shape.dropFirst()))
    let model = try context.ud2mModel(for: xt)
    try context.checkDerived(unfolding, measurement)
    var x = try context.tensor("xInit")
    var results: [String: [Double]] = [:]
    for k in 0..<count {
      let step = try unfolding.step(
        k, x, xt: xt, at: t, measurement: measurement, model: model
      ) { try context.tensor("noise").sliced(k..<k + 1, along: 0).reshaped(xt.shape) }
      results["z", default: []] += try step.z.doubles()
      results["zeta", default: []] += try step.zeta.doubles()
      results["eps", default: []] += try step.epsilon.doubles()
      results["x", default: []] += try step.x.doubles()
      x = try unfolding.carried(step.x, after: k, measurement: measurement)
      results["aux"] = try ((step.z + 1) / 2).clamped(to: 0...1).doubles()
    }
    results["x0Hat"] = try ((x + 1) / 2).clamped(to: 0...1).doubles()
    results["epsHat"] = try unfolding.epsilonHat(x, xt: xt, at: t).doubles()
    return results
  }

  static func ud2mTrajectory(_ context: CaseContext) throws -> [String: [Double]] {
    let start = try context.tensor("xStart")
    let sampler = try context.ud2mSampler()
    let shape = Array(start.shape.dropFirst())
    let model = try context.ud2mModel(for: start)
    let problem = InverseProblem(
      model: model, denoiser: VPDenoiser(model),
      measurementOperator: try context.ud2mOperator(imageShape: shape),
      measurement: try context.tensor("y"),
      noise: .gaussian(sigma: try context.ud2mProblem("sigma_y")))
    let noise = RecordedNoise(
      rowCount: start.shape[0],
      arrays: [
        .initial: [try context.floats("xStart")],
        .unfolding: try context.draws("innerNoise", size: start.count),
        .outerStep: try context.draws("ddimNoise", size: start.count),
      ])
    return try record(sampler, problem, noise)
  }

  private static func record(
    _ sampler: UD2M, _ problem: InverseProblem, _ noise: RecordedNoise
  ) throws -> [String: [Double]] {
    var state = try sampler.start(problem, noise: noise)
    var results: [String: [Double]] = [:]
    while state.completedSteps < sampler.stepCount {
      let isFirst = state.completedSteps % sampler.unfolding.iterations == 0
      let step = try sampler.step(state, problem: problem, noise: noise)
      if isFirst {
        results["states", default: []] += try state.x.doubles()
        results["xInit", default: []] += try step.estimate.doubles()
      }
      if let epsilonHat = step.epsilonHat, let x0Hat = step.next.x0Hat {
        results["epsHat", default: []] += try epsilonHat.doubles()
        results["x0Hat", default: []] += try ((x0Hat + 1) / 2).doubles()
      }
      state = step.next
    }
    results["sample"] = try ((state.x + 1) / 2).doubles()
    return results
  }
}

// MARK: - The case's sampler

extension CaseContext {
  /// The arrays of a recorded input whose leading axes count draws.
  func draws(_ name: String, size: Int) throws -> [[Float]] {
    guard item.inputs[name] != nil else { return [] }
    let values = try floats(name)
    return stride(from: 0, to: values.count, by: size).map { Array(values[$0..<$0 + size]) }
  }

  func unfolding() throws -> UD2MUnfolding {
    let block = try object("scalars")
    let values = { (key: String) in block[key]?.array?.compactMap(\.double).map { Float($0) } ?? []
    }
    return UD2MUnfolding(
      schedule: try UD2MSchedule(), iterations: try int("K"),
      scalars: UD2MScalars(
        lambdaSIG: values("LambdaSIG"), spParam: values("SP_Param"), tauG: values("TAUG"),
        tLat: values("TLAT")),
      fixedLambda: try bool("learned_lambda_sig") ? nil : double("lambda"),
      perturbs: try bool("perturb"))
  }

  func ud2mSampler() throws -> UD2M {
    let unfolding = try unfolding()
    let times = unfolding.schedule.outerTimes(try int("N"))
    guard times == (try object("times").array?.compactMap(\.int)) else {
      throw CaseFailure("the outer times are \(times)")
    }
    return try UD2M(
      unfolding, times: times, start: string("init") == "head" ? .head : .v1,
      ddim: .published, eta: double("eta"), proximalForm: .published, descent: .published)
  }

  /// The recorded numbers of each iteration: times exact, ρ to float32.
  func checkDerived(_ unfolding: UD2MUnfolding, _ measurement: UD2MMeasurement) throws {
    for (k, wanted) in try (object("derived").array ?? []).enumerated() {
      let numbers = unfolding.numbers(k, at: try int("t"), measurement: measurement)
      guard let time = wanted["t_u"]?.int, let rho = wanted["rho"]?.double,
        numbers.networkTime == time, abs(Double(numbers.rho) - rho) <= 1e-6 * rho
      else { throw CaseFailure("iteration \(k) has \(numbers), recorded is \(wanted.text)") }
    }
  }

  func ud2mModel(for x: Tensor) throws -> any DiffusionModel {
    let block = try object("model")
    switch block["type"]?.string {
    case "toy":
      guard let a = block["a"]?.double, let b = block["b"]?.double else {
        throw CaseFailure("an incomplete toy model")
      }
      return ToyNetwork(imageShape: Array(x.shape.dropFirst()), a: a, b: b)
    case "lsun_unet":
      guard let weights = block["weights"]?.string, let config = block["config"] else {
        throw CaseFailure("a network without weights or config")
      }
      return try networks.lsun(weights, configuration: config)
    default: return try model(for: x)
    }
  }
}

/// ε(ζ, t) = a·ζ + b·t·tanh ζ.
private struct ToyNetwork: DiffusionModel {
  let imageShape: [Int]
  let a: Double
  let b: Double

  func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    let slopes = try Tensor(times.map { Float(b) * $0 }, shape: [times.count, 1, 1, 1])
      .moved(to: x.device)
    return ModelOutput(mean: try x * a + x.hyperbolicTangent() * slopes)
  }
}

/// A scalar Gaussian problem and the recorded law of LATINO's kernel on it.
private struct KernelLaw {
  private let item: JSONValue

  init(_ item: JSONValue) { self.item = item }

  private func number(_ path: String...) throws -> Double {
    var value: JSONValue? = item
    for key in path { value = value?[key] }
    guard let number = value?.double else { throw CaseFailure("no \(path)") }
    return number
  }

  /// The largest relative error of the law of the recursion x' = m·x + c + κσ_δ·n, whose proximal
  /// part is this build's.
  func largestError() throws -> Double {
    let (mu, s, level) = (
      try number("mu"), try number("s"), try number("sigma_delta_squared")
    )
    let isODE = item["denoiser"]?.string == "ode"
    let kappa = isODE ? s / (s * s + level).squareRoot() : s * s / (s * s + level)
    let (atZero, atOne) = (try proximal(0), try proximal(1))
    let multiplier = kappa * (atOne - atZero)
    let shift = kappa * atZero + (1 - kappa) * mu
    let added = kappa * kappa * level
    var errors = [
      relative(shift / (1 - multiplier), try number("stationary", "mean")),
      relative(added / (1 - multiplier * multiplier), try number("stationary", "variance")),
    ]
    for wanted in item["after"]?.array ?? [] {
      var (mean, variance) = (try number("start"), 0.0)
      for _ in 0..<(wanted["iterations"]?.int ?? 0) {
        mean = multiplier * mean + shift
        variance = multiplier * multiplier * variance + added
      }
      errors.append(relative(mean, wanted["mean"]?.double ?? .nan))
      errors.append(relative(variance, wanted["variance"]?.double ?? .nan))
    }
    return errors.contains { !$0.isFinite } ? .infinity : errors.max() ?? .infinity
  }

  /// The proximal point of one pixel, y = a·x being a convolution with one weight.
  private func proximal(_ x: Double) throws -> Double {
    let one = { (value: Double) in try Tensor([value], shape: [1, 1, 1, 1]) }
    let kernel = try ConvolutionKernel([number("a")], height: 1, width: 1)
    let measurement = try UD2MMeasurement(
      CircularConvolution(kernel: kernel, imageShape: [1, 1, 1]), y: one(number("y")),
      sigma: number("sigma_y"), imageShape: [1, 1, 1], form: .published, descent: .published)
    let observation =
      item["x_t"] == nil
      ? nil
      : try UD2MObservation(
        xt: one(number("x_t")), signal: number("a_t"), sigma: number("sigma_t"))
    return try measurement.proximal(one(x), observation, lambda: 1, rho: number("rho"))
      .doubles()[0]
  }

  private func relative(_ got: Double, _ want: Double) -> Double { abs(got - want) / abs(want) }
}
