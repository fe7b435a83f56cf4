import Tensors

/// All steps of a chain in one draw.
///
/// Langevin and Hamiltonian steps are linear in x where A is and the prior's score is that of a normal law. In a
/// right singular vector of A with the singular value s they are numbers, with the force falling by w·s²/τ² + 1/σ²,
/// and what S of them make of x̂0 is normal, with a mean and variance of ``GaussianTransition``. Also where
/// the step size is too large for the chain to settle.
extension ConditionalChain {
  /// The singular value decomposition its last state can be drawn with; `nil` where that is not normal, or
  /// no decomposition is known.
  public func spectrum(of measurementOperator: any MeasurementOperator) throws
    -> (any SingularSpectrum)?
  {
    guard needsGradient, priorScore != .exact, gradientLimit == nil else { return nil }
    return try (measurementOperator as? any SpectralOperator)?.spectrum()
  }

  /// A draw from the law of the last state of a chain that starts at `start`.
  ///
  /// - Parameters:
  ///   - spectrum: what ``spectrum(of:)`` gives for the operator of `problem`.
  ///   - rate: the step size h.
  ///   - draw: the number of the chain.
  /// - Throws: ``SamplerError/notLinear(sampler:)`` for an operator that is not linear.
  public func end(
    from start: State, problem: InverseProblem, spectrum: any SingularSpectrum, rate: Double,
    draw: Int, noise: any NoiseSource
  ) throws -> Tensor {
    let kick = try noise.normalTensor(purpose: .langevin, step: draw, like: start.x)
    let steps = { (singularValue: Double) in
      transition(singularValue, sigma: start.sigma, rate: rate)
    }
    let mean = try spectrum.scaled(force(start, problem)) { steps($0)?.response ?? .nan }
    let spread = try spectrum.scaled(kick) { steps($0)?.variance.squareRoot() ?? .nan }
    return try .weightedSum([(1, start.x), (1, mean), (1, spread)])
  }

  private func transition(
    _ singularValue: Double, sigma: Double, rate: Double
  ) -> GaussianTransition? {
    let precision = 2 * dataFactor * singularValue * singularValue + 1 / (sigma * sigma)
    return GaussianTransition(algorithm, rate: rate, precision: precision)?.repeated(stepCount)
  }

  /// ∇ log p(x | x_t, y) where a chain starts.
  private func force(_ start: State, _ problem: InverseProblem) throws -> Tensor {
    let linear = try problem.linearOperator(for: "daps")
    let pull = 1 / (start.sigma * start.sigma)
    let missing = try problem.measurement - linear.apply(start.x)
    var terms = [(weight: 2 * dataFactor, tensor: try linear.adjoint(missing))]
    terms += [(pull, start.center), (-pull, start.x)]
    if let fixed = start.fixedScore { terms.append((1, fixed)) }
    return try .weightedSum(terms)
  }
}
