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
