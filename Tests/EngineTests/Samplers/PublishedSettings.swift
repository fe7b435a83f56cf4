import Tensors

@testable import Engine

/// What configurations have by default, for tests that ask for something else.
extension LangevinDynamics {
  static let paper = LangevinDynamics(scoreLevel: .finestStep, transpose: .adjoint, clamps: false)

  static func paper(clamps: Bool) -> Self {
    LangevinDynamics(scoreLevel: .finestStep, transpose: .adjoint, clamps: clamps)
  }

  static func paper(transpose: Transpose) -> Self {
    LangevinDynamics(scoreLevel: .finestStep, transpose: transpose, clamps: false)
  }
}

extension VarianceLadder {
  init(levels: Int, factor: Double, noiseVariance: Double) throws {
    try self.init(levels: levels, factor: factor, growth: 1.1, noiseVariance: noiseVariance)
  }
}

extension NormalizedDescent {
  static let published = NormalizedDescent(iterations: 50, step: 0.01)
}

extension UD2MMeasurement {
  init(
    _ chosen: any MeasurementOperator, y: Tensor, sigma: Double, imageShape: [Int],
    form: ProximalForm = .published
  ) throws {
    try self.init(
      chosen, y: y, sigma: sigma, imageShape: imageShape, form: form, descent: .published)
  }
}
