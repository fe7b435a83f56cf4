import Tensors

/// What UD2M asks of a measurement: its proximal step, a first estimate, and its known pixels.
public struct UD2MMeasurement: Sendable {
  /// How the operator is treated.
  public enum Task: Sendable {
    /// Measurements like images, any linear operator.
    case deblurring(any LinearOperator)
    case superResolution(CircularSuperResolution)
    /// The mask, [1, 1, H, W].
    case inpainting(mask: Tensor)
    /// A linear operator with measurements of another shape.
    case linear(any LinearOperator)
    case selfAdjoint(any OwnAdjoint)
  }

  /// The proximal step of super-resolution.
  public enum ProximalForm: String, Sendable, CaseIterable {
    /// Without the decimation, as the published networks were trained.
    case published
    case exact
  }

  /// Follows from the type of the operator and the shape of y.
  public let task: Task
  /// y, [1, …].
  public let y: Tensor
  /// σ_y, on the scale [−1, 1] of images: twice the published figure.
  public let sigma: Double
  /// Counts for super-resolution only.
  let form: ProximalForm
  /// Counts for what is its own adjoint only.
  let descent: NormalizedDescent

  /// - Throws: ``SamplerError`` for an operator that UD2M cannot take.
  public init(
    _ chosen: any MeasurementOperator, y: Tensor, sigma: Double, imageShape: [Int],
    form: ProximalForm, descent: NormalizedDescent, sampler: String = "ud2m"
  ) throws {
    self.y = y
    self.sigma = sigma
    self.form = form
    self.descent = descent
    let isImage = Array(y.shape.dropFirst()) == imageShape
    switch chosen {
    case let inpainting as ClippedInpainting: task = .inpainting(mask: inpainting.values)
    case let inpainting as Inpainting:
      let ones = try Tensor.full(1, shape: [1] + imageShape, device: y.device)
      task = .inpainting(mask: try inpainting.apply(ones).sliced(0..<1, along: 1))
    case let small as CircularSuperResolution: task = .superResolution(small)
    case let linear as any LinearOperator:
      task = isImage ? .deblurring(linear) : .linear(linear)
    case let own as any OwnAdjoint: task = .selfAdjoint(own)
    default: throw SamplerError.unfit(chosen, sampler: sampler)
    }
  }

  var isInpainting: Bool { if case .inpainting = task { true } else { false } }

  /// σ̃_y, by which t_δ is chosen: 13·σ_y for inpainting (`SIGMA_WEIGHT` of the published code).
  public var scheduleSigma: Float { Float(sigma) * (isInpainting ? 13 : 1) }
}

// MARK: - Proximal step

/// The three terms of the proximal step: y, x_t and the current estimate x.
public struct UD2MObservation: Sendable {
  /// The current images x_t, [B,C,H,W].
  public let xt: Tensor
  /// a_t.
  public let signal: Double
  /// σ_t.
  public let sigma: Double

  public init(xt: Tensor, signal: Double, sigma: Double) {
    self.xt = xt
    self.signal = signal
    self.sigma = sigma
  }
}

extension UD2MMeasurement {
  /// argmin_z ‖y − A z‖²/(2λσ_y²) + ‖z − x_t/a_t‖²/(2σ_t²) + ‖z − x‖²/(2ρ²).
  ///
  /// The last two terms are one of precision c = 1/ρ² + 1/σ_t² about (x/ρ² + x_t/(a_tσ_t²))/c.
  /// - Parameter observation: x_t; `nil` leaves its term out.
  public func proximal(
    _ x: Tensor, _ observation: UD2MObservation?, lambda: Double, rho: Double
  ) throws -> Tensor {
    let inner = 1 / (rho * rho)
    var (center, precision) = (x, inner)
    if let observation {
      let outer = 1 / (observation.sigma * observation.sigma)
      precision = inner + outer
      center =
        try x * (inner / precision)
        + observation.xt * (outer / (observation.signal * precision))
    }
    return try proximal(center, precision: precision, variance: lambda * sigma * sigma)
  }

  private func proximal(
    _ center: Tensor, precision: Double, variance: Double
  ) throws -> Tensor {
    switch task {
    case .inpainting(let mask):
      let right = try mask * y / variance + center * precision
      return try right / (mask / variance + precision)
    case .superResolution(let small) where form == .published:
      return try small.publishedProximal(
        center, precision: precision, measurement: y, variance: variance)
    case .superResolution(let small):
      return try small.proximal(
        center, precision: precision, measurement: y, variance: variance)
    case .deblurring(let linear), .linear(let linear):
      return try linear.proximal(
        center, precision: precision, measurement: y, variance: variance)
    case .selfAdjoint(let transform):
      return try descent.run(from: transform.apply(y.expanded(center.shape))) { z in
        try (transform.apply(z) - y) / variance + (z - center) * precision
      }
    }
  }
}

/// Gradient descent with steps of a fixed length, each row on its own: z ← z − η·g/‖g‖.
///
/// The published `mean_estimate_GD` takes the norm over the whole batch.
public struct NormalizedDescent: Sendable, Equatable {
  var iterations: Int
  /// η.
  public var step: Double

  public init(iterations: Int, step: Double) {
    self.iterations = iterations
    self.step = step
  }

  func run(from start: Tensor, gradient: (Tensor) throws -> Tensor) throws -> Tensor {
    var z = start
    let scalars = [z.shape[0]] + [Int](repeating: 1, count: z.rank - 1)
    for _ in 0..<iterations {
      let g = try gradient(z)
      let norm = try g.reshaped([z.shape[0], -1]).euclideanNorm(over: [1]).reshaped(scalars)
      // A gradient of 0 gives 0/tiny, not NaN.
      z = try z - g * step / norm.maximum(norm * 0 + 1e-30)
    }
    return z
  }
}

// MARK: - Estimates from y alone

extension UD2MMeasurement {
  /// The first estimate of the initialisation `v1`, [1, …]: y itself, enlarged for
  /// super-resolution, with −1 at missing pixels.
  ///
  /// For an operator with measurements of another shape: its pseudo-inverse, or else
  /// argmin ‖y − A z‖²/(2σ_y²) + ‖z‖²/2.
  public func firstEstimate(imageShape: [Int]) throws -> Tensor {
    switch task {
    case .deblurring, .selfAdjoint: return y
    case .superResolution(let small): return try small.enlarged(y, clipping: true)
    case .inpainting(let mask): return try y * mask + (mask - 1)
    case .linear(let linear):
      if let invertible = linear as? any PseudoInvertible {
        return try invertible.pseudoInverse(y)
      }
      let zero = try Tensor.full(0, shape: [1] + imageShape, device: y.device)
      return try linear.proximal(
        zero, precision: 1, measurement: y, variance: sigma * sigma)
    }
  }

  /// Aᵀ y of the initialisation `head`; for super-resolution Ĥ* applied to the enlarged y.
  public func backProjected() throws -> Tensor {
    switch task {
    case .deblurring(let linear), .linear(let linear): try linear.adjoint(y)
    case .superResolution(let small):
      try small.blur.adjoint(small.enlarged(y, clipping: false))
    case .inpainting(let mask): try y * mask
    case .selfAdjoint(let transform): try transform.apply(y)
    }
  }

  /// x with the measured pixels put back; x itself unless the task is inpainting.
  func reinserted(_ x: Tensor) throws -> Tensor {
    guard case .inpainting(let mask) = task else { return x }
    return try x - x * mask + y * mask
  }
}
