/// The integers in which samples are summed: q = round(x·2²⁴), ties to even.
///
/// For |x| ≤ 256, |q| ≤ 2³². A `Float` times 2²⁴ is exact, so q is the correctly rounded
/// value, and |q·2⁻²⁴ − x| ≤ 2⁻²⁵ (0 for |x| ≥ 1).
enum FixedPoint {
  /// 2²⁴, the number of steps per image unit.
  static let scale = 16_777_216.0

  /// 1.5·2⁵²: a `Double` near it has unit spacing, so adding it rounds to an integer.
  private static let rounder = 6_755_399_441_055_744.0

  /// The largest magnitude a sample may have.
  static let magnitudeLimit: Float = 256

  /// Rounds x·2²⁴ to the nearest integer, ties to even.
  ///
  /// The bits of a `Double` near 1.5·2⁵² count up by one per integer; unlike `Int64(_:)` this has
  /// no branch, so loops over it vectorise. Valid for |x| ≤ 256.
  @inline(__always)
  static func quantised(_ x: Float) -> Int64 {
    let shifted = Double(x) * scale + rounder
    return Int64(bitPattern: shifted.bitPattern &- rounder.bitPattern)
  }

  /// The index of the first value that is not finite or larger in magnitude than `limit`.
  static func firstAbsurd(in values: UnsafeBufferPointer<Float>, limit: Float) -> Int? {
    guard hasAbsurd(values, limit: limit) else { return nil }
    return values.firstIndex { !($0.magnitude <= limit) }
  }

  /// As unsigned integers the bits of magnitudes order like the magnitudes, with infinity and NaN
  /// above all numbers; `limit − magnitude` then has its sign bit set exactly for a bad value.
  private static func hasAbsurd(_ values: UnsafeBufferPointer<Float>, limit: Float) -> Bool {
    let limitBits = limit.bitPattern
    var differences: UInt32 = 0
    for index in 0..<values.count {
      differences |= limitBits &- (values[index].bitPattern & 0x7FFF_FFFF)
    }
    return differences >> 31 != 0
  }
}
