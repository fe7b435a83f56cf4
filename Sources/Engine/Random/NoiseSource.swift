import Tensors

/// Where a sampler gets its random numbers from.
///
/// A source belongs to one batch, whose rows are samples. Row `r` of an answer depends on the
/// sample of row `r` alone, never on its neighbours or on the size of the batch.
public protocol NoiseSource: Sendable {
  /// The number of rows of the batch.
  var rowCount: Int { get }

  /// Independent standard normals.
  ///
  /// - Parameters:
  ///   - purpose: what they are for.
  ///   - step: the step of the sampler, or the number of the draw; at least 0.
  ///   - rowShape: the shape of one row, such as [C, H, W]; empty for one number a row.
  /// - Returns: the rows one after the other, `rowCount` times the product of `rowShape` numbers.
  /// - Throws: ``NoiseError`` if the request is out of range or a recording has nothing for it.
  func normal(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float]

  /// Independent uniforms in [0, 1); otherwise as ``normal(purpose:step:rowShape:)``.
  func uniform(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float]

  /// The same numbers as ``normal(purpose:step:rowShape:)``, as a tensor [rows, …rowShape] on the CPU.
  func normalTensor(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> Tensor
}

extension NoiseSource {
  public func normalTensor(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> Tensor {
    try Tensor(
      normal(purpose: purpose, step: step, rowShape: rowShape), shape: [rowCount] + rowShape)
  }

  /// A batch of standard normal rows in the shape, and on the device, of a tensor.
  func normalTensor(purpose: NoisePurpose, step: Int, like x: Tensor) throws -> Tensor {
    try normalTensor(purpose: purpose, step: step, rowShape: Array(x.shape.dropFirst()))
      .sent(to: x.device)
  }

  /// A batch of uniform rows in [0, 1) in the shape, and on the device, of a tensor.
  func uniformTensor(purpose: NoisePurpose, step: Int, like x: Tensor) throws -> Tensor {
    let rowShape = Array(x.shape.dropFirst())
    return try Tensor(
      uniform(purpose: purpose, step: step, rowShape: rowShape), shape: [rowCount] + rowShape
    ).sent(to: x.device)
  }
}
