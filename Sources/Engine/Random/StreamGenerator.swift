/// Reads the words of a stream one after the other: integers, uniforms and choices.
///
/// The methods are the project's own rather than those of the standard library, whose algorithms
/// may change between releases and with them every mask.
public struct StreamGenerator: Sendable {
  let stream: NoiseStream
  private var number: UInt32 = 0
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// Starts at the first word of a stream.
  public init(_ stream: NoiseStream) {
    self.stream = stream
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = stream.block(number)
      number &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// The next 64 random bits, the first word the lower half.
  public mutating func nextLongWord() -> UInt64 {
    let low = UInt64(nextWord())
    return UInt64(nextWord()) << 32 | low
  }

  /// A uniform number in [0, 1), a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double {
    Double(nextLongWord() >> 11) * 0x1p-53
  }

  /// A uniform number between two bounds; the bound itself if both are equal.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    let value = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    return min(value, range.upperBound)
  }

  /// A uniform integer in 0..<`bound`, without bias.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 2019.
  /// - Precondition: `bound` > 0.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "A random integer needs a positive bound.")
    let bound = UInt64(bound)
    let smallest = (0 &- bound) % bound
    while true {
      let product = nextLongWord().multipliedFullWidth(by: bound)
      if product.low >= smallest { return Int(product.high) }
    }
  }

  /// `count` distinct integers of 0..<`bound` in random order, every ordered choice equally likely.
  ///
  /// - Precondition: 0 ≤ `count` ≤ `bound`.
  public mutating func choice(_ count: Int, of bound: Int) -> [Int] {
    precondition(0 <= count && count <= bound, "A choice cannot be larger than what it is from.")
    var items = Array(0..<bound)
    for index in 0..<count {
      items.swapAt(index, index + integer(below: bound - index))
    }
    return Array(items[..<count])
  }
}
