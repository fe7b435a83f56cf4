/// The Box–Muller transform of random words as ``NoiseStream`` has it, step by step: what NoiseShim must
/// give bit for bit.
///
/// Only additions, multiplications and integer operations are used, each rounded once as IEEE 754
/// says, so the result depends neither on a mathematics library nor on the vector width.
/// Radius and angle of a pair of words (k₁, k₂) are r = √(−2 ln((k₁+½)/2³²)) and 2π(k₂+½)/2³².
/// Against exact arithmetic the logarithm, root, sine and cosine are wrong by less than 3 units in
/// the last place, the normals by less than 6; their largest possible magnitude is 6.764.
enum NormalTransform {
  typealias Words = SIMD8<UInt32>
  typealias Floats = SIMD8<Float>

  /// Eight independent pairs of normals: r·cos and r·sin.
  @inline(__always)
  static func normals(_ radiusWords: Words, _ angleWords: Words) -> (Floats, Floats) {
    let radius = squareRoot(logarithm(radiusWords) * -2)
    let (cosine, sine) = cosineAndSine(angleWords)
    return (radius * cosine, radius * sine)
  }

  // MARK: - Logarithm

  /// ln u for u = (k + ½) / 2³², below 0.
  ///
  /// k + ½ is rounded to a float m·2ᵉ with m in [√½, √2), and with f = m − 1,
  /// ln m = f − f²/2 + f³·P(f), P a minimax polynomial (relative error below 1e-8). Above √½, f is
  /// u − 1 from the integer, as the rounding would leave few bits of it where u is nearly 1.
  @inline(__always)
  static func logarithm(_ words: Words) -> Floats {
    let high = unsigned16(words &>> 16)
    let low = unsigned16(words & 0xFFFF)
    let bits = bits(high * 65536 + (low + 0.5))
    let exponent = (bits &- squareRootOfHalf &+ 0x0080_0000) &>> 23
    let mantissa = floats(bits &- (exponent &<< 23) &+ 0x0080_0000)
    let isLast = 0 &- ((exponent &+ 31) &>> 6)
    let belowOne = ((65535 - high) * 65536 + (65535.5 - low)) * -0x1p-32
    let f = floats(
      (self.bits(belowOne) & isLast) | (self.bits(mantissa - 1) & ~isLast))
    let scale = unsigned16(exponent) - 33
    let tail = f * f * (f * logarithmTail(f) - 0.5)
    return scale * ln2High + (f + (scale * ln2Low + tail))
  }

  /// ln 2 in two parts; the first has few enough bits that its multiples up to 32 are exact.
  private static var ln2High: Float { 0x1.62e0p-1 }
  private static var ln2Low: Float { 0x1.0bfbe8p-15 }
  /// The bits of √½ as a float.
  private static var squareRootOfHalf: UInt32 { 0x3F35_04F3 }

  @inline(__always)
  private static func logarithmTail(_ f: Floats) -> Floats {
    var p = f * -0.07644785195589066 + 0.12761956453323364
    p = p * f - 0.13155990839004517
    p = p * f + 0.14201362431049347
    p = p * f - 0.16623803973197937
    p = p * f + 0.200012668967247
    p = p * f - 0.25000807642936707
    return p * f + 0.3333333134651184
  }

  // MARK: - Square root

  /// √x for x in [0, 64]: x times a reciprocal root from the exponent trick and three Newton steps.
  ///
  /// The hardware's root is reached from Swift through a call that checks for negative values lane
  /// by lane, which costs more than all the rest of the transform.
  @inline(__always)
  static func squareRoot(_ values: Floats) -> Floats {
    let half = values * 0.5
    var reciprocal = floats(0x5F37_59DF &- (bits(values) &>> 1))
    for _ in 0..<3 { reciprocal *= 1.5 - half * reciprocal * reciprocal }
    return values * reciprocal
  }

  // MARK: - Sine and cosine

  /// Cosine and sine of 2π(k + ½)/2³².
  ///
  /// The turn is cut at the nearest quarter in integers, which is exact, and the polynomials see an
  /// angle in [−π/4, π/4].
  @inline(__always)
  static func cosineAndSine(_ words: Words) -> (Floats, Floats) {
    let shifted = words &+ 0x2000_0000
    let quarter = shifted &>> 30
    let angle = centred30(shifted & 0x3FFF_FFFF) * radiansPerUnit
    let square = angle * angle
    let sine = bits(angle + angle * square * sineTail(square))
    let cosine = bits(1 + square * (square * cosineTail(square) - 0.5))
    let swap = 0 &- (quarter & 1)
    let cosineSign = ((quarter &+ 1) & 2) &<< 30
    let sineSign = (quarter & 2) &<< 30
    let first = (cosine & ~swap) | (sine & swap)
    let second = (sine & ~swap) | (cosine & swap)
    return (floats(first ^ cosineSign), floats(second ^ sineSign))
  }

  /// 2π / 2³².
  private static var radiansPerUnit: Float { 0x1.921fb6p-30 }

  @inline(__always)
  private static func sineTail(_ z: Floats) -> Floats {
    (z * -0.00019517593318596482 + 0.00833218079060316) * z - 0.16666655242443085
  }

  @inline(__always)
  private static func cosineTail(_ z: Floats) -> Floats {
    (z * 2.4439483240712434e-05 - 0.0013887378154322505) * z + 0.04166664555668831
  }

  // MARK: - Conversions that vectorise on every processor

  @inline(__always)
  private static func bits(_ values: Floats) -> Words { unsafeBitCast(values, to: Words.self) }

  @inline(__always)
  private static func floats(_ words: Words) -> Floats { unsafeBitCast(words, to: Floats.self) }

  /// Words below 2²³ as floats, exactly: written into the fraction of 2²³, which is then taken off.
  @inline(__always)
  static func unsigned16(_ words: Words) -> Floats { floats(words | 0x4B00_0000) - 0x1p23 }

  /// k + ½ − 2²⁹ for words k below 2³⁰, rounded once.
  @inline(__always)
  private static func centred30(_ words: Words) -> Floats {
    let high = floats((words &>> 15) | 0x4B00_0000) - (0x1p23 + 0x1p14)
    return high * 32768 + (unsigned16(words & 0x7FFF) + 0.5)
  }
}
