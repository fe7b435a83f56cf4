import Testing

@testable import Tensors

/// Convolutions in float32 of few pixels with many filters, where the image is unfolded.
///
/// A sum of n products in float32 is off by at most (n + 1)·2⁻²⁴ of the sum of their sizes.
@Suite struct UnfoldingTests {
  /// More than 128 × 128 filters, up to 64 pixels.
  static let cases = [
    ConvolutionCase(size: [1, 160, 8, 8], to: 144),
    ConvolutionCase(size: [3, 160, 4, 5], to: 144),
    ConvolutionCase(size: [2, 150, 1, 2], to: 113),
    ConvolutionCase(size: [2, 170, 11, 9], to: 100, stride: 2),
    ConvolutionCase(size: [1, 130, 17, 17], to: 130, stride: 2, padding: 0),
    ConvolutionCase(size: [2, 140, 5, 6], to: 120, kernel: 5, padding: 2),
  ]

  @Test(arguments: cases, [(false, false), (true, false), (false, true), (true, true)])
  func valuesAndGradients(sizes: ConvolutionCase, has: (bias: Bool, added: Bool)) throws {
    let layer = try ConvolutionExample(sizes, .float32, hasBias: has.bias)
    let added = has.added ? layer.cotangent : nil
    let found = try layer.differentiated(layer.filters(), adding: added)
    let (exact, terms) = (try layer.exact(adding: added), try layer.sizesOfTerms(adding: added))
    try expect(
      found.value, exact.value, terms.value, terms: sizes.products(of: sizes.size[1]) + 2)
    try expect(
      found.gradient, exact.gradient, terms.gradient, terms: sizes.products(of: sizes.to))
    let alone = try layer.x.convolution(layer.filters(), adding: added)
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
    let layer = try ConvolutionExample(Self.cases[index], .float32, hasBias: false)
    let direct = try vectorJacobianProduct(at: layer.x, cotangent: layer.cotangent) {
      try $0.plainConvolution(weight: layer.weight, padding: 1)
    }
    let found = try layer.differentiated(layer.filters())
    #expect(try found.value.bits() != direct.value.bits())
    #expect(try found.gradient.bits() != direct.gradient.bits())
  }

  /// A batch of more pixels is libtorch's: it reads the filters once, unfolded ones once for each sample.
  @Test func largerBatchesAreLibtorchs() throws {
    let layer = try ConvolutionExample(
      ConvolutionCase(size: [5, 130, 5, 5], to: 130), .float32, hasBias: false)
    let direct = try layer.x.plainConvolution(weight: layer.weight, padding: 1)
    #expect(try layer.x.convolution(layer.filters()).bits() == direct.bits())
  }

  @Test(arguments: [0, -1]) func strideIsLibtorchsToRefuse(stride: Int) throws {
    let layer = try ConvolutionExample(Self.cases[0], .float32, hasBias: false)
    #expect(throws: TensorError.self) {
      _ = try layer.x.convolution(weight: layer.weight, bias: nil, stride: stride, padding: 1)
    }
  }

  @Test func noSamplesHaveNoGradient() throws {
    let layer = try ConvolutionExample(Self.cases[0], .float32, hasBias: false)
    let none = try layer.x.sliced(0..<0, along: 0)
    let found = try vectorJacobianProduct(
      at: none, cotangent: layer.cotangent.sliced(0..<0, along: 0)
    ) { try $0.convolution(layer.filters()) }
    #expect(found.gradient.shape == [0, 160, 8, 8])
  }

  @Test(arguments: [1, 3]) func rowsDoNotSeeEachOther(index: Int) throws {
    let layer = try ConvolutionExample(Self.cases[index], .float32, hasBias: true)
    let all = try layer.differentiated(layer.filters())
    for row in 0..<layer.x.shape[0] {
      let own = { (tensor: Tensor) throws in try tensor.sliced(row..<row + 1, along: 0) }
      let found = try vectorJacobianProduct(at: own(layer.x), cotangent: own(layer.cotangent)) {
        try $0.convolution(layer.filters())
      }
      #expect(try found.value.bits() == own(all.value).bits())
      #expect(try found.gradient.bits() == own(all.gradient).bits())
    }
  }

  @Test func theLayoutOfTheInputDecidesOnNoBit() throws {
    let layer = try ConvolutionExample(Self.cases[1], .float32, hasBias: false)
    let expected = try layer.x.convolution(layer.filters(), adding: layer.cotangent)
    for change in ConvolutionExample.layouts {
      let found = try change(layer.x).convolution(layer.filters(), adding: change(layer.cotangent))
      #expect(try found.bits() == expected.bits())
    }
  }

  @Test func aBiasThatDoesNotFitIsRefused() throws {
    let layer = try ConvolutionExample(Self.cases[0], .float32, hasBias: false)
    for count in [1, 143] {
      #expect(throws: TensorError.self) {
        _ = try layer.x.convolution(
          weight: layer.weight, bias: Tensor.full(1, shape: [count]), padding: 1)
      }
    }
  }
}
