/// Philox4x32-10, a counter-based generator: a bijection of 128-bit counters for each 64-bit key.
///
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// The four output words of a counter are independent of every other counter, so any element of any
/// stream can be computed alone, in any order, on any machine.
public enum Philox {
  @inline(__always) static var multipliers: (UInt32, UInt32) { (0xD251_1F53, 0xCD9E_8D57) }
  @inline(__always) static var keyIncrements: (UInt32, UInt32) { (0x9E37_79B9, 0xBB67_AE85) }
  @inline(__always) static var rounds: Int { 10 }

  /// Returns the four random words of a counter.
  ///
  /// - Parameters:
  ///   - counter: the 128-bit counter, least significant word first.
  ///   - key: the 64-bit key, least significant word first.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (state, key) = (counter, key)
    for _ in 0..<rounds {
      let first = multipliers.0.multipliedFullWidth(by: state[0])
      let second = multipliers.1.multipliedFullWidth(by: state[2])
      state = SIMD4(
        second.high ^ state[1] ^ key[0], second.low, first.high ^ state[3] ^ key[1], first.low)
      key[0] &+= keyIncrements.0
      key[1] &+= keyIncrements.1
    }
    return state
  }
}

/// Eight Philox blocks computed side by side; lane `i` of the four vectors is one counter.
///
/// The words are those of ``Philox/block(counter:key:)``; only the layout differs.
struct PhiloxLanes {
  typealias Words = SIMD8<UInt32>

  var word0, word1, word2, word3: Words

  /// Encrypts the eight counters in place.
  mutating func encrypt(key: SIMD2<UInt32>) {
    var even = Half(self, shift: 0)
    var odd = Half(self, shift: 32)
    var (low, high) = (key[0], key[1])
    for _ in 0..<Philox.rounds {
      even.round(UInt64(low), UInt64(high))
      odd.round(UInt64(low), UInt64(high))
      low &+= Philox.keyIncrements.0
      high &+= Philox.keyIncrements.1
    }
    word0 = Self.join(even.word0, odd.word0)
    word1 = Self.join(even.word1, odd.word1)
    word2 = Self.join(even.word2, odd.word2)
    word3 = Self.join(even.word3, odd.word3)
  }

  @inline(__always)
  private static func join(_ even: SIMD4<UInt64>, _ odd: SIMD4<UInt64>) -> Words {
    unsafeBitCast((even & Half.mask) | (odd &<< 32), to: Words.self)
  }

  /// Four of the eight blocks, one word to the lower half of each 64-bit lane.
  ///
  /// The upper halves hold leftovers of products and are ignored: the widening multiplication of
  /// the vector units reads the lower halves only.
  private struct Half {
    var word0, word1, word2, word3: SIMD4<UInt64>

    static var mask: SIMD4<UInt64> { SIMD4(repeating: 0xFFFF_FFFF) }

    @inline(__always)
    init(_ lanes: PhiloxLanes, shift: UInt64) {
      word0 = unsafeBitCast(lanes.word0, to: SIMD4<UInt64>.self) &>> shift
      word1 = unsafeBitCast(lanes.word1, to: SIMD4<UInt64>.self) &>> shift
      word2 = unsafeBitCast(lanes.word2, to: SIMD4<UInt64>.self) &>> shift
      word3 = unsafeBitCast(lanes.word3, to: SIMD4<UInt64>.self) &>> shift
    }

    @inline(__always)
    mutating func round(_ keyLow: UInt64, _ keyHigh: UInt64) {
      let first = (word0 & Self.mask) &* UInt64(Philox.multipliers.0)
      let second = (word2 & Self.mask) &* UInt64(Philox.multipliers.1)
      word0 = (second &>> 32) ^ word1 ^ keyLow
      word2 = (first &>> 32) ^ word3 ^ keyHigh
      word1 = second
      word3 = first
    }
  }
}
