import NoiseShim
import Testing

@testable import Engine

@Suite struct NoiseStreamTests {
  private func stream(
    seed: UInt64 = 1, image: UInt64 = 2, sample: UInt32 = 3, purpose: NoisePurpose = .step,
    step: UInt32 = 4, attempt: UInt16 = 0
  ) -> NoiseStream {
    NoiseStream(
      seed: seed, image: image, sample: sample, purpose: purpose, step: step, attempt: attempt)
  }

  @Test func bitsAreTheSameForEver() {
    let bits = stream().normals(1000).reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3
    }
    #expect(bits == 9_151_748_271_831_550_934)
    #expect(stream().normals(3) == [-0.29127252, -1.4607767, 0.07942494])
    #expect(stream(purpose: .guidance).uniforms(3) == [0.60413384, 0.60514027, 0.7561078])
  }

  @Test(arguments: [0, 1, 7, 31, 32, 33, 63, 64, 100])
  func elementsDoNotDependOnHowManyAreDrawn(count: Int) {
    let long = stream().normals(130)
    #expect(stream().normals(count) == Array(long[..<count]))
    #expect(stream().uniforms(count) == Array(stream().uniforms(130)[..<count]))
  }

  @Test func nothingIsWrittenBeyondTheBuffer() {
    var values = [Float](repeating: 99, count: 70)
    values.withUnsafeMutableBufferPointer {
      stream().fillNormals(UnsafeMutableBufferPointer(rebasing: $0[10..<51]))
    }
    #expect(Array(values[10..<51]) == stream().normals(41))
    #expect((values[..<10] + values[51...]).allSatisfy { $0 == 99 })
  }

  /// Bit for bit the transform of the documented blocks, on every generation of processors up to
  /// this one.
  @Test func elementsComeFromTheDocumentedBlocks() {
    let count = 50_000
    let normals = widths.map { width in filled(count) { noise_fill_normals($0, width, $1, $2) } }
    let uniforms = widths.map { width in filled(count) { noise_fill_uniforms($0, width, $1, $2) } }
    #expect(Set(normals).count == 1 && Set(uniforms).count == 1)
    #expect(stream().normals(count) == normals[0] && stream().uniforms(count) == uniforms[0])
    for index in 0..<count where (index / 8).isMultiple(of: 2) {
      let words = stream().block(UInt32(8 * (index / 32) + index % 8))
      let pair = index % 32 / 16
      let (first, second) = NormalTransform.normals(
        SIMD8(repeating: words[2 * pair]), SIMD8(repeating: words[2 * pair + 1]))
      guard normals[0][index] == first[0], normals[0][index + 8] == second[0],
        uniforms[0][index] == Float(words[2 * pair] >> 8) * 0x1p-24,
        uniforms[0][index + 8] == Float(words[2 * pair + 1] >> 8) * 0x1p-24
      else {
        Issue.record("element \(index) is not that of its block")
        return
      }
    }
  }

  private var widths: [NoiseWidth] {
    [NoiseWidthPlain, NoiseWidthAVX2, NoiseWidthAVX512]
      .filter { $0.rawValue <= noise_widest().rawValue }
  }

  private func filled(
    _ count: Int, _ fill: (NoiseStreamWords, UnsafeMutablePointer<Float>, Int64) -> Void
  ) -> [Float] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(stream().words, buffer.baseAddress!, Int64(count))
      initialized = count
    }
  }

  /// Streams that differ in one or more fields, at the ends and in the middle of their ranges.
  @Test func distinctStreamsHaveDistinctFingerprints() {
    var streams: [NoiseStream] = []
    for seed in [0, UInt64.max] {
      for image in [0, 1, UInt64.max] {
        for sample in [0, 1, 0x1_0000, UInt32.max] {
          for purpose in NoisePurpose.allCases where !purpose.isSharedByImage {
            for step in [0, 1, 2, 3, 0x1_0000, 0x8000_0000, UInt32.max - 1, UInt32.max] {
              for attempt in [0, 1, UInt16.max] {
                streams.append(
                  stream(
                    seed: seed, image: image, sample: sample, purpose: purpose, step: step,
                    attempt: attempt))
              }
            }
          }
        }
      }
    }
    #expect(Set(streams.map { $0.block(0) }).count == streams.count)
    #expect(Set(streams.flatMap { [$0.block(0), $0.block(1)] }).count == 2 * streams.count)
  }

  @Test func keysNeverCollideForOneSeedOrOneImage() {
    let numbers = (0..<3000).map { UInt64($0) } + (0..<64).map { ~(UInt64(1) << $0) }
    #expect(Set(numbers.map { stream(image: $0).key }).count == numbers.count)
    #expect(Set(numbers.map { stream(seed: $0).key }).count == numbers.count)
    #expect(stream(seed: 1, image: 2).key != stream(seed: 2, image: 1).key)
  }

  /// Undoes the mix, which shows that it is a bijection.
  @Test func mixCanBeUndone() {
    func unshift(_ word: UInt64, _ shift: UInt64) -> UInt64 {
      var result = word
      for _ in 0..<3 { result = word ^ (result >> shift) }
      return result
    }
    for word in [0, 1, 0xDEAD_BEEF, UInt64.max, 1 << 63] {
      var back = unshift(NoiseStream.mix(word), 31)
      back = unshift(back &* 0x3196_42B2_D24D_8EC3, 27)
      back = unshift(back &* 0x96DE_1B17_3F11_9089, 30)
      #expect(back &- 0x9E37_79B9_7F4A_7C15 == word)
    }
  }

  @Test(arguments: NoisePurpose.allCases)
  func sharedPurposesIgnoreSampleAndAttempt(purpose: NoisePurpose) {
    let streams = Set(
      (0..<3).flatMap { index in
        [
          stream(sample: UInt32(index), purpose: purpose),
          stream(purpose: purpose, attempt: UInt16(index)),
        ]
      })
    #expect(streams.count == (purpose.isSharedByImage ? 1 : 6))
  }

  @Test func purposesKeepTheirNumbers() {
    let numbers = NoisePurpose.allCases.map { "\($0) \($0.rawValue)" }
    #expect(
      numbers == [
        "initial 1", "step 2", "measurement 3", "mask 4", "guidance 5", "langevin 6",
        "velocity 7", "proposal 8", "acceptance 9", "forward 10", "noisyMeasurement 11",
        "noiseToLevel 12", "ladder 13", "exact 14", "component 15", "operatorParameters 16",
        "photonCount 17", "probe 18", "unfolding 23", "outerStep 24", "initialisation 25",
        "latino 26", "operatorDraw 31", "gibbs 32",
      ])
  }
}
