import Testing

@testable import Tensors

/// Reproducible values for tests: numbers of SplitMix64 (Steele, Lea and Flood, 2014).
enum TestTensors {
  /// `count` numbers, uniform in [−1, 1).
  static func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
      word ^= word &>> 31
      return Double(Int64(bitPattern: word) &>> 11) * 0x1p-52
    }
  }

  /// A float64 tensor of such numbers.
  static func wide(_ shape: [Int], seed: UInt64) throws -> Tensor {
    try Tensor(numbers(shape.reduce(1, *), seed: seed), shape: shape)
  }

  /// A float32 tensor of such numbers.
  static func narrow(_ shape: [Int], seed: UInt64) throws -> Tensor {
    try Tensor(numbers(shape.reduce(1, *), seed: seed).map { Float($0) }, shape: shape)
  }
}

extension Tensor {
  /// The bits of the elements as float32: equal only for the same values, NaN included.
  func bits() throws -> [UInt32] { try floats().map(\.bitPattern) }

  /// max |self − other| over all elements; NaN where either has one.
  func distance(to other: Tensor) throws -> Double {
    let pairs = zip(try doubles(), try other.doubles())
    return pairs.reduce(0) { largest, pair in
      let difference = abs(pair.0 - pair.1)
      return difference.isNaN || difference > largest ? difference : largest
    }
  }

  /// max |self|.
  func largest() throws -> Double { try doubles().reduce(0) { max($0, abs($1)) } }

  func dot(_ other: Tensor) throws -> Double {
    zip(try doubles(), try other.doubles()).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// Compares cotangentᵀ·J with central differences along three directions, all in float64.
///
/// With step h = 10⁻⁵ a difference is off by h²·f‴/6 + 2⁻⁵²·|f|/h, some 10⁻¹⁰ of the terms that
/// are added up; 10⁻⁷ of their absolute sum is allowed.
func expectGradient(
  at point: Tensor, of function: (Tensor) throws -> Tensor,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let h = 1e-5
  let cotangent = try TestTensors.wide(try function(point).shape, seed: 77)
  let gradient = try vectorJacobianProduct(at: point, cotangent: cotangent, of: function).gradient
  #expect(gradient.shape == point.shape, sourceLocation: sourceLocation)
  for seed in 1...3 {
    let direction = try TestTensors.wide(point.shape, seed: UInt64(seed))
    let ahead = try function(point + direction * h)
    let behind = try function(point - direction * h)
    let expected = try (ahead - behind).dot(cotangent) / (2 * h)
    let found = try gradient.dot(direction)
    let scale = try gradient.absolute().dot(direction.absolute())
    #expect(abs(found - expected) <= 1e-7 * scale + 1e-10, sourceLocation: sourceLocation)
  }
}
