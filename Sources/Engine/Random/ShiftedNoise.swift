import Tensors

/// The numbers of another source under other step numbers: step `s` here is step `s + shift` there.
///
/// A sampler that runs another one inside draws its own noise through such a shift, so that the two
/// never share a stream, and the inner one draws what it would draw alone.
public struct ShiftedNoise: NoiseSource {
  let base: any NoiseSource
  /// At least 0.
  public let shift: Int

  public init(_ base: any NoiseSource, by shift: Int) {
    self.base = base
    self.shift = shift
  }

  public var rowCount: Int { base.rowCount }

  public func normal(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    try base.normal(purpose: purpose, step: shifted(step), rowShape: rowShape)
  }

  public func uniform(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    try base.uniform(purpose: purpose, step: shifted(step), rowShape: rowShape)
  }

  public func normalTensor(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> Tensor {
    try base.normalTensor(purpose: purpose, step: shifted(step), rowShape: rowShape)
  }

  private func shifted(_ step: Int) throws(NoiseError) -> Int {
    let (sum, overflow) = step.addingReportingOverflow(shift)
    guard !overflow else { throw .stepOutOfRange(step) }
    return sum
  }
}
