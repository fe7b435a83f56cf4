import Tensors

/// All steps of a chain in one draw.
///
/// Langevin and Hamiltonian steps are linear in x where A is and the prior's score is that of a normal law. In a
/// right singular vector of A with the singular value s they are numbers, with the force falling by w·s²/τ² + 1/σ²,
/// and what S of them make of x̂0 is normal, with a mean and variance of ``GaussianTransition``. Also where
/// the step size is too large for the chain to settle.
public struct ClosedFormChain: Sendable {
  private let chain: ConditionalChain
  /// That of a Hamiltonian chain.
  private let momentum: Double?
  private let spectrum: any SingularSpectrum

  /// `nil` where the end of the chain is not normal, or no singular value decomposition of A is known.
  public init?(_ chain: ConditionalChain, _ measurementOperator: any MeasurementOperator) throws {
    switch chain.algorithm {
    case .langevin: momentum = nil
    case .hamiltonian(let kept): momentum = kept
    case .metropolis: return nil
    }
    guard chain.priorScore != .exact, chain.gradientLimit == nil,
      let decomposed = measurementOperator as? any SpectralOperator
    else { return nil }
    self.chain = chain
    spectrum = try decomposed.spectrum()
  }

  /// A draw from the law of the last state of a chain that starts at `start`.
  ///
  /// - Parameters:
  ///   - rate: the step size h.
  ///   - draw: the number of the chain.
  /// - Throws: ``SamplerError/notLinear(sampler:)`` for a problem whose operator is not linear.
  public func end(
    from start: ConditionalChain.State, problem: InverseProblem, rate: Double, draw: Int,
    noise: any NoiseSource
  ) throws -> Tensor {
    let kick = try noise.normalTensor(purpose: .langevin, step: draw, like: start.x)
    let steps = { transition($0, sigma: start.sigma, rate: rate) }
    let mean = try spectrum.scaled(force(start, problem)) { steps($0).response }
    let spread = try spectrum.scaled(kick) { steps($0).variance.squareRoot() }
    return try .weightedSum([(1, start.x), (1, mean), (1, spread)])
  }

  private func transition(
    _ singularValue: Double, sigma: Double, rate: Double
  ) -> GaussianTransition {
    let data = 2 * chain.dataFactor * singularValue * singularValue
    return GaussianTransition(
      momentum: momentum, rate: rate, precision: data + 1 / (sigma * sigma)
    ).repeated(chain.stepCount)
  }

  /// ∇ log p(x | x_t, y) where a chain starts.
  private func force(
    _ start: ConditionalChain.State, _ problem: InverseProblem
  ) throws -> Tensor {
    let linear = try problem.linearOperator(for: "daps")
    let pull = 1 / (start.sigma * start.sigma)
    let missing = try problem.measurement - linear.apply(start.x)
    var terms = [(weight: 2 * chain.dataFactor, tensor: try linear.adjoint(missing))]
    terms += [(pull, start.center), (-pull, start.x)]
    if let fixed = start.fixedScore { terms.append((1, fixed)) }
    return try .weightedSum(terms)
  }
}
