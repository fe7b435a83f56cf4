import Tensors

/// What a sampler is asked: draw x from p(x | y) with y = A(x) + noise.
public struct InverseProblem: Sendable {
  /// The prior p(x), as the function its diffusion process evaluates.
  public let model: any DiffusionModel
  /// The prior as a denoiser at any noise level.
  public let denoiser: any Denoiser
  /// A.
  public let measurementOperator: any MeasurementOperator
  /// y, [1, …]: every sample of an image sees the same one.
  public let measurement: Tensor
  /// What was added to A(x).
  public let noise: MeasurementNoise
  /// Aᵀy of a linear A, once somebody asked for it.
  let adjointMeasurement = Deferred<Tensor>()
  /// mean_j(1/|y_j|), once somebody asked for it.
  let reciprocalMean = Deferred<Double>()

  public init(
    model: any DiffusionModel, denoiser: any Denoiser,
    measurementOperator: any MeasurementOperator, measurement: Tensor, noise: MeasurementNoise
  ) {
    self.model = model
    self.denoiser = denoiser
    self.measurementOperator = measurementOperator
    self.measurement = measurement
    self.noise = noise
  }

  /// A problem whose prior is known in closed form.
  public init(
    prior: any DiffusionModel & Denoiser, measurementOperator: any MeasurementOperator,
    measurement: Tensor, noise: MeasurementNoise
  ) {
    self.init(
      model: prior, denoiser: prior, measurementOperator: measurementOperator,
      measurement: measurement, noise: noise)
  }

  /// A, where a sampler needs a linear one.
  ///
  /// - Throws: ``SamplerError`` if A is not.
  public func linearOperator(for sampler: String) throws -> any LinearOperator {
    guard let linear = measurementOperator as? any LinearOperator else {
      throw SamplerError.unfit(measurementOperator, sampler: sampler)
    }
    return linear
  }

  /// ‖A‖ to some three digits, from which a sampler chooses its steps.
  ///
  /// - Parameter keys: what to give where it cannot.
  /// - Throws: ``SamplerError/setting(_:)`` for an A that is not linear.
  func operatorNorm(for sampler: String, orGive keys: String) throws -> Double {
    guard let linear = measurementOperator as? any LinearOperator else {
      throw SamplerError.setting(
        "the sampler \(sampler) cannot choose its step for an operator that is not linear; give \(keys)"
      )
    }
    return try linear.operatorNorm(imageShape: model.imageShape, tolerance: 1e-3)
  }

  /// Finds that the prior would be asked at a level `sigma` finer than it was made for.
  ///
  /// - Parameter setting: the key that says so.
  /// - Throws: ``SamplerError/setting(_:)``.
  func checkLevel(_ sigma: Double, setting: String) throws {
    let finest = denoiser.finestSigma
    // The published process begins at 0.0100005, which everyone calls 0.01.
    guard sigma < 0.99 * finest else { return }
    throw SamplerError.setting(
      "\(setting) \(sigma) is below the finest level of the prior's process; allowed: a number of at "
        + "least \(Float(finest))")
  }

  /// The standard deviation of Gaussian noise, above 0, where a sampler needs it.
  ///
  /// - Throws: ``SamplerError/notGaussian(sampler:)`` for other noise.
  public func gaussianSigma(for sampler: String) throws -> Double {
    guard case .gaussian(let sigma) = noise, sigma > 0 else {
      throw SamplerError.notGaussian(sampler: sampler)
    }
    return sigma
  }
}

/// A problem that a sampler is not made for.
public enum SamplerError: Error, Sendable, Equatable, CustomStringConvertible {
  case notLinear(sampler: String)
  /// Whatever A is, what is seen of latents through a decoder is not linear in them.
  case latents(sampler: String)
  case notGaussian(sampler: String)
  /// A setting outside what the sampler takes.
  case setting(String)

  /// Why a sampler of linear problems cannot take an operator that is none.
  static func unfit(_ operation: any MeasurementOperator, sampler: String) -> SamplerError {
    operation is DecodedOperator ? .latents(sampler: sampler) : .notLinear(sampler: sampler)
  }

  public var description: String {
    switch self {
    case .notLinear(let sampler): "the sampler \(sampler) needs a linear measurement operator"
    case .latents(let sampler):
      "the sampler \(sampler) needs a measurement that is linear in what it draws, and through the "
        + "decoder of latents none is; take daps, dps with method ps, or ald"
    case .notGaussian(let sampler):
      "the sampler \(sampler) needs gaussian measurement noise with sigma above 0"
    case .setting(let text): text
    }
  }
}

/// Where a batch of samples stands between two steps.
public struct SamplerState: Sendable {
  /// The current images, [B,C,H,W].
  public let x: Tensor
  /// The latest estimate of the clean images, [B,C,H,W]; `nil` before there is one.
  public let x0Hat: Tensor?
  /// Steps taken so far.
  public let completedSteps: Int
  /// Network evaluations spent on each sample so far.
  public let evaluations: Int
  /// What else the sampler needs for its next steps, by names of its own; rows as in `x`.
  public let carried: [String: Tensor]

  public init(
    x: Tensor, x0Hat: Tensor? = nil, completedSteps: Int, evaluations: Int,
    carried: [String: Tensor] = [:]
  ) {
    self.x = x
    self.x0Hat = x0Hat
    self.completedSteps = completedSteps
    self.evaluations = evaluations
    self.carried = carried
  }

  /// The state one step later.
  public func advanced(
    x: Tensor, x0Hat: Tensor? = nil, evaluations: Int, carried: [String: Tensor] = [:]
  ) -> SamplerState {
    SamplerState(
      x: x, x0Hat: x0Hat, completedSteps: completedSteps + 1,
      evaluations: self.evaluations + evaluations, carried: carried)
  }
}

/// A way to draw posterior samples, step by step.
///
/// A sampler is a value without state of its own: all randomness comes from the noise source, one
/// row a sample, and no row depends on another.
public protocol Sampler: Sendable {
  /// Number of steps from start to finish.
  var stepCount: Int { get }

  /// Finds before anything is drawn that the sampler is not made for a problem.
  ///
  /// - Throws: ``SamplerError``, or ``UnfitModule`` for a module without the gradient that is needed;
  ///   never by default.
  func check(_ problem: InverseProblem) throws

  /// The state before the first step, one row for each row of `noise`.
  func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState

  /// The state one step later.
  func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState
}

/// Sampling was asked to stop before it was finished.
public struct SamplingStopped: Error, Sendable {
  public init() {}
}

extension Sampler {
  public func check(_ problem: InverseProblem) throws {}

  /// Runs all steps.
  ///
  /// - Parameters:
  ///   - shouldStop: asked between steps.
  ///   - observe: is shown the start and the state after every step.
  /// - Throws: ``SamplingStopped`` as soon as `shouldStop` says so.
  public func sample(
    _ problem: InverseProblem, noise: any NoiseSource, shouldStop: () -> Bool = { false },
    observe: ((SamplerState) throws -> Void)? = nil
  ) throws -> SamplerState {
    var state = try start(problem, noise: noise)
    try observe?(state)
    while state.completedSteps < stepCount {
      if shouldStop() { throw SamplingStopped() }
      let current = try problem.drawn(step: state.completedSteps, noise: noise)
      state = try advance(state, problem: current, noise: noise)
      try observe?(state)
    }
    return state
  }
}
