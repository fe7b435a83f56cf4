import Testing

@testable import Engine

/// The known answers are those published with the Random123 library.
@Suite struct PhiloxTests {
  @Test func publishedAnswers() {
    let zeros = Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
    #expect(zeros == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.block(
      counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: SIMD2(0xa409_3822, 0x299f_31d0))
    #expect(pi == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func eightLanesGiveTheSameWords() {
    let key = SIMD2<UInt32>(0xa409_3822, 0xffff_fff0)
    var lanes = PhiloxLanes(
      word0: SIMD8(0, 1, 2, 0xffff_ffff, 4, 0x8000_0000, 6, 7), word1: SIMD8(repeating: 9),
      word2: SIMD8(0, .max, 1, 2, 3, 4, 5, 6), word3: SIMD8(repeating: 0xdead_beef))
    let counters = lanes
    lanes.encrypt(key: key)
    for lane in 0..<8 {
      let counter = SIMD4(
        counters.word0[lane], counters.word1[lane], counters.word2[lane], counters.word3[lane])
      let words = SIMD4(
        lanes.word0[lane], lanes.word1[lane], lanes.word2[lane], lanes.word3[lane])
      #expect(words == Philox.block(counter: counter, key: key))
    }
  }
}
