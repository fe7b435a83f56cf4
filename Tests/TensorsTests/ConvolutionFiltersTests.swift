import Foundation
import Synchronization
import Testing

@testable import Tensors

/// Convolutions in bfloat16 with packed filters, where oneDNN has bfloat16.
///
/// A product of two such numbers is exact in float32. n of them, each below 1, are off by at most n·2⁻²⁴ of n in
/// a float32 sum, and its rounding to 8 significant bits by 2⁻⁸ of the sum.
@Suite(.enabled(if: TorchRuntime.cpuCapability.hasPrefix("AVX512")))
struct ConvolutionFiltersTests {
  static let cases = [
    ConvolutionCase(size: [1, 3, 32, 32], to: 64),
    ConvolutionCase(size: [1, 128, 16, 16], to: 6),
    ConvolutionCase(size: [5, 33, 7, 9], to: 17),
    ConvolutionCase(size: [1, 192, 8, 8], to: 96),
    ConvolutionCase(size: [5, 64, 1, 2], to: 64),
    ConvolutionCase(size: [5, 32, 16, 16], to: 32, stride: 2),
    ConvolutionCase(size: [1, 64, 15, 12], to: 48, stride: 2),
    ConvolutionCase(size: [1, 64, 17, 17], to: 64, stride: 2, padding: 0),
    ConvolutionCase(size: [5, 48, 9, 6], to: 80, kernel: 1, padding: 0),
  ]

  @Test(arguments: cases, [(false, false), (true, false), (false, true), (true, true)])
  func valuesAndGradients(sizes: ConvolutionCase, has: (bias: Bool, added: Bool)) throws {
    let layer = try ConvolutionExample(sizes, .bfloat16, hasBias: has.bias)
    let added = has.added ? layer.cotangent : nil
    let exact = try layer.exact(adding: added)
    let found = try layer.differentiated(layer.filters(), adding: added)
    try expect(found.value, exact.value, terms: sizes.products(of: sizes.size[1]) + 2)
    try expect(found.gradient, exact.gradient, terms: sizes.products(of: sizes.to) + 2)
    let alone = try layer.x.convolution(layer.filters(), adding: added)
    #expect(try alone.bits() == found.value.bits(), "the same with and without a gradient")
  }

  /// |found − exact| ≤ 2⁻⁸·|exact| + terms²·2⁻²⁴, everywhere.
  private func expect(_ found: Tensor, _ exact: Tensor, terms: Int) throws {
    let allowed = try exact.absolute() * 0x1p-8 + Double(terms * terms) * 0x1p-24
    let excess = try (found.converted(to: .float64) - exact).absolute() - allowed
    #expect(found.shape == exact.shape && found.scalarType == .bfloat16 && found.isChannelsLast)
    #expect(try excess.doubles().allSatisfy { $0 <= 0 })
  }

  @Test func whatIsAddedHasTheGradientOfTheResult() throws {
    let layer = try ConvolutionExample(Self.cases[2], .bfloat16, hasBias: true)
    let filters = try layer.filters()
    let found = try vectorJacobianProduct(at: layer.cotangent, cotangent: layer.cotangent) {
      try layer.x.convolution(filters, adding: $0)
    }
    #expect(try found.gradient.bits() == layer.cotangent.bits())
  }

  /// 1 + 2⁻⁸ lies between two numbers of 8 bits and goes to 1; another 2⁻⁸ makes it one of them.
  @Test func packedFiltersRoundTheSumOnce() throws {
    let (one, small) = (1.0, 0x1p-8)
    let x = try Tensor([one, small], shape: [1, 2, 1, 1]).converted(to: .bfloat16)
    let weight = try Tensor.full(1, shape: [1, 2, 1, 1]).converted(to: .bfloat16)
    let filters = try ConvolutionFilters(weight, bias: nil, padding: 0)
    let added = try Tensor([small], shape: [1, 1, 1, 1]).converted(to: .bfloat16)
    #expect(try x.convolution(filters).doubles() == [1])
    #expect(try x.convolution(filters, adding: added).doubles() == [1 + 0x1p-7])
  }

  @Test(arguments: [2, 5]) func theFirstInputDecidesOnNoBit(index: Int) throws {
    let layer = try ConvolutionExample(Self.cases[index], .bfloat16, hasBias: true)
    let used = try layer.filters()
    let other = try TestTensors.narrow([2, layer.sizes.size[1], 40, 21], seed: 5)
      .converted(to: .bfloat16).channelsLast()
    _ = try valueAndGradient(at: other) { try $0.convolution(used) }
    let first = try layer.differentiated(layer.filters())
    let later = try layer.differentiated(used)
    #expect(try later.value.bits() == first.value.bits())
    #expect(try later.gradient.bits() == first.gradient.bits())
  }

  @Test func theLayoutOfTheInputDecidesOnNoBit() throws {
    let layer = try ConvolutionExample(Self.cases[2], .bfloat16, hasBias: true)
    let filters = try layer.filters()
    let expected = try layer.x.convolution(filters, adding: layer.cotangent)
    for change in ConvolutionExample.layouts {
      let found = try change(layer.x).convolution(filters, adding: change(layer.cotangent))
      #expect(try found.bits() == expected.bits())
    }
  }

  @Test func threadsThatComeFirstTogetherGetTheSameBits() throws {
    let layer = try ConvolutionExample(Self.cases[3], .bfloat16, hasBias: true)
    let expected = try layer.differentiated(layer.filters())
    let bits = (try expected.value.bits(), try expected.gradient.bits())
    for _ in 0..<8 {
      let filters = try layer.filters()
      let right = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        TorchRuntime.setThreads(1)
        let found = try? layer.differentiated(filters)
        guard (try? found?.value.bits()) == bits.0, (try? found?.gradient.bits()) == bits.1 else {
          return
        }
        right.withLock { $0 += 1 }
      }
      #expect(right.withLock { $0 } == 8)
    }
  }

  /// A network in bfloat16 needs no more memory than before, until a gradient is asked for.
  @Test func packedFiltersLetGoOfPlainOnes() throws {
    weak var watched: Owner?
    let filters = try {
      let pairsOfOnes = Float(bitPattern: 0x3F80_3F80)
      let owner = Owner([Float](repeating: pairsOfOnes, count: 16 * 16 * 9 / 2))
      watched = owner
      let weight = try Tensor(
        borrowing: owner.bytes, type: .bfloat16, shape: [16, 16, 3, 3], owner: owner)
      return try ConvolutionFilters(weight, bias: nil, padding: 1)
    }()
    #expect(watched != nil)
    let x = try Tensor.full(1, shape: [1, 16, 3, 3]).converted(to: .bfloat16)
    #expect(try x.convolution(filters).doubles()[4] == 16 * 9)
    #expect(watched == nil)
    let gradient = try valueAndGradient(at: x) { try $0.convolution(filters) }.gradient
    #expect(try gradient.doubles()[4] == 16 * 9)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let layer = try ConvolutionExample(Self.cases[3], .bfloat16, hasBias: true)
    let filters = try layer.filters()
    let wrong: [() throws -> Tensor] = [
      { try layer.x.converted(to: .float32).convolution(filters) },
      { try layer.x.moved(to: .meta).convolution(filters) },
      { try layer.x.sliced(0..<96, along: 1).convolution(filters) },
      { try layer.x.reshaped([192, 64]).convolution(filters) },
      { try layer.x.convolution(filters, adding: layer.cotangent.sliced(0..<7, along: 2)) },
    ]
    for use in wrong { #expect(throws: TensorError.self) { try use() } }
    let fresh = try layer.x.convolution(layer.filters())
    #expect(try layer.x.convolution(filters).bits() == fresh.bits(), "nothing was spoilt")
    #expect(throws: TensorError.self) {
      let bias = try TestTensors.narrow([95], seed: 1).converted(to: .bfloat16)
      return try layer.x.convolution(weight: layer.weight, bias: bias, padding: 1)
    }
  }
}
