import Tensors

extension LinearOperator {
  /// How far the operator and its adjoint are from being adjoint, on random vectors.
  ///
  /// - Parameters:
  ///   - imageShape: the shape [C, H, W] of images.
  ///   - draw: which random vectors; each number gives others.
  /// - Returns: |⟨A x, u⟩ − ⟨x, Aᵀ u⟩| / (‖A x‖‖u‖) in float64 arithmetic: below 1e-12 for an exact
  ///   adjoint, around 1 for a wrong one.
  public func dotProductError(imageShape: [Int], draw: Int = 0) throws -> Double {
    let x = try probe(imageShape, draw: 2 * draw)
    let u = try probe(measurementShape(ofImage: imageShape), draw: 2 * draw + 1)
    let linear = try moved(to: .cpu)
    let image = try linear.apply(x).doubles()
    let weights = try u.doubles()
    let back = try linear.adjoint(u).doubles()
    let difference = abs(dot(image, weights) - dot(try x.doubles(), back))
    let scale = (dot(image, image) * dot(weights, weights)).squareRoot()
    return scale == 0 ? difference : difference / scale
  }

  /// The largest singular value ‖A‖, by power iteration on AᵀA from a random start.
  ///
  /// The value approaches ‖A‖ from below. It is found on the processor: in float64, and each iteration
  /// looks at its result.
  /// - Parameters:
  ///   - imageShape: the shape [C, H, W] of images.
  ///   - iterations: the largest number of iterations.
  ///   - tolerance: stops when the value grows by less than this fraction in an iteration.
  public func operatorNorm(
    imageShape: [Int], iterations: Int = 200, tolerance: Double = 1e-7
  ) throws -> Double {
    let linear = try moved(to: .cpu)
    var x = try probe(imageShape, draw: 0)
    var norm = 0.0
    for _ in 0..<iterations {
      let length = try length(x)
      guard length > 0 else { return norm }
      let y = try linear.apply(x / length)
      let next = try self.length(y)
      if abs(next - norm) <= tolerance * next { return next }
      norm = next
      x = try linear.adjoint(y)
    }
    return norm
  }

  private func probe(_ shape: [Int], draw: Int) throws -> Tensor {
    let noise = try PhiloxNoise(seed: 0, image: 0, samples: [0])
    let values = try noise.normal(purpose: .probe, step: draw, rowShape: shape)
    return try Tensor(values.map { Double($0) }, shape: [1] + shape)
  }

  private func length(_ tensor: Tensor) throws -> Double {
    let values = try tensor.doubles()
    return dot(values, values).squareRoot()
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
