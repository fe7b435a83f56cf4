import Testing

@testable import Tensors

/// Layers that take the channels of an image in several tensors, against the same on one.
@Suite struct ChannelPartsTests {
  static let widths = [[64], [40, 24], [3, 50, 11]]

  static func image(_ type: ScalarType, batch: Int = 2, size: [Int] = [33, 32]) throws -> Tensor {
    try TestTensors.narrow([batch, 64] + size, seed: 1).converted(to: type).channelsLast()
  }

  /// The channels of an image in tensors of these widths.
  static func parts(of image: Tensor, _ widths: [Int]) throws -> [Tensor] {
    var first = 0
    return try widths.map { width in
      defer { first += width }
      return try image.sliced(first..<first + width, along: 1)
    }
  }

  struct Norm {
    let weight, bias, scale, shift: Tensor

    init(batch: Int = 2) throws {
      weight = try TestTensors.narrow([64], seed: 2) + 1.5
      bias = try TestTensors.narrow([64], seed: 3)
      scale = try TestTensors.narrow([batch, 64], seed: 4)
      shift = try TestTensors.narrow([batch, 64], seed: 5)
    }

    func callAsFunction(_ parts: [Tensor]) throws -> (values: Tensor, rest: [Tensor]) {
      try Tensor.normActivation(
        parts, groups: 32, weight: weight, bias: bias, scale: scale, shift: shift)
    }
  }

  // MARK: - Norms

  /// Two channels a group, so that groups of `[3, 50, 11]` lie across parts. Sums are those of each channel,
  /// wherever it lies.
  @Test(arguments: widths, [ScalarType.float32, .bfloat16])
  func aNormOfPartsHasTheBitsOfOneOfAll(widths: [Int], type: ScalarType) throws {
    let (norm, x) = (try Norm(), try Self.image(type))
    let cotangent = try TestTensors.narrow(x.shape, seed: 6).converted(to: type)
    let whole = try vectorJacobianProduct(at: x, cotangent: cotangent) { try norm([$0]).values }
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent) {
      try norm(Self.parts(of: $0, widths)).values
    }
    #expect(try found.value.bits() == whole.value.bits())
    #expect(try found.gradient.bits() == whole.gradient.bits())
    #expect(try norm(Self.parts(of: x, widths)).values.bits() == whole.value.bits())
  }

  /// float64 and GPUs join the parts.
  @Test func otherTypesGiveTheSame() throws {
    let (norm, x) = (try Norm(), try Self.image(.float64))
    let normed = try norm(Self.parts(of: x, [3, 50, 11]))
    #expect(try normed.values.doubles() == norm([x]).values.doubles())
    #expect(normed.rest.map { $0.shape[1] } == [3, 50, 11])
  }

  /// The gradient of u·norm(x) + v·x, where only the parts that `takes` names come to the second term.
  private func branched(
    _ norm: Norm, at x: Tensor, _ widths: [Int], _ u: Tensor, _ v: Tensor, takes: Range<Int>
  ) throws -> Tensor {
    let first = widths[..<takes.lowerBound].reduce(0, +)
    let own = try v.sliced(first..<first + widths[takes].reduce(0, +), along: 1)
    return try valueAndGradient(at: x) {
      let normed = try norm(Self.parts(of: $0, widths))
      let rest = try Tensor.concatenated(Array(normed.rest[takes]), along: 1)
      let sums = try [normed.values * u, rest * own].map { try $0.sum(over: [1, 2, 3]) }
      return try sums[0] + sums[1]
    }.gradient
  }

  @Test(arguments: widths) func gradientsToTheRestAreAdded(widths: [Int]) throws {
    let (norm, x) = (try Norm(), try Self.image(.float32))
    let u = try TestTensors.narrow(x.shape, seed: 6)
    let v = try TestTensors.narrow(x.shape, seed: 7)
    let alone = try vectorJacobianProduct(at: x, cotangent: u) { try norm([$0]).values }.gradient
    let found = try branched(norm, at: x, widths, u, v, takes: 0..<widths.count)
    #expect(try found.bits() == (alone + v).bits())
  }

  @Test func partsWithoutOtherGradientsHaveTheNormsAlone() throws {
    let (norm, x) = (try Norm(), try Self.image(.float32))
    let u = try TestTensors.narrow(x.shape, seed: 6)
    let v = try TestTensors.narrow(x.shape, seed: 7)
    let alone = try vectorJacobianProduct(at: x, cotangent: u) { try norm([$0]).values }.gradient
    let found = try branched(norm, at: x, [3, 50, 11], u, v, takes: 1..<2)
    let expected = try [0..<3, 3..<53, 53..<64].map { channels in
      let own = try alone.sliced(channels, along: 1)
      return channels.lowerBound == 3 ? try own + v.sliced(channels, along: 1) : own
    }
    #expect(try found.bits() == Tensor.concatenated(expected, along: 1).bits())
  }

  /// The norm's gradient is rounded to 2⁻⁸ of itself before both are added, and the sum once more.
  @Test(arguments: widths) func gradientsToTheRestAreAddedInBFloat16(widths: [Int]) throws {
    let (norm, x) = (try Norm(), try Self.image(.bfloat16))
    let u = try TestTensors.narrow(x.shape, seed: 6).converted(to: .bfloat16)
    let v = try TestTensors.narrow(x.shape, seed: 7).converted(to: .bfloat16)
    let alone = try vectorJacobianProduct(at: x, cotangent: u) { try norm([$0]).values }.gradient
    let found = try branched(norm, at: x, widths, u, v, takes: 0..<widths.count)
    let (a, b) = (try alone.converted(to: .float64), try v.converted(to: .float64))
    let allowed = try (a.absolute() + b.absolute()) * 0x1p-7
    let excess = try (found.converted(to: .float64) - a - b).absolute() - allowed
    #expect(try excess.doubles().allSatisfy { $0 <= 0 })
  }

  @Test func scaleAndShiftHaveTheGradientsOfAll() throws {
    let (norm, x) = (try Norm(), try Self.image(.float32))
    let u = try TestTensors.narrow(x.shape, seed: 6)
    for isScale in [true, false] {
      let gradients = try [[64], [3, 50, 11]].map { widths in
        try vectorJacobianProduct(at: isScale ? norm.scale : norm.shift, cotangent: u) {
          try Tensor.normActivation(
            Self.parts(of: x, widths), groups: 32, weight: norm.weight, bias: norm.bias,
            scale: isScale ? $0 : norm.scale, shift: isScale ? norm.shift : $0
          ).values
        }.gradient
      }
      #expect(try gradients[0].bits() == gradients[1].bits())
      #expect(try gradients[0].largest() > 1)
    }
  }

  @Test func theRestIsTheParts() throws {
    let (norm, x) = (try Norm(), try Self.image(.float32))
    let v = try TestTensors.narrow(x.shape, seed: 7)
    let found = try vectorJacobianProduct(at: x, cotangent: v) {
      try .concatenated(norm(Self.parts(of: $0, [40, 24])).rest, along: 1)
    }
    #expect(try found.value.bits() == x.bits())
    #expect(try found.gradient.bits() == v.bits(), "also where nothing is made of the norm")
    let one = try vectorJacobianProduct(at: x, cotangent: v.sliced(40..<64, along: 1)) {
      try norm(Self.parts(of: $0, [40, 24])).rest[1]
    }
    #expect(try one.gradient.sliced(40..<64, along: 1).bits() == v.sliced(40..<64, along: 1).bits())
    #expect(try one.gradient.sliced(0..<40, along: 1).largest() == 0)
  }

  /// What is made of the rest of one sample goes on in channels-last memory, which libtorch guesses from strides.
  @Test func theRestKeepsItsOrderOfMemory() throws {
    let norm = try Norm(batch: 1)
    let result = try valueAndGradient(at: Self.image(.float32, batch: 1)) { x in
      let doubled = try norm([x]).rest[0].upsampledNearest()
      return (try doubled.sum(over: [0, 1, 2, 3]), doubled.isChannelsLast)
    }
    #expect(result.extra)
  }

  @Test func partsThatDoNotFitTogetherAreRefused() throws {
    let norm = try Norm()
    let x = try Self.parts(of: Self.image(.float32), [40, 24])
    let other = try Self.parts(of: Self.image(.float32, size: [32, 32]), [40, 24])
    let fewer = try Self.parts(of: Self.image(.float32, batch: 1), [40, 24])
    let half = try Self.parts(of: Self.image(.bfloat16), [40, 24])
    for parts in [[], [x[0]], [x[0], other[1]], [x[0], fewer[1]], [x[0], half[1]]] {
      #expect(throws: TensorError.self) { _ = try norm(parts) }
    }
  }

  // MARK: - 1×1 convolutions

  static func weights() throws -> (Tensor, Tensor) {
    (try TestTensors.narrow([48, 64], seed: 8), try TestTensors.narrow([48], seed: 9))
  }

  /// A sum of n products in float32 is off by at most (n + 1)·2⁻²⁴ of the sum of their sizes, here below n.
  @Test(arguments: widths) func mixingPartsIsMixingAll(widths: [Int]) throws {
    let (x, (weight, bias)) = (try Self.image(.float32), try Self.weights())
    let cotangent = try TestTensors.narrow([2, 48, 33, 32], seed: 10).channelsLast()
    let exact = try vectorJacobianProduct(
      at: x.converted(to: .float64), cotangent: cotangent.converted(to: .float64)
    ) {
      try $0.plainConvolution(
        weight: weight.converted(to: .float64).reshaped([48, 64, 1, 1]),
        bias: bias.converted(to: .float64))
    }
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent) {
      try .mixedChannels(Self.parts(of: $0, widths), weight: weight, bias: bias)
    }
    #expect(found.value.isChannelsLast)
    #expect(try found.value.distance(to: exact.value) <= 65 * 66 * 0x1p-24)
    #expect(try found.gradient.distance(to: exact.gradient) <= 48 * 49 * 0x1p-24)
    let alone = try Tensor.mixedChannels(Self.parts(of: x, widths), weight: weight, bias: bias)
    #expect(try alone.bits() == found.value.bits())
  }

  /// In bfloat16 the bias and each part's share are rounded, 2⁻⁸ of what was added up so far, which is below the
  /// sum of the sizes. Gradients are of one part, and rounded once.
  @Test(arguments: widths) func mixingInBFloat16(widths: [Int]) throws {
    let x = try Self.image(.bfloat16)
    let (weight, bias) = try Self.weights()
    let layer = (try weight.converted(to: .bfloat16), try bias.converted(to: .bfloat16))
    let cotangent = try TestTensors.narrow([2, 48, 33, 32], seed: 10).converted(to: .bfloat16)
      .channelsLast()
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent) {
      try .mixedChannels(Self.parts(of: $0, widths), weight: layer.0, bias: layer.1)
    }
    func wide(_ change: (Tensor) throws -> Tensor) throws -> Differentiated<Void> {
      func convert(_ tensor: Tensor) throws -> Tensor { try change(tensor.converted(to: .float64)) }
      let (weight, bias) = (try convert(layer.0).reshaped([48, 64, 1, 1]), try convert(layer.1))
      return try vectorJacobianProduct(at: convert(x), cotangent: convert(cotangent)) {
        try $0.plainConvolution(weight: weight, bias: bias)
      }
    }
    let (exact, sizes) = (try wide { $0 }, try wide { try $0.absolute() })
    let off = try (found.value.converted(to: .float64) - exact.value).absolute()
    let excess = try off - sizes.value * (Double(widths.count + 1) * 0x1p-8)
    #expect(found.value.scalarType == .bfloat16 && found.value.isChannelsLast)
    #expect(try excess.doubles().allSatisfy { $0 <= 0 })
    let offInGradient = try (found.gradient.converted(to: .float64) - exact.gradient).absolute()
    let inGradient = try offInGradient - sizes.gradient * 0x1p-8
    #expect(try inGradient.doubles().allSatisfy { $0 <= 0 })
  }

  @Test func weightsOfOtherSizesAreRefused() throws {
    let (x, (weight, bias)) = (try Self.image(.float32), try Self.weights())
    let parts = try Self.parts(of: x, [40, 24])
    #expect(throws: TensorError.self) {
      _ = try Tensor.mixedChannels([parts[0]], weight: weight, bias: bias)
    }
    #expect(throws: TensorError.self) {
      let none = try weight.sliced(0..<0, along: 1)
      _ = try Tensor.mixedChannels([], weight: none, bias: bias)
    }
    for other in [
      try x.reshaped([-1, 64]), try x.reshaped([2, 64, 32, 33]).sliced(40..<64, along: 1),
    ] {
      #expect(throws: TensorError.self) {
        _ = try Tensor.mixedChannels([parts[0], other], weight: weight, bias: bias)
      }
    }
    #expect(throws: TensorError.self) {
      _ = try Tensor.mixedChannels([x], weight: weight, bias: bias.sliced(0..<1, along: 0))
    }
  }
}
