import TorchShim

extension Tensor {
  /// The same values without the graph that made them.
  public func detached() throws -> Tensor {
    try Tensor(torch_shim_detach(reference), "detached")
  }

  fileprivate func leaf() throws -> Tensor {
    try Tensor(torch_shim_leaf(reference), "leaf")
  }

  fileprivate func gradient(through output: Tensor, cotangent: Tensor?) throws -> Tensor {
    try Tensor(
      torch_shim_gradient(output.reference, cotangent?.reference, reference), "gradient")
  }
}

/// What a function gave, and its derivative.
public struct Differentiated<Extra> {
  /// The function's value, without a graph.
  public let value: Tensor
  /// The derivative with respect to the argument, in the argument's shape.
  public let gradient: Tensor
  /// Whatever else the function handed out; detach what is kept.
  public let extra: Extra
}

/// Evaluates `function` at `point` and the gradient of the sum of its value.
///
/// For a value with one entry per row, each row of the gradient is that row's own gradient, as
/// long as rows do not mix inside `function`. Memory of the graph is freed on return.
public func valueAndGradient<Extra>(
  at point: Tensor, of function: (Tensor) throws -> (value: Tensor, extra: Extra)
) throws -> Differentiated<Extra> {
  try differentiate(at: point, cotangent: nil, of: function)
}

/// Evaluates `function` at `point` and the gradient of the sum of its value.
public func valueAndGradient(
  at point: Tensor, of function: (Tensor) throws -> Tensor
) throws -> Differentiated<Void> {
  try valueAndGradient(at: point) { (try function($0), ()) }
}

/// Evaluates `function` at `point` and the product cotangentᵀ·J with its Jacobian J.
///
/// - Parameter cotangent: a tensor in the shape of the value.
public func vectorJacobianProduct(
  at point: Tensor, cotangent: Tensor, of function: (Tensor) throws -> Tensor
) throws -> Differentiated<Void> {
  try differentiate(at: point, cotangent: cotangent) { (try function($0), ()) }
}

private func differentiate<Extra>(
  at point: Tensor, cotangent: Tensor?,
  of function: (Tensor) throws -> (value: Tensor, extra: Extra)
) throws -> Differentiated<Extra> {
  let leaf = try point.leaf()
  let result = try function(leaf)
  let gradient = try leaf.gradient(through: result.value, cotangent: cotangent)
  return Differentiated(
    value: try result.value.detached(), gradient: gradient, extra: result.extra)
}
