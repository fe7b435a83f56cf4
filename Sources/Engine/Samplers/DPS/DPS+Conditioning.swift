import Tensors

extension DPS {
  /// What is done to a step of the reverse process: guidance, a projection, both or neither.
  ///
  /// The names are those of the published code. As it was published, only `ps` and, for
  /// super-resolution, `mcg` run; the others are what they evidently mean.
  public struct Conditioning: Sendable, Equatable {
    var guidance: Guidance?
    var projection: Projection?

    public init(guidance: Guidance? = nil, projection: Projection? = nil) {
      self.guidance = guidance
      self.projection = projection
    }

    /// Guidance alone (`ps`, and `ps+` with perturbations).
    public static func ps(_ guidance: Guidance) -> Self { Self(guidance: guidance) }

    /// Guidance, then a projection (Chung et al., NeurIPS 2022).
    public static func mcg(_ guidance: Guidance, _ projection: Projection = .corrected) -> Self {
      Self(guidance: guidance, projection: projection)
    }

    /// A projection alone.
    public static func projection(_ projection: Projection) -> Self {
      Self(projection: projection)
    }

    /// The prior's own sampling, which knows nothing of the measurement.
    public static let vanilla = Self()

    var name: String {
      guard projection != nil else { return "dps" }
      return guidance == nil ? "dps with method projection" : "dps with method mcg"
    }

    /// Finds before the first step what would fail in it.
    func check(_ problem: InverseProblem) throws {
      try projection?.check(problem, sampler: name)
      try guidance?.check(problem)
    }
  }

  /// A pull towards the measurement: scale·∇ of a distance between y and A(x̂0).
  public struct Guidance: Sendable, Equatable {
    /// How far y is from A(x̂0), with r = y − A(x̂0).
    public enum Norm: String, Sendable, CaseIterable {
      /// ‖r‖, as published.
      case plain
      /// ‖r‖², as in the paper's algorithm: the same direction, a step 2·‖r‖ times as long.
      case squared
      /// ‖r‖·mean_j(1/|y_j|), as published for Poisson noise.
      case poisson
    }

    /// Step size, at least 0.
    public var scale: Double
    var norm: Norm
    /// Over how many perturbed x̂0 the distance is averaged (`ps+`); 0: x̂0 itself is taken.
    public var perturbations: Int

    /// The perturbations are uniform from 0 to this, as published; so their mean is not 0.
    public static let perturbationSize = 0.05

    public init(scale: Double, norm: Norm = .plain, perturbations: Int = 0) {
      self.scale = scale
      self.norm = norm
      self.perturbations = perturbations
    }
  }

  /// How an image is moved towards those with a given measurement.
  public enum Projection: String, Sendable, CaseIterable {
    /// ``LinearOperator/project(_:onto:)``.
    case corrected
    /// What the published code does: wrong for all operators but super-resolution.
    case published
  }
}

// MARK: - Guidance

extension DPS.Guidance {
  /// The distance of each sample, [B].
  ///
  /// - Parameter uniforms: as many tensors as ``perturbations``, in the shape of `x0Hat`.
  func distance(
    _ x0Hat: Tensor, problem: InverseProblem, perturbations uniforms: [Tensor]
  ) throws -> Tensor {
    guard let first = uniforms.first else { return try distance(x0Hat, problem) }
    var sum = try distance(x0Hat + first * Self.perturbationSize, problem)
    for uniform in uniforms.dropFirst() {
      sum = try sum + distance(x0Hat + uniform * Self.perturbationSize, problem)
    }
    return try sum / Double(uniforms.count)
  }

  private func distance(_ x0Hat: Tensor, _ problem: InverseProblem) throws -> Tensor {
    let residual = try (problem.measurement - problem.measurementOperator.apply(x0Hat))
      .reshaped([x0Hat.shape[0], -1])
    switch norm {
    case .plain: return try residual.euclideanNorm(over: [1])
    case .squared: return try residual.squared().sum(over: [1])
    case .poisson:
      return try residual.euclideanNorm(over: [1]) * problem.poissonWeight()
    }
  }

  fileprivate func check(_ problem: InverseProblem) throws {
    try problem.model.checkGradient()
    try problem.measurementOperator.checkGradient()
    guard norm == .poisson, try !problem.poissonWeight().isFinite else { return }
    throw SamplerError.setting(
      "the published guidance for Poisson noise (norm: poisson) divides by |y|, and a measured "
        + "value is exactly 0; use norm: plain or squared")
  }
}

// MARK: - Projection

extension DPS.Projection {
  func project(
    _ x: Tensor, onto y: Tensor, of problem: InverseProblem, sampler: String
  ) throws -> Tensor {
    switch self {
    case .corrected: try problem.linearOperator(for: sampler).project(x, onto: y)
    case .published: try published(problem, sampler).publishedProjection(x, onto: y)
    }
  }

  fileprivate func check(_ problem: InverseProblem, sampler: String) throws {
    switch self {
    case .corrected: _ = try problem.linearOperator(for: sampler)
    case .published: _ = try published(problem, sampler)
    }
  }

  private func published(
    _ problem: InverseProblem, _ sampler: String
  ) throws -> any PublishedTranspose {
    try problem.publishedTranspose(for: "\(sampler) and projection: published")
  }
}

extension InverseProblem {
  /// A, where a sampler needs what the published code takes for its transpose.
  ///
  /// - Throws: ``SamplerError`` if the published code has none.
  func publishedTranspose(for sampler: String) throws -> any PublishedTranspose {
    let linear = try linearOperator(for: sampler)
    guard let published = linear as? any PublishedTranspose else {
      throw SamplerError.setting(
        "the sampler \(sampler) needs an operator of the published code, such as inpainting, "
          + "super_resolution, gaussian_blur or motion_blur")
    }
    return published
  }
}

extension InverseProblem {
  /// mean_j(1/|y_j|), in float64 as published; found once, since y may have to come from a device.
  fileprivate func poissonWeight() throws -> Double {
    try reciprocalMean {
      let values = try measurement.doubles()
      return values.reduce(0) { $0 + 1 / abs($1) } / Double(values.count)
    }
  }
}

extension ReverseProcess.Estimate {
  func detached() throws -> Self {
    Self(
      mean: try mean.detached(), logVariance: try logVariance.detached(),
      x0Hat: try x0Hat.detached())
  }
}
