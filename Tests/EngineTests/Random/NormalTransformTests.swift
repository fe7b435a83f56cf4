import Foundation
import Testing

@testable import Engine

/// The transform against the same formulas in double precision from the mathematics library.
@Suite struct NormalTransformTests {
  /// Words where something changes: ends, quarter turns, the switch at √½, powers of two.
  static let corners: [UInt32] =
    [0, 1, 2, 0xB504_F2FF, 0xB504_F300, 0xB504_F333, 0xB504_F334]
    + (0..<8).flatMap { eighth -> [UInt32] in
      [eighth &* 0x2000_0000, eighth &* 0x2000_0000 &- 1]
    }
    + (0..<32).flatMap { bit -> [UInt32] in [1 << bit, ~(1 << bit), (1 << bit) &- 1] }

  static let words: [UInt32] = {
    var generator = StreamGenerator(NoiseStream(seed: 5, image: 6, purpose: .probe))
    return corners + (0..<5000).map { _ in generator.nextWord() }
      + (0..<2000).map { _ in generator.nextWord() >> (generator.nextWord() & 31) }
      + (0..<2000).map { _ in ~(generator.nextWord() >> (generator.nextWord() & 31)) }
  }()

  static func exactLogarithm(_ word: UInt32) -> Double {
    word < 0x8000_0000
      ? log((Double(word) + 0.5) / 0x1p32) : log1p(-(Double(~word) + 0.5) / 0x1p32)
  }

  /// Cosine and sine of 2π(word + ½)/2³², the turn cut in integers: double has few bits of 2π.
  static func exactTurn(_ word: UInt32) -> (cosine: Double, sine: Double) {
    let quarter = (Int64(word) + 0x2000_0000) >> 30
    let angle = (Double(Int64(word) - (quarter << 30)) + 0.5) * 2 * .pi / 0x1p32
    switch quarter & 3 {
    case 0: return (cos(angle), sin(angle))
    case 1: return (-sin(angle), cos(angle))
    case 2: return (-cos(angle), -sin(angle))
    default: return (sin(angle), -cos(angle))
    }
  }

  /// The error in units of the last place of a float of that size.
  static func units(_ value: Float, _ exact: Double) -> Double {
    abs(Double(value) - exact) / Double(Float(abs(exact)).ulp)
  }

  @Test func logarithmIsExactToThreeUnits() {
    for word in Self.words {
      let value = NormalTransform.logarithm(SIMD8(repeating: word))[3]
      #expect(Self.units(value, Self.exactLogarithm(word)) < 3, "word \(word)")
    }
  }

  @Test func sineAndCosineAreExactToThreeUnits() {
    for word in Self.words {
      let (cosine, sine) = NormalTransform.cosineAndSine(SIMD8(repeating: word))
      let exact = Self.exactTurn(word)
      #expect(Self.units(cosine[0], exact.cosine) < 3, "word \(word)")
      #expect(Self.units(sine[7], exact.sine) < 3, "word \(word)")
    }
  }

  @Test func rootIsExactToThreeUnits() {
    for word in Self.words {
      let value = Float(-2 * Self.exactLogarithm(word))
      let root = NormalTransform.squareRoot(SIMD8(repeating: value))[0]
      #expect(Self.units(root, Double(value).squareRoot()) < 3, "\(value)")
    }
  }

  @Test func normalsAreExactToSixUnits() {
    for (radius, turn) in zip(Self.words, Self.words.reversed()) {
      let (first, second) = NormalTransform.normals(
        SIMD8(repeating: radius), SIMD8(repeating: turn))
      let exactRadius = (-2 * Self.exactLogarithm(radius)).squareRoot()
      let exact = Self.exactTurn(turn)
      #expect(Self.units(first[0], exactRadius * exact.cosine) < 6)
      #expect(Self.units(second[0], exactRadius * exact.sine) < 6)
    }
  }

  @Test func extremeWordsGiveFiniteNormals() {
    let (largest, _) = NormalTransform.normals(SIMD8(repeating: 0), SIMD8(repeating: 0))
    #expect(abs(largest[0] - 6.764) < 0.001)
    let (smallest, _) = NormalTransform.normals(SIMD8(repeating: .max), SIMD8(repeating: 0))
    #expect(smallest[0] > 0 && smallest[0] < 2e-5)
  }
}
