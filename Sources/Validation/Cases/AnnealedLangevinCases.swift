import Engine
import RunFiles
import Tensors

extension Computation {
  static func ladder(_ context: CaseContext) throws -> [String: [Double]] {
    let ladder = try context.ladder()
    var results = ["variance": Array(ladder.variances.reversed())]
    guard context.item.inputs["noise"] != nil else { return results }
    guard try context.string("mode") == "code" else { throw NotImplemented("another mode") }
    results["measurements"] = try MeasurementChain.independent.measurements(
      ladder, context.tensor("y"), LangevinNoise(context: context, ladder: "noise"))
    return results
  }

  static func langevinStep(_ context: CaseContext) throws -> [String: [Double]] {
    let x = try context.tensor("x")
    let y = try context.tensor("y")
    let step = try context.dynamics().step(
      x, problem: context.problem(x: x, y: y, noise: .clean), reverse: context.fullProcess(),
      measurement: y, variance: context.double("variance"),
      stepSize: context.double("step_size"), noise: context.tensor("noise"))
    return [
      "score": try step.score.doubles(),
      "likelihoodGradient": try step.likelihoodGradient.doubles(),
      "xNext": try step.next.doubles(),
    ]
  }

  static func noiseToLevel(_ context: CaseContext) throws -> [String: [Double]] {
    let noised = try context.fullProcess().process.noised(
      context.tensor("x"), to: context.int("noise_time"), noise: context.tensor("noise"))
    return ["xNoised": try noised.doubles()]
  }

  static func unconditionalDenoising(_ context: CaseContext) throws -> [String: [Double]] {
    let reverse = try context.reverseProcess()
    let steps = try context.int("noise_time")
    var x = try context.tensor("x")
    let model = try context.model(for: x)
    for k in 0..<steps {
      let estimate = try reverse.estimate(of: x, at: steps - 1 - k, model: model)
      x = try reverse.step(estimate, x: x, at: steps - 1 - k, noise: context.entry("noise", k))
    }
    return ["x0": try x.doubles()]
  }
}

// MARK: - Whole runs

extension Computation {
  /// Runs the sampler as a user would, on recorded noise.
  static func annealedLangevinTrajectory(_ context: CaseContext) throws -> [String: [Double]] {
    let (x, y) = (try context.tensor("xStart"), try context.tensor("y"))
    let time = try context.int("noise_time")
    let ladder = try context.ladder()
    let stepsPerLevel = try context.int("steps_per_level")
    let sampler = try AnnealedLangevin(
      context.reverseProcess(),
      start: .init(GivenStart(image: x), renoising: .code(level: time)), ladder: ladder,
      chain: context.isPaper ? .coupled : .independent, dynamics: context.dynamics(),
      stepSize: .constant(context.double("step_size")), stepsPerLevel: stepsPerLevel)
    let problem = try context.problem(x: x, y: y, noise: .clean)
    let noise = LangevinNoise(context: context, steps: time)
    var states: [Double] = []
    let record = { (state: SamplerState) in
      let taken = state.completedSteps - time
      if taken >= 0, taken % stepsPerLevel == 0 { states += try state.x.doubles() }
    }
    _ = try sampler.sample(problem, noise: noise, observe: record)
    return [
      "states": states, "variance": ladder.variances.reversed(),
      "measurements": try sampler.chain.measurements(ladder, y, noise),
      "xNoised": try context.fullProcess().process.noised(
        x, to: time, noise: context.tensor("noiseToLevel")
      ).doubles(),
    ]
  }
}

/// A start that is known already.
private struct GivenStart: Sampler {
  let image: Tensor

  var stepCount: Int { 0 }

  func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    SamplerState(x: image, completedSteps: 0, evaluations: 0)
  }

  func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState { state }
}

/// The recorded noise of a run, by purpose and step.
private struct LangevinNoise: NoiseSource, @unchecked Sendable {
  let context: CaseContext
  /// Reverse steps of the run.
  var steps = 0
  /// The array of the draws of the ladder.
  var ladder = "measurementNoise"

  var rowCount: Int { 1 }

  func normal(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    let step = step & 0xFF_FFFF
    switch purpose {
    case .noiseToLevel: return try context.floats("noiseToLevel")
    case .step: return try context.entry("denoiseNoise", steps - 1 - step).floats()
    case .ladder: return try context.entry(ladder, step).floats()
    default:
      let all = try context.tensor("langevinNoise")
      let flat = try all.reshaped([-1] + rowShape)
      return try flat.sliced(step..<step + 1, along: 0).floats()
    }
  }

  func uniform(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    throw CaseFailure("annealed Langevin dynamics draws no uniforms")
  }
}

extension CaseContext {
  fileprivate var isPaper: Bool { get throws { try string("mode") == "paper" } }

  fileprivate func ladder() throws -> VarianceLadder {
    try VarianceLadder(
      levels: int("levels"), factor: double("factor"), growth: 1.1,
      noiseVariance: double("noise_variance"))
  }

  fileprivate func dynamics() throws -> LangevinDynamics {
    LangevinDynamics(
      scoreLevel: .finestStep, transpose: try isPaper ? .adjoint : .published, clamps: false)
  }

  /// The linear process of 1000 steps.
  fileprivate func fullProcess() throws -> ReverseProcess {
    ReverseProcess(
      try DiffusionProcess(schedule: .linear), meanType: .epsilon, varianceType: .learnedRange,
      clipsDenoised: true)
  }
}

extension MeasurementChain {
  /// The measurements of all levels, largest variance first.
  fileprivate func measurements(
    _ ladder: VarianceLadder, _ y: Tensor, _ noise: any NoiseSource
  ) throws -> [Double] {
    var (values, above): ([Double], Tensor?) = ([], nil)
    for level in (0..<ladder.levels).reversed() {
      above = try offset(of: level, ladder: ladder, above: above, measurement: y, noise: noise)
      let base = try y.converted(to: .float64)
      if let above { values += try (base + above).doubles() } else { values += try y.doubles() }
    }
    return values
  }
}
