import Testing

@testable import Tensors

/// The fused layer SiLU(GroupNorm(x)·(1 + scale) + shift) against a plain float64 computation.
@Suite struct NormActivationTests {
  struct Layer: Sendable, CustomStringConvertible {
    var size = [5, 7]
    var scales = false
    var shifts = false
    var activates = true
    static let channels = 64

    var description: String {
      "\(size)\(scales ? ", scale" : "")\(shifts ? ", shift" : "")\(activates ? ", SiLU" : "")"
    }

    static let all = [[5, 7], [2, 3], [33, 32]].flatMap { size in
      [false, true].flatMap { scales in
        [false, true].flatMap { shifts in
          [false, true].map {
            Layer(size: size, scales: scales, shifts: shifts, activates: $0)
          }
        }
      }
    }

    func shape(_ batch: Int) -> [Int] { [batch, Self.channels] + size }

    func input(_ seed: UInt64 = 1) throws -> Tensor {
      try TestTensors.narrow(shape(2), seed: seed) * 3 + 0.5
    }
    var weight: Tensor { get throws { try TestTensors.narrow([Self.channels], seed: 2) + 1.5 } }
    var bias: Tensor { get throws { try TestTensors.narrow([Self.channels], seed: 3) } }
    func scale(_ batch: Int = 2) throws -> Tensor? {
      try scales
        ? TestTensors.narrow([2, Self.channels], seed: 4).sliced(0..<batch, along: 0) : nil
    }
    func shift(_ batch: Int = 2) throws -> Tensor? {
      try shifts
        ? TestTensors.narrow([2, Self.channels], seed: 5).sliced(0..<batch, along: 0) : nil
    }

    func fused(_ x: Tensor) throws -> Tensor {
      try x.normActivation(
        groups: 32, weight: weight, bias: bias, scale: scale(x.shape[0]), shift: shift(x.shape[0]),
        activate: activates)
    }

    /// The same from elementary operations in float64.
    func plain(_ x: Tensor, scale: Tensor?, shift: Tensor?) throws -> Tensor {
      let batch = x.shape[0]
      let groups = try x.converted(to: .float64).reshaped([batch, 32, -1])
      let centred = try groups - groups.mean(over: [2], keeping: true)
      let variance = try centred.squared().mean(over: [2], keeping: true)
      let unit = try (centred / (variance + 1e-5).squareRoot()).reshaped(x.shape)
      var h = try unit * Self.wide(weight) + Self.wide(bias)
      if let scale { h = try h * (Self.wide(scale) + 1) }
      if let shift { h = try h + Self.wide(shift) }
      return activates ? try h * h.sigmoid() : h
    }

    func plain(_ x: Tensor) throws -> Tensor {
      try plain(x, scale: scale(x.shape[0]), shift: shift(x.shape[0]))
    }

    private static func wide(_ values: Tensor) throws -> Tensor {
      let batch = values.rank == 2 ? values.shape[0] : 1
      return try values.converted(to: .float64).reshaped([batch, channels, 1, 1])
    }
  }

  /// The reference itself is checked: against finite differences here, against libtorch's operator below.
  @Test func thePlainComputationHasTheRightGradient() throws {
    let layer = Layer(size: [2, 3], scales: true, shifts: true)
    try expectGradient(at: TestTensors.wide(layer.shape(2), seed: 6)) { try layer.plain($0) }
  }

  /// Sums of up to 64 terms are taken in float32, so moments are good to 64·2⁻²⁴ = 4·10⁻⁶ of
  /// themselves; everything else rounds a few times. 10⁻⁵ of the largest value is allowed, and for
  /// gradients, which subtract two such sums, 2·10⁻⁵.
  @Test(arguments: Layer.all) func float32IsThePlainComputation(layer: Layer) throws {
    let x = try layer.input()
    let cotangent = try TestTensors.narrow(x.shape, seed: 7)
    let exact = try vectorJacobianProduct(
      at: x.converted(to: .float64), cotangent: cotangent.converted(to: .float64), of: layer.plain)
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent, of: layer.fused)
    let gradientScale = max(try exact.gradient.largest(), 1)
    #expect(try found.value.distance(to: exact.value) <= 1e-5 * exact.value.largest())
    #expect(try found.gradient.distance(to: exact.gradient) <= 2e-5 * gradientScale)
    #expect(try layer.fused(x).bits() == found.value.bits(), "with and without a graph")
  }

  /// Values around 1000 with a spread of 1: an input is rounded to 2⁻²⁴·1000 = 6·10⁻⁵ of the spread, and
  /// so is a·x + b. Squares around zero would lose 1000²·2⁻²⁴ = 6 % of the variance.
  @Test func valuesFarFromZeroKeepTheirSpread() throws {
    let layer = Layer(size: [33, 32], scales: true, shifts: true)
    let x = try TestTensors.narrow(layer.shape(2), seed: 1) + 1000
    let cotangent = try TestTensors.narrow(x.shape, seed: 7)
    let exact = try vectorJacobianProduct(
      at: x.converted(to: .float64), cotangent: cotangent.converted(to: .float64), of: layer.plain)
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent, of: layer.fused)
    #expect(try found.value.distance(to: exact.value) <= 1e-3 * exact.value.largest())
    #expect(try found.gradient.distance(to: exact.gradient) <= 1e-3 * exact.gradient.largest())
  }

  @Test(arguments: [[5, 7], [33, 32]]) func libtorchsOperatorAgrees(size: [Int]) throws {
    let layer = Layer(size: size, scales: true, shifts: true)
    let x = try layer.input()
    let spread = [2, Layer.channels, 1, 1]
    let norm = try x.groupNorm(groups: 32, weight: layer.weight, bias: layer.bias)
    let scaled = try norm * (layer.scale()!.reshaped(spread) + 1)
    let composed = try (scaled + layer.shift()!.reshaped(spread)).silu()
    let fused = try layer.fused(x)
    #expect(try fused.distance(to: composed) <= 1e-5 * composed.largest())
  }

  @Test(arguments: [(true, true), (true, false), (false, true)])
  func scaleAndShiftHaveGradients(scales: Bool, shifts: Bool) throws {
    let layer = Layer(scales: scales, shifts: shifts)
    let x = try layer.input()
    let cotangent = try TestTensors.narrow(x.shape, seed: 8)
    let (scale, shift) = (try layer.scale(), try layer.shift())
    for isScale in [true, false] where isScale ? scales : shifts {
      let point = try #require(isScale ? scale : shift)
      let exact = try vectorJacobianProduct(
        at: point.converted(to: .float64), cotangent: cotangent.converted(to: .float64)
      ) { try layer.plain(x, scale: isScale ? $0 : scale, shift: isScale ? shift : $0) }
      let found = try vectorJacobianProduct(at: point, cotangent: cotangent) {
        try x.normActivation(
          groups: 32, weight: layer.weight, bias: layer.bias, scale: isScale ? $0 : scale,
          shift: isScale ? shift : $0)
      }
      let largest = try exact.gradient.largest()
      #expect(largest > 0.1)
      #expect(try found.gradient.distance(to: exact.gradient) <= 2e-5 * largest)
    }
  }

  /// bfloat16 input goes through the same float32 arithmetic and is rounded once: 2⁻⁸ of each value,
  /// besides the 10⁻⁵ of above. A gradient is rounded before and after the norm's share is taken off:
  /// 2⁻⁸ of two terms, the larger of which is at most twice the largest gradient here.
  @Test(arguments: Layer.all) func bfloat16IsFloat32Rounded(layer: Layer) throws {
    let x = try layer.input().converted(to: .bfloat16)
    let cotangent = try TestTensors.narrow(x.shape, seed: 9).converted(to: .bfloat16)
    let found = try vectorJacobianProduct(at: x, cotangent: cotangent, of: layer.fused)
    let wide = try vectorJacobianProduct(
      at: x.converted(to: .float32), cotangent: cotangent.converted(to: .float32), of: layer.fused)
    #expect(found.value.scalarType == .bfloat16)
    #expect(found.gradient.scalarType == .bfloat16)
    let slack = try 1e-5 * wide.value.largest()
    for (value, target) in zip(try found.value.doubles(), try wide.value.doubles()) {
      #expect(abs(value - target) <= 0x1p-8 * abs(target) + slack)
      if abs(value - target) > 0x1p-8 * abs(target) + slack { break }
    }
    let largest = try wide.gradient.largest()
    #expect(try found.gradient.distance(to: wide.gradient) <= 3 * 0x1p-8 * largest)
  }

  @Test func float64GoesThroughLibtorch() throws {
    let layer = Layer(scales: true, shifts: true)
    let x = try layer.input().converted(to: .float64)
    let found = try layer.fused(x)
    #expect(found.scalarType == .float64)
    #expect(try found.distance(to: layer.plain(x)) <= 1e-5 * found.largest())
  }

  @Test(arguments: [ScalarType.float32, .bfloat16], [Float.nan, .infinity])
  func aNaNStaysInItsGroup(type: ScalarType, bad: Float) throws {
    let layer = Layer(scales: true, shifts: true)
    let x = try layer.input()
    var values = try x.floats()
    let pixels = 35
    let channel = 5
    values[(Layer.channels + channel) * pixels + 17] = bad
    let poisoned = try Tensor(values, shape: x.shape).converted(to: type)
    let clean = try layer.fused(x.converted(to: type)).floats()
    let result = try valueAndGradient(at: poisoned, of: layer.fused)
    let (found, gradient) = (try result.value.floats(), try result.gradient.floats())
    for index in found.indices {
      let (row, own) = (index / (Layer.channels * pixels), index / pixels % Layer.channels)
      if row == 1 && own / 2 == channel / 2 {
        #expect(found[index].isNaN && gradient[index].isNaN)
      } else if found[index] != clean[index] || gradient[index].isNaN {
        Issue.record("element \(index) changed")
      }
    }
  }

  /// No value of a row depends on other rows, on how many there are, or on the memory layout.
  @Test(arguments: [ScalarType.float32, .bfloat16], [[5, 7], [33, 32]])
  func rowsDoNotSeeEachOther(type: ScalarType, size: [Int]) throws {
    let layer = Layer(size: size, scales: true, shifts: true)
    let own = try layer.input(1).converted(to: type)
    let other = try layer.input(50).converted(to: type)
    let mixed = try Tensor.concatenated(
      [own.sliced(0..<1, along: 0), other.sliced(1..<2, along: 0)], along: 0)
    let alone = try own.sliced(0..<1, along: 0).contiguous()
    let results = try [own, mixed, alone, mixed.channelsLast()].map {
      let result = try valueAndGradient(at: $0, of: layer.fused)
      return [result.value, result.gradient]
    }
    for part in 0..<2 {
      let expected = try results[0][part].sliced(0..<1, along: 0).bits()
      for result in results.dropFirst() {
        #expect(try result[part].sliced(0..<1, along: 0).bits() == expected)
      }
    }
  }

  @Test func aConstantGroupIsItsBias() throws {
    let x = try Tensor.full(7, shape: [1, 32, 3, 3])
    let weight = try Tensor.full(2, shape: [32])
    let bias = try Tensor.full(0.25, shape: [32])
    let found = try valueAndGradient(at: x) {
      try $0.normActivation(groups: 32, weight: weight, bias: bias, activate: false)
    }
    #expect(try found.value.distance(to: Tensor.full(0.25, shape: x.shape)) <= 1e-3)
    #expect(try found.gradient.floats().allSatisfy(\.isFinite))
  }
}
