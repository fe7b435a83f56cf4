import Testing

@testable import RunFiles

/// Damages good files in every way a few bytes can, with a fixed sequence of random numbers.
@Suite struct ConfigurationFuzzTests {
  typealias Samples = ConfigurationSamples

  /// SplitMix64 (Steele, Lea and Flood, 2014).
  struct Sequence {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  }

  static let pieces =
    [
      "[", "]", "{", "}", "&a ", "*a", "? ", ": ", "- ", "!!python/tuple ", "!!", "!<", "|\n", ">",
      "\t",
      "'", "\"", "\\", "#", "%YAML 1.1\n", "---\n", "...\n", "\u{0}", "\u{FEFF}", "é", "<<", "~",
      "null",
      "1e999", "-1", "99999999999999999999", "0x", ".nan", "\r", "\u{2028}", "\u{E000}", ",", "\n",
      "  ", "\\uD800", "\"\\x", "@", "`",
    ].map { Array($0.utf8) }

  private static func damaged(_ bytes: [UInt8], _ random: inout Sequence) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(4) {
      let place = random.below(bytes.count + 1)
      switch random.below(5) {
      case 0: bytes.insert(contentsOf: pieces[random.below(pieces.count)], at: place)
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.below(9)))
      case 2 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
      default: bytes += bytes[place...].prefix(random.below(200))
      }
    }
    return bytes
  }

  private func expectAnAnswer(_ bytes: [UInt8]) {
    guard let text = try? ConfigurationText.decode(bytes) else { return }
    do {
      expectRoundTrip(try Samples.load(text))
    } catch {
      #expect(error.description.hasPrefix("a.yaml"))
      #expect(!error.problems.isEmpty)
    }
  }

  private func expectRoundTrip(_ configuration: Configuration) {
    let again = try? Samples.load(configuration.yaml())
    #expect(again == configuration)
  }

  @Test(arguments: 0..<8) func damagedFilesGiveAnErrorOrAConfiguration(part: Int) {
    let good = [Samples.full, Samples.minimal, PublishedFilesTests.inpainting]
    var random = Sequence(state: UInt64(part))
    for round in 0..<400 {
      expectAnAnswer(Self.damaged(Array(good[round % good.count].utf8), &random))
    }
  }

  @Test func heapsOfYAMLPiecesGiveAnError() {
    var random = Sequence(state: 99)
    for _ in 0..<600 {
      expectAnAnswer(
        (0..<random.below(40)).flatMap { _ in Self.pieces[random.below(Self.pieces.count)] })
    }
  }

  @Test func damagedOverridesGiveAnErrorOrAConfiguration() {
    var random = Sequence(state: 7)
    for _ in 0..<600 {
      let bytes = Self.damaged(Array("sampler.steps=[1, 2]".utf8), &random)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!Samples.problem(of: Samples.full, [text]).isEmpty)
    }
  }

  @Test func everyPrefixOfAFileGivesAnErrorOrAConfiguration() {
    for count in 0..<Samples.full.utf8.count {
      expectAnAnswer(Array(Samples.full.utf8.prefix(count)))
    }
  }
}
