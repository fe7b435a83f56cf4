import Tensors

/// A TorchScript module that is linear: its adjoint is its vector-Jacobian product.
public struct LinearScriptOperator: LinearOperator {
  private let base: ScriptOperator

  /// Largest relative error of linearity and of the adjoint: sums of a million terms in float32 come to
  /// √10⁶·2⁻²⁴ = 6·10⁻⁵ where roundings are independent.
  static let tolerance = 1e-4

  /// - Throws: ``UnfitModule`` if random images show that the module is not linear, or its
  ///   gradient no adjoint.
  public init(_ base: ScriptOperator) throws {
    self.base = base
    try check(linearityError(), UnfitModule.Problem.notLinear)
    try check(adjointError(), UnfitModule.Problem.wrongAdjoint)
  }

  private init(unchecked base: ScriptOperator) { self.base = base }

  var measurementShape: [Int] { base.measurementShape }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    try base.measurementShape(ofImage: shape)
  }

  public func apply(_ x: Tensor) throws -> Tensor { try base.apply(x) }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    guard y.rank == 4, Array(y.shape.dropFirst()) == measurementShape else {
      throw OperatorError.shape(
        operation: "The adjoint of \(base.module.path)",
        wanted: "[batch] + \(measurementShape)", found: y.shape)
    }
    return try y.giving(product(y.detached())) { [base] in try base.apply($0) }
  }

  public func moved(to device: Device) throws -> LinearScriptOperator {
    LinearScriptOperator(unchecked: try base.moved(to: device))
  }

  /// yᵀJ, which is the same at every point of a linear map: at zero.
  private func product(_ y: Tensor) throws -> Tensor {
    let point = try Tensor.full(
      0, shape: [y.shape[0]] + base.imageShape, type: y.scalarType, device: y.device)
    return try vectorJacobianProduct(at: point, cotangent: y, of: base.apply).gradient
  }

  // MARK: - Trying it out

  private func check(
    _ error: Double, _ problem: (Double) -> UnfitModule.Problem
  ) throws {
    guard error <= Self.tolerance else {
      throw UnfitModule(path: base.module.path, problem: problem(error))
    }
  }

  private func linearityError() throws -> Double {
    let (x, z) = (try base.probe(draw: 3), try base.probe(draw: 4))
    let parts = try [(0.5, x), (-1.5, z)].map { factor, image in
      try (base.apply(image) * factor).doubles()
    }
    let whole = try base.apply(x * 0.5 - z * 1.5).doubles()
    let scale = parts.flatMap { $0 }.reduce(0) { max($0, abs($1)) }
    let sums = zip(parts[0], parts[1]).map { $0 + $1 }
    let error = zip(whole, sums).reduce(0) { max($0, abs($1.0 - $1.1)) }
    return error == 0 ? 0 : error / scale
  }

  private func adjointError() throws -> Double {
    let x = try base.probe(draw: 5)
    let u = try base.probe(draw: 6, shape: measurementShape)
    let (image, weights) = (try base.apply(x).doubles(), try u.doubles())
    let back = try adjoint(u).doubles()
    let difference = abs(dot(image, weights) - dot(try x.doubles(), back))
    let scale = (dot(image, image) * dot(weights, weights)).squareRoot()
    return difference == 0 ? 0 : difference / scale
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
