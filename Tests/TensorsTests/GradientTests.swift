import Testing

@testable import Tensors

@Suite struct GradientTests {
  struct Window: Sendable, CustomStringConvertible {
    let size: [Int], kernel: Int, stride: Int, padding: Int
    var description: String { "\(size), kernel \(kernel), stride \(stride), padding \(padding)" }
  }

  /// Odd and even sizes: with stride 2 they leave different remainders.
  static let windows = [
    Window(size: [5, 7], kernel: 3, stride: 1, padding: 1),
    Window(size: [4, 6], kernel: 1, stride: 1, padding: 0),
    Window(size: [5, 7], kernel: 3, stride: 2, padding: 1),
    Window(size: [6, 8], kernel: 3, stride: 2, padding: 1),
    Window(size: [6, 7], kernel: 3, stride: 2, padding: 1),
    Window(size: [6, 5], kernel: 1, stride: 2, padding: 0),
    Window(size: [7, 6], kernel: 5, stride: 2, padding: 2),
    Window(size: [3, 3], kernel: 3, stride: 1, padding: 0),
  ]

  @Test(arguments: windows) func convolution(window: Window) throws {
    let x = try TestTensors.wide([2, 3] + window.size, seed: 10)
    let weight = try TestTensors.wide([4, 3, window.kernel, window.kernel], seed: 11)
    let bias = try TestTensors.wide([4], seed: 12)
    try expectGradient(at: x) {
      try $0.convolution(
        weight: weight, bias: bias, stride: window.stride, padding: window.padding)
    }
  }

  /// Each output is a sum of 27 products of numbers below 1 in size: 27·27·2⁻²⁴ bounds its rounding,
  /// that of a gradient with 4·9 terms likewise.
  @Test(arguments: windows) func convolutionInFloat32(window: Window) throws {
    let x = try TestTensors.narrow([2, 3] + window.size, seed: 10)
    let weight = try TestTensors.narrow([4, 3, window.kernel, window.kernel], seed: 11)
    let apply = { (x: Tensor, weight: Tensor) throws -> Tensor in
      try x.convolution(
        weight: weight, bias: nil, stride: window.stride, padding: window.padding)
    }
    let cotangent = try TestTensors.narrow(try apply(x, weight).shape, seed: 13)
    let exact = try vectorJacobianProduct(
      at: x.converted(to: .float64), cotangent: cotangent.converted(to: .float64)
    ) { try apply($0, weight.converted(to: .float64)) }
    for input in [x, try x.channelsLast()] {
      let found = try vectorJacobianProduct(at: input, cotangent: cotangent) {
        try apply($0, weight)
      }
      let terms = Double(3 * window.kernel * window.kernel)
      #expect(try found.value.distance(to: exact.value) <= terms * terms * 0x1p-24)
      #expect(try found.gradient.distance(to: exact.gradient) <= 2 * terms * terms * 0x1p-24)
    }
  }

  @Test(arguments: [[5, 7], [4, 6], [2, 3]]) func resampling(size: [Int]) throws {
    let x = try TestTensors.wide([2, 3] + size, seed: 20)
    try expectGradient(at: x) { try $0.upsampledNearest() }
    try expectGradient(at: x) { try $0.averagePooled() }
  }

  @Test func resampledValues() throws {
    let x = try Tensor([Float](stride(from: 1, through: 9, by: 1)), shape: [1, 1, 3, 3])
    #expect(try x.averagePooled().floats() == [3])
    let up = try Tensor([Float(1), 2, 3, 4], shape: [1, 1, 2, 2]).upsampledNearest()
    #expect(try up.floats() == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
    #expect(up.shape == [1, 1, 4, 4])
  }

  /// The bits of libtorch's own gradient, in every layout a network has.
  @Test(arguments: [ScalarType.float32, .float64, .bfloat16])
  func theGradientOfADoublingIsThatOfAnyResizing(type: ScalarType) throws {
    let x = try TestTensors.narrow([2, 19, 5, 7], seed: 21).converted(to: type)
    for cotangent in try cotangents([2, 19, 10, 14], type) {
      let found = try vectorJacobianProduct(at: x, cotangent: cotangent) {
        try $0.upsampledNearest()
      }
      let expected = try vectorJacobianProduct(at: x, cotangent: cotangent) {
        try $0.resizedNearest(height: 10, width: 14)
      }
      #expect(try found.value.bits() == expected.value.bits())
      #expect(try found.gradient.bits() == expected.gradient.bits())
      #expect(found.gradient.scalarType == type)
    }
  }

  /// Every pixel of a block has a quarter of the gradient to its mean.
  @Test(arguments: [ScalarType.float32, .float64, .bfloat16])
  func theGradientOfAHalvingIsAQuarter(type: ScalarType) throws {
    let x = try TestTensors.narrow([2, 19, 10, 14], seed: 21).converted(to: type)
    for cotangent in try cotangents([2, 19, 5, 7], type) {
      let found = try vectorJacobianProduct(at: x, cotangent: cotangent) { try $0.averagePooled() }
      let expected = try (cotangent / 4).resizedNearest(height: 10, width: 14)
      #expect(try found.gradient.bits() == expected.bits())
      #expect(found.gradient.scalarType == type)
    }
  }

  /// The same values as a slice of channels, channels-last and planar.
  private func cotangents(_ shape: [Int], _ type: ScalarType) throws -> [Tensor] {
    var wider = shape
    wider[1] *= 2
    let slice = try TestTensors.narrow(wider, seed: 22).converted(to: type).channelsLast()
      .sliced(3..<3 + shape[1], along: 1)
    return [slice, try slice.channelsLast(), try slice.contiguous()]
  }

  typealias Operation = @Sendable (Tensor) throws -> Tensor

  static let positive: [(String, Operation)] = [
    ("square root", { try $0.squareRoot() }), ("logarithm", { try $0.logarithm() }),
    ("division", { try $0.sum(over: [1], keeping: true) / $0 }),
  ]

  static let smooth: [(String, Operation)] = [
    ("square", { try $0.squared() }), ("exponential", { try $0.exponential() }),
    ("sine", { try $0.sine() }), ("cosine", { try $0.cosine() }),
    ("tanh", { try $0.hyperbolicTangent() }), ("sigmoid", { try $0.sigmoid() }),
    ("silu", { try $0.silu() }), ("negative", { try $0.negated() }),
    ("norm", { try $0.euclideanNorm(over: [1]) }), ("logSumExp", { try $0.logSumExp(over: [1]) }),
    ("softmax", { try $0.softmax(along: 1) }), ("mean", { try $0.mean(over: [0]) }),
    ("product", { try $0.matrixProduct($0.transposed()) }), ("rows", { try $0.rows([2, 0, 2]) }),
    ("slice", { try $0.sliced(1..<3, along: 1) }), ("permutation", { try $0.permuted([1, 0]) }),
    ("joining", { try Tensor.concatenated([$0, $0 * 2], along: 1) }),
    ("expansion", { try $0.reshaped([3, 1, 4]).expanded([3, 2, 4]) }),
  ]

  @Test(arguments: smooth.indices) func elementary(index: Int) throws {
    try expectGradient(at: TestTensors.wide([3, 4], seed: 30), of: Self.smooth[index].1)
  }

  @Test(arguments: positive.indices) func elementaryOfPositiveNumbers(index: Int) throws {
    try expectGradient(at: TestTensors.wide([3, 4], seed: 31) + 2, of: Self.positive[index].1)
  }

  /// The published code's autograd counts the edge as inside.
  @Test func clampingPassesGradientsInsideAndAtTheEdge() throws {
    let inside = Float(1).nextDown
    let outside = Float(1).nextUp
    let x = try Tensor([-outside, -1, -inside, 0, inside, 1, outside, 7], shape: [8])
    let result = try valueAndGradient(at: x) { try $0.clamped(to: -1...1) }
    #expect(try result.value.floats() == [-1, -1, -inside, 0, inside, 1, 1, 1])
    #expect(try result.gradient.floats() == [0, 1, 1, 1, 1, 1, 0, 0])
  }

  @Test func constantsHaveNoGradient() throws {
    let x = try TestTensors.wide([2, 3], seed: 40)
    let constant = try TestTensors.wide([2, 3], seed: 41)
    #expect(try valueAndGradient(at: x) { _ in constant }.gradient.largest() == 0)
    #expect(try valueAndGradient(at: x) { try $0.detached().squared() }.gradient.largest() == 0)
    let product = try valueAndGradient(at: x) { try $0.detached() * $0 }
    #expect(try product.gradient.doubles() == x.doubles())
  }

  @Test func valuesAndExtrasComeOut() throws {
    let x = try Tensor([1.0, 2, 3], shape: [3])
    let result = try valueAndGradient(at: x) { (try $0.squared(), "kept") }
    #expect(try result.value.doubles() == [1, 4, 9])
    #expect(try result.gradient.doubles() == [2, 4, 6])
    #expect(result.extra == "kept")
    let outer = try valueAndGradient(at: x) { _ in result.value }
    #expect(try outer.gradient.largest() == 0, "the value carries no graph")
  }

  @Test func selectedRowsAreCopiesInTheOrderAskedFor() throws {
    let x = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(try x.rows([2, 0, 2]).doubles() == [5, 6, 1, 2, 5, 6])
    #expect(try x.rows([]).shape == [0, 2])
    let twice = try valueAndGradient(at: x) { try $0.rows([2, 0, 2]) }
    #expect(try twice.gradient.doubles() == [1, 1, 0, 0, 2, 2])
  }
}
