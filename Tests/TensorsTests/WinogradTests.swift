import Testing

@testable import Tensors

/// Convolutions that are computed by Winograd's minimal filtering, against float64.
///
/// For independent numbers each of its points adds products |G_i|·|B_i| times as large as those of the direct
/// method, which come back through A: in one dimension κ₁ = √(mean_j Σ_i (A_ji·|G_i|·|B_i|)²/3) = 2.6, in two
/// κ₁² = 7. A sum of n terms, each rounded to 2⁻²⁴, is off by 2⁻²⁴·√n of its size, so the error is below
/// 7·2⁻²⁴·√n of the size of the result (root mean square) with n the channels.
@Suite struct WinogradTests {
  static let amplification = 7.0

  struct Case: CustomTestStringConvertible, Sendable {
    let batch: Int, from: Int, to: Int, height: Int, width: Int
    let why: String
    var testDescription: String { why }
  }

  static let cases = [
    Case(batch: 1, from: 32, to: 48, height: 16, width: 16, why: "whole tiles, few"),
    Case(batch: 1, from: 16, to: 16, height: 15, width: 13, why: "tiles cut at the border"),
    Case(batch: 2, from: 48, to: 80, height: 14, width: 22, why: "half a panel, more than a part"),
    Case(batch: 9, from: 32, to: 32, height: 5, width: 4, why: "several images"),
    Case(batch: 1, from: 16, to: 48, height: 68, width: 71, why: "several blocks"),
    Case(batch: 1, from: 32, to: 48, height: 3, width: 2, why: "a part of a tile"),
  ]

  @Test(arguments: cases) func valuesAndGradients(sizes: Case) throws {
    let layer = try Layer(sizes)
    let found = try layer.differentiated(layer.x)
    let exact = try layer.exact()
    #expect(
      try found.value.relativeError(to: exact.value) < Self.bound(terms: sizes.from))
    #expect(
      try found.gradient.relativeError(to: exact.gradient) < Self.bound(terms: sizes.to))
  }

  /// An error of Winograd's size shows that the direct method was not what ran.
  @Test func isUsed() throws {
    let layer = try Layer(Self.cases[4])
    let direct = try layer.x.plainConvolution(weight: layer.weight, bias: layer.bias, padding: 1)
    let fast = try layer.apply(layer.x)
    #expect(try fast.bits() != direct.bits())
    #expect(try fast.relativeError(to: direct) < Self.bound(terms: 16))
  }

  @Test func rowsDoNotTouchOneAnother() throws {
    let layer = try Layer(Self.cases[3])
    let spoilt = try Tensor.concatenated(
      [layer.x.sliced(0..<1, along: 0), layer.x.sliced(1..<9, along: 0) * .nan], along: 0)
    let clean = try layer.apply(layer.x).sliced(0..<1, along: 0)
    #expect(try layer.apply(spoilt).sliced(0..<1, along: 0).bits() == clean.bits())
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let layer = try Layer(Self.cases[0])
    let apply = { (channels: Range<Int>, filters: Range<Int>) throws in
      try layer.x.sliced(channels, along: 1).convolution(
        weight: layer.weight, bias: layer.bias.sliced(filters, along: 0), stride: 1, padding: 1)
    }
    #expect(throws: TensorError.self) { try apply(0..<16, 0..<48) }
    #expect(throws: TensorError.self) { try apply(0..<32, 0..<32) }
  }

  @Test func aBatchOfNoImagesStaysOne() throws {
    let layer = try Layer(Self.cases[1])
    #expect(try layer.apply(layer.x.sliced(0..<0, along: 0)).shape == [0, 16, 15, 13])
  }

  /// Few tiles take their filters in parts, many in one: the sums are the same.
  @Test func bitsDoNotDependOnTheNumberOfTiles() throws {
    let layer = try Layer(
      Case(batch: 5, from: 16, to: 80, height: 32, width: 32, why: "64 tiles an image"))
    let alone = try layer.apply(layer.x.sliced(3..<4, along: 0))
    #expect(try layer.apply(layer.x).sliced(3..<4, along: 0).bits() == alone.bits())
  }

  /// Added in the same pass or after it, to results of whole tiles, cut ones, and the direct method's.
  @Test(arguments: [
    Case(batch: 9, from: 32, to: 32, height: 5, width: 4, why: "one block"),
    Case(batch: 1, from: 16, to: 16, height: 68, width: 71, why: "several blocks"),
    Case(batch: 1, from: 32, to: 32, height: 7, width: 7, why: "too few tiles"),
    Case(batch: 2, from: 9, to: 9, height: 30, width: 30, why: "odd channels"),
  ])
  func whatIsAddedChangesNoBit(sizes: Case) throws {
    let layer = try Layer(sizes)
    let fused = try vectorJacobianProduct(at: layer.x, cotangent: layer.cotangent) {
      try $0.convolution(weight: layer.weight, bias: layer.bias, padding: 1, adding: $0 * 3)
    }
    let apart = try vectorJacobianProduct(at: layer.x, cotangent: layer.cotangent) {
      try layer.apply($0) + $0 * 3
    }
    #expect(try fused.value.bits() == apart.value.bits())
    #expect(try fused.gradient.bits() == apart.gradient.bits())
    let plain = try layer.x.convolution(
      weight: layer.weight, bias: layer.bias, padding: 1, adding: layer.x * 3)
    #expect(try plain.bits() == apart.value.bits())
  }

  /// Channels of a wider image, forward and as the gradient of a concatenation.
  @Test(arguments: cases) func aSliceOfChannelsGivesTheBitsOfItsCopy(sizes: Case) throws {
    let layer = try Layer(sizes)
    let image = try Tensor.concatenated([layer.x * 2, layer.x, layer.x], along: 1)
    let slice = try image.sliced(sizes.from..<2 * sizes.from, along: 1)
    #expect(slice.isChannelsLast == false)
    #expect(try layer.apply(slice).bits() == layer.apply(layer.x).bits())

    let cotangent = try layer.cotangent.channelsLast()
    let wide = try Tensor.concatenated([cotangent * 2, cotangent, cotangent], along: 1)
    let found = try vectorJacobianProduct(at: layer.x, cotangent: wide) {
      try Tensor.concatenated([cotangent, layer.apply($0), cotangent], along: 1)
    }
    let alone = try vectorJacobianProduct(at: layer.x, cotangent: cotangent, of: layer.apply)
    #expect(try found.gradient.bits() == alone.gradient.bits())
  }

  private static func bound(terms: Int) -> Double {
    amplification * 0x1p-24 * Double(terms).squareRoot()
  }
}

private struct Layer {
  let x: Tensor
  let weight: Tensor
  let bias: Tensor
  let cotangent: Tensor

  init(_ sizes: WinogradTests.Case) throws {
    let image = [sizes.height, sizes.width]
    x = try TestTensors.narrow([sizes.batch, sizes.from] + image, seed: 1).channelsLast()
    weight = try TestTensors.narrow([sizes.to, sizes.from, 3, 3], seed: 2)
    bias = try TestTensors.narrow([sizes.to], seed: 3)
    cotangent = try TestTensors.narrow([sizes.batch, sizes.to] + image, seed: 4)
  }

  func apply(_ x: Tensor) throws -> Tensor {
    try x.convolution(weight: weight, bias: bias, stride: 1, padding: 1)
  }

  func differentiated(_ x: Tensor) throws -> (value: Tensor, gradient: Tensor) {
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent) { try apply($0) }
    return (found.value, found.gradient)
  }

  func exact() throws -> (value: Tensor, gradient: Tensor) {
    let (weight, bias) = (
      try weight.converted(to: .float64), try bias.converted(to: .float64)
    )
    let found = try vectorJacobianProduct(
      at: x.converted(to: .float64), cotangent: cotangent.converted(to: .float64)
    ) { try $0.convolution(weight: weight, bias: bias, stride: 1, padding: 1) }
    return (found.value, found.gradient)
  }
}

extension Tensor {
  /// ‖self − exact‖/‖exact‖.
  fileprivate func relativeError(to exact: Tensor) throws -> Double {
    let difference = try converted(to: .float64) - exact.converted(to: .float64)
    return try (difference.dot(difference) / exact.dot(exact)).squareRoot()
  }
}
