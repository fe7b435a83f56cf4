/// One stream of random numbers, a pure function of run seed, image, sample, purpose, step, attempt.
///
/// ## Layout
/// The key of Philox is a 64-bit mix of the run seed and the image key. The 128-bit counter holds
///
/// | word | content |
/// |---|---|
/// | 0 | number of the block of four output words |
/// | 1 | step |
/// | 2 | sample |
/// | 3 | purpose · 2¹⁶ + attempt |
///
/// so streams of one image never share a counter. The mix is a bijection in the image for a fixed
/// seed, and in the seed for a fixed image: two images of one run, or two runs over one image,
/// never share a key. Only streams that differ in seed *and* image can: 2⁻⁶⁴ a pair.
///
/// ## Elements
/// Element `i` belongs to the group `i / 32` of eight blocks: it is made from blocks
/// `8·(i/32) + i%8`, so it depends on the stream and on `i` alone, never on how many are drawn.
public struct NoiseStream: Hashable, Sendable {
  /// The number of elements a stream has, 2³⁴.
  public static let elementLimit = 1 << 34

  /// The mixed key of seed and image.
  public let key: UInt64
  /// The index of the sample within its image.
  public let sample: UInt32
  /// What the numbers are for.
  public let purpose: NoisePurpose
  /// The step of the sampler.
  public let step: UInt32
  /// How often the sample was tried before.
  public let attempt: UInt16

  /// Makes a stream.
  ///
  /// Purposes shared by an image (``NoisePurpose/isSharedByImage``) ignore `sample` and `attempt`.
  public init(
    seed: UInt64, image: UInt64, sample: UInt32 = 0, purpose: NoisePurpose, step: UInt32 = 0,
    attempt: UInt16 = 0
  ) {
    self.key = Self.mix(Self.mix(seed) ^ image)
    self.sample = purpose.isSharedByImage ? 0 : sample
    self.purpose = purpose
    self.step = step
    self.attempt = purpose.isSharedByImage ? 0 : attempt
  }

  /// A bijection of 64-bit words in which every input bit moves every output bit.
  ///
  /// Source: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
  static func mix(_ word: UInt64) -> UInt64 {
    var word = word &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word &>> 31)
  }

  var keyWords: SIMD2<UInt32> {
    SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key &>> 32))
  }

  var tag: UInt32 { UInt32(purpose.rawValue) &<< 16 | UInt32(attempt) }

  /// The four random words of a block.
  func block(_ number: UInt32) -> SIMD4<UInt32> {
    Philox.block(counter: SIMD4(number, step, sample, tag), key: keyWords)
  }
}
