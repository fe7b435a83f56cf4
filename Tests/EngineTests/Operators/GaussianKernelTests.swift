import Testing

@testable import Engine

@Suite struct GaussianKernelTests {
  /// The published taps of 61 pixels and intensity 3, from the centre outwards, in float32.
  @Test func publishedTaps() throws {
    let kernel = try GaussianKernel(size: 61, intensity: 3)
    let expected = [
      0.132984549, 0.125797987, 0.106485695, 0.0806592032, 0.0546715781, 0.0331599899,
      0.0179975014, 0.00874087866, 0.00379877002, 0.00147732475, 0.00051410764, 0.000160094773,
      0.0000446113445,
    ]
    for (distance, tap) in expected.enumerated() {
      #expect(abs(kernel.taps[30 + distance] - tap) < 0x1p-23 * tap)
    }
    #expect(kernel.taps[..<18].allSatisfy { $0 == 0 } && kernel.taps[43...].allSatisfy { $0 == 0 })
  }

  @Test(arguments: [(61, 3.0), (9, 1), (9, 3), (21, 4), (1, 2), (5, 40), (3, 1e-3)])
  func kernelsAreSymmetricAndSumToOne(size: Int, intensity: Double) throws {
    let kernel = try GaussianKernel(size: size, intensity: intensity)
    #expect(kernel.taps.count == size)
    #expect(abs(kernel.taps.reduce(0, +) - 1) < 1e-14)
    for (left, right) in zip(kernel.taps, kernel.taps.reversed()) {
      #expect(abs(left - right) < 1e-15)
    }
  }

  /// Three taps of a Gaussian that reaches five: the outer two return at the mirrored place.
  @Test func tailsAreFoldedBack() throws {
    let whole = try GaussianKernel(size: 5, intensity: 0.5)
    let folded = try GaussianKernel(size: 3, intensity: 0.5)
    #expect(
      folded.taps == [whole.taps[0] + whole.taps[1], whole.taps[2], whole.taps[3] + whole.taps[4]])
  }

  @Test func impossibleKernelsAreRefused() {
    for size in [Int.min, -3, 0, 2, 60, 4097, Int.max] {
      #expect(throws: OperatorError.kernelSize(size)) {
        _ = try GaussianKernel(size: size, intensity: 1)
      }
    }
    for intensity in [0, -1, 2000, Double.infinity] {
      #expect(throws: OperatorError.blurIntensity(intensity)) {
        _ = try GaussianKernel(size: 9, intensity: intensity)
      }
    }
    #expect(throws: OperatorError.self) { _ = try GaussianKernel(size: 9, intensity: .nan) }
    #expect(throws: OperatorError.blurTruncation(0)) {
      _ = try GaussianKernel(size: 9, intensity: 1, truncate: 0)
    }
  }
}
