import Testing

@testable import Tensors

/// Weights of a mapped file lie wherever the file has them, and must give the same bits there.
@Suite struct AlignmentTests {
  /// As far apart as a cache line has floats, so that every place in one is tried.
  static let places = 0..<16

  /// The same elements, `place` floats into memory that begins where the others' does.
  private static func moved(_ tensor: Tensor, to place: Int) throws -> Tensor {
    let count = tensor.shape.reduce(1, *)
    let memory = try Tensor.concatenated(
      [
        Tensor.full(0, shape: [place]), tensor.reshaped([count]),
        Tensor.full(0, shape: [places.count - place]),
      ], along: 0)
    return try memory.sliced(place..<place + count, along: 0).reshaped(tensor.shape)
  }

  /// Of a time embedding, of attention, and of extents that no vector divides; with MKL's own choice (`MKL_CBWR=`)
  /// layers of few rows fail on an AMD EPYC.
  @Test(arguments: [
    [1, 32, 128], [1, 128, 128], [4, 64, 192], [64, 16, 64], [7, 33, 13], [256, 64, 256],
  ])
  func productsHaveTheSameBitsWhereverTheirFactorsLie(extents: [Int]) throws {
    let left = try TestTensors.narrow([extents[0], extents[1]], seed: 1)
    let right = try TestTensors.narrow([extents[1], extents[2]], seed: 2)
    let weight = try TestTensors.narrow([extents[2], extents[1]], seed: 3)
    let bias = try TestTensors.narrow([extents[2]], seed: 4)
    let product = try left.matrixProduct(right).bits()
    let layer = try left.linear(weight: weight, bias: bias).bits()
    for place in Self.places {
      let there = try Self.moved(left, to: (place * 5) % Self.places.count)
      #expect(try there.matrixProduct(Self.moved(right, to: place)).bits() == product)
      let (movedWeight, movedBias) = try (
        Self.moved(weight, to: place), Self.moved(bias, to: place)
      )
      #expect(try there.linear(weight: movedWeight, bias: movedBias).bits() == layer)
    }
  }

  @Test(arguments: [1, 3]) func convolutionsHaveTheSameBitsWhereverTheirFiltersLie(size: Int) throws
  {
    let image = try TestTensors.narrow([2, 16, 9, 9], seed: 5)
    let filters = try TestTensors.narrow([24, 16, size, size], seed: 6)
    let expected = try image.convolution(weight: filters, bias: nil, padding: size / 2).bits()
    for place in Self.places {
      let there = try Self.moved(filters, to: place)
      #expect(try image.convolution(weight: there, bias: nil, padding: size / 2).bits() == expected)
    }
  }
}
