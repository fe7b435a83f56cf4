import Testing

@testable import Tensors

/// Convolutions in float32 of few pixels with many filters, where the image is unfolded.
///
/// A sum of n products in float32 is off by at most (n + 1)·2⁻²⁴ of the sum of their sizes.
@Suite struct UnfoldingTests {
  /// More than 128 × 128 filters, up to 64 pixels.
  static let cases = [
    ConvolutionCase(size: [1, 160, 8, 8], to: 144, kernel: 3, stride: 1, padding: 1),
    ConvolutionCase(size: [3, 160, 4, 5], to: 144, kernel: 3, stride: 1, padding: 1),
    ConvolutionCase(size: [2, 150, 1, 2], to: 113, kernel: 3, stride: 1, padding: 1),
    ConvolutionCase(size: [2, 170, 11, 9], to: 100, kernel: 3, stride: 2, padding: 1),
    ConvolutionCase(size: [1, 130, 17, 17], to: 130, kernel: 3, stride: 2, padding: 0),
    ConvolutionCase(size: [2, 140, 5, 6], to: 120, kernel: 5, stride: 1, padding: 2),
  ]

  @Test(arguments: cases, [(false, false), (true, false), (false, true), (true, true)])
  func valuesAndGradients(sizes: ConvolutionCase, has: (bias: Bool, added: Bool)) throws {
    let layer = try Layer(sizes, hasBias: has.bias)
    let added = has.added ? layer.cotangent : nil
    let found = try layer.differentiated(added)
    let terms = sizes.size[1] * sizes.kernel * sizes.kernel + 2
    try expect(found.value, layer.exact(added), layer.sizesOfTerms(added), terms: terms)
    let gradientTerms = sizes.to * sizes.kernel * sizes.kernel
    try expect(
      found.gradient, layer.exactGradient, layer.sizesOfGradientTerms, terms: gradientTerms)
    let alone = try layer.x.convolution(layer.filters, adding: added)
    #expect(try alone.bits() == found.value.bits(), "the same with and without a gradient")
  }

  /// |found − exact| ≤ (terms + 1)·2⁻²⁴·sizes, everywhere.
  private func expect(_ found: Tensor, _ exact: Tensor, _ sizes: Tensor, terms: Int) throws {
    let excess =
      try (found.converted(to: .float64) - exact).absolute() - sizes * (Double(terms + 1) * 0x1p-24)
    #expect(found.shape == exact.shape && found.scalarType == .float32 && found.isChannelsLast)
    #expect(try excess.doubles().allSatisfy { $0 <= 0 })
    #expect(try exact.largest() > 0.1)
  }

  @Test(arguments: [0, 1]) func itIsNotLibtorchsOwn(index: Int) throws {
    let layer = try Layer(Self.cases[index])
    let direct = try vectorJacobianProduct(at: layer.x, cotangent: layer.cotangent) {
      try $0.plainConvolution(weight: layer.weight, padding: 1)
    }
    let found = try layer.differentiated(nil)
    #expect(try found.value.bits() != direct.value.bits())
    #expect(try found.gradient.bits() != direct.gradient.bits())
  }

  /// A batch of more pixels is libtorch's: it reads the filters once, unfolded ones once for each sample.
  @Test func largerBatchesAreLibtorchs() throws {
    let layer = try Layer(
      ConvolutionCase(size: [5, 130, 5, 5], to: 130, kernel: 3, stride: 1, padding: 1))
    let direct = try layer.x.plainConvolution(weight: layer.weight, padding: 1)
    #expect(try layer.x.convolution(layer.filters).bits() == direct.bits())
  }

  @Test(arguments: [0, -1]) func strideIsLibtorchsToRefuse(stride: Int) throws {
    let layer = try Layer(Self.cases[0])
    #expect(throws: TensorError.self) {
      _ = try layer.x.convolution(weight: layer.weight, bias: nil, stride: stride, padding: 1)
    }
  }

  @Test func noSamplesHaveNoGradient() throws {
    let layer = try Layer(Self.cases[0])
    let none = try layer.x.sliced(0..<0, along: 0)
    let found = try vectorJacobianProduct(
      at: none, cotangent: layer.cotangent.sliced(0..<0, along: 0)
    ) { try $0.convolution(layer.filters) }
    #expect(found.gradient.shape == [0, 160, 8, 8])
  }

  @Test(arguments: [1, 3]) func rowsDoNotSeeEachOther(index: Int) throws {
    let layer = try Layer(Self.cases[index], hasBias: true)
    let all = try layer.differentiated(nil)
    for row in 0..<layer.x.shape[0] {
      let own = { (tensor: Tensor) throws in try tensor.sliced(row..<row + 1, along: 0) }
      let found = try vectorJacobianProduct(at: own(layer.x), cotangent: own(layer.cotangent)) {
        try $0.convolution(layer.filters)
      }
      #expect(try found.value.bits() == own(all.value).bits())
      #expect(try found.gradient.bits() == own(all.gradient).bits())
    }
  }

  /// Rows first, and channels cut out of more.
  @Test func theLayoutOfTheInputDecidesOnNoBit() throws {
    let layer = try Layer(Self.cases[1])
    let expected = try layer.x.convolution(layer.filters, adding: layer.cotangent)
    let cut = { (x: Tensor) throws in
      try Tensor.concatenated([x, x], along: 1).channelsLast().sliced(0..<x.shape[1], along: 1)
    }
    for change in [{ try $0.contiguous() }, cut] {
      let found = try change(layer.x).convolution(layer.filters, adding: change(layer.cotangent))
      #expect(try found.bits() == expected.bits())
    }
  }

  @Test func aBiasThatDoesNotFitIsRefused() throws {
    let layer = try Layer(Self.cases[0])
    for count in [1, 143] {
      #expect(throws: TensorError.self) {
        _ = try layer.x.convolution(
          weight: layer.weight, bias: Tensor.full(1, shape: [count]), padding: 1)
      }
    }
  }

  /// A layer on random numbers.
  struct Layer {
    let sizes: ConvolutionCase
    let x, weight, cotangent: Tensor
    let bias: Tensor?

    init(_ sizes: ConvolutionCase, hasBias: Bool = false) throws {
      self.sizes = sizes
      x = try TestTensors.narrow(sizes.size, seed: 1).channelsLast()
      weight = try TestTensors.narrow(
        [sizes.to, sizes.size[1], sizes.kernel, sizes.kernel], seed: 2)
      bias = hasBias ? try TestTensors.narrow([sizes.to], seed: 3) : nil
      let result = try x.plainConvolution(
        weight: weight, stride: sizes.stride, padding: sizes.padding)
      cotangent = try TestTensors.narrow(result.shape, seed: 4).channelsLast()
    }

    var filters: ConvolutionFilters {
      get throws {
        try ConvolutionFilters(weight, bias: bias, stride: sizes.stride, padding: sizes.padding)
      }
    }

    func differentiated(_ added: Tensor?) throws -> Differentiated<Void> {
      let filters = try filters
      return try vectorJacobianProduct(at: x, cotangent: cotangent) {
        try $0.convolution(filters, adding: added)
      }
    }

    func exact(_ added: Tensor?) throws -> Tensor {
      try direct(x, weight, bias, added) { try $0.converted(to: .float64) }
    }

    func sizesOfTerms(_ added: Tensor?) throws -> Tensor {
      try direct(x, weight, bias, added) { try $0.converted(to: .float64).absolute() }
    }

    var exactGradient: Tensor {
      get throws { try gradient { try $0.converted(to: .float64) } }
    }

    var sizesOfGradientTerms: Tensor {
      get throws { try gradient { try $0.converted(to: .float64).absolute() } }
    }

    private func gradient(_ change: (Tensor) throws -> Tensor) throws -> Tensor {
      try vectorJacobianProduct(at: change(x), cotangent: change(cotangent)) {
        try direct($0, weight, nil, nil, change: change)
      }.gradient
    }

    private func direct(
      _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ added: Tensor?,
      change: (Tensor) throws -> Tensor
    ) throws -> Tensor {
      let image = x.scalarType == .float64 ? x : try change(x)
      let result = try image.plainConvolution(
        weight: change(weight), bias: bias.map(change), stride: sizes.stride,
        padding: sizes.padding)
      return try added.map { try result + change($0) } ?? result
    }
  }
}
