@testable import Tensors

/// A convolution of random numbers of one type, and what libtorch makes of it in float64.
struct ConvolutionExample: Sendable {
  typealias Result = (value: Tensor, gradient: Tensor)

  let sizes: ConvolutionCase
  let x, weight, cotangent: Tensor
  let bias: Tensor?

  init(_ sizes: ConvolutionCase, _ type: ScalarType, hasBias: Bool) throws {
    let random = { (shape: [Int], seed: UInt64) throws in
      try TestTensors.narrow(shape, seed: seed).converted(to: type)
    }
    let result = sizes.size[2...].map {
      ($0 + 2 * sizes.padding - sizes.kernel) / sizes.stride + 1
    }
    self.sizes = sizes
    x = try random(sizes.size, 1).channelsLast()
    weight = try random([sizes.to, sizes.size[1], sizes.kernel, sizes.kernel], 2)
    cotangent = try random([sizes.size[0], sizes.to] + result, 3).channelsLast()
    bias = hasBias ? try random([sizes.to], 4) : nil
  }

  func filters() throws -> ConvolutionFilters {
    try ConvolutionFilters(weight, bias: bias, stride: sizes.stride, padding: sizes.padding)
  }

  func differentiated(
    _ filters: ConvolutionFilters, adding added: Tensor? = nil
  ) throws -> Result {
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent) {
      try $0.convolution(filters, adding: added)
    }
    return (found.value, found.gradient)
  }

  func exact(adding added: Tensor?) throws -> Result {
    try direct(adding: added) { try $0.converted(to: .float64) }
  }

  /// The sums of the sizes of all terms.
  func sizesOfTerms(adding added: Tensor?) throws -> Result {
    try direct(adding: added) { try $0.converted(to: .float64).absolute() }
  }

  private func direct(
    adding added: Tensor?, _ change: (Tensor) throws -> Tensor
  ) throws -> Result {
    let found = try vectorJacobianProduct(at: change(x), cotangent: change(cotangent)) {
      try $0.plainConvolution(
        weight: change(weight), bias: bias.map(change), stride: sizes.stride,
        padding: sizes.padding)
    }
    return (try added.map { try found.value + change($0) } ?? found.value, found.gradient)
  }

  /// Ways to lay out a batch: rows first, and channels cut out of more.
  static let layouts: [@Sendable (Tensor) throws -> Tensor] = [
    { try $0.contiguous() },
    { x in
      try Tensor.concatenated([x, x], along: 1).channelsLast().sliced(0..<x.shape[1], along: 1)
    },
  ]
}
