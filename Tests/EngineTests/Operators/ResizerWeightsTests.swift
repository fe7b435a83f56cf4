import Testing

@testable import Engine

@Suite struct ResizerWeightsTests {
  /// Every output of 256 → 64 has these weights, in 4096ths, as the published code prints them.
  static let quarter: [Double] = [
    -7, -45, -75, -49, 93, 399, 745, 987, 987, 745, 399, 93, -49, -75, -45, -7,
  ].map { $0 / 4096 }

  @Test(arguments: [256, 64])
  func publishedWeightsOfFourfoldShrinking(length: Int) throws {
    let weights = try ResizerWeights(inputLength: length, scale: 0.25)
    #expect(weights.outputLength == length / 4 && weights.tapCount == 16)
    for row in 0..<weights.outputLength {
      #expect(Array(weights.weights[row * 16..<row * 16 + 16]) == Self.quarter)
    }
    #expect(weights.fieldOfView[..<16] == [5, 4, 3, 2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(weights.fieldOfView[16..<18] == [1, 0])
    let last = weights.fieldOfView.suffix(16).map { $0 - length }
    #expect(last == [-10, -9, -8, -7, -6, -5, -4, -3, -2, -1, -1, -2, -3, -4, -5, -6])
  }

  @Test func outputLengthsAreRoundedUp() throws {
    #expect(try ResizerWeights(inputLength: 30, scale: 0.25).outputLength == 8)
    #expect(try ResizerWeights(inputLength: 27, scale: 0.5).outputLength == 14)
    #expect(try ResizerWeights(inputLength: 27, scale: 0.5).tapCount == 5)
    #expect(try ResizerWeights(inputLength: 1, scale: 0.25).outputLength == 1)
    #expect(try ResizerWeights(inputLength: 10, scale: 2.5).outputLength == 25)
  }

  static let axes: [(length: Int, scale: Double)] = [
    (30, 0.25), (27, 0.5), (7, 1 / 3), (9, 2), (5, 1),
  ]

  @Test(arguments: ResizingKernel.allCases, axes)
  func rowsSumToOneAndStayInside(kernel: ResizingKernel, axis: (length: Int, scale: Double)) throws
  {
    let weights = try ResizerWeights(
      inputLength: axis.length, scale: axis.scale, kernel: kernel)
    for row in 0..<weights.outputLength {
      let taps = row * weights.tapCount..<(row + 1) * weights.tapCount
      #expect(abs(weights.weights[taps].reduce(0, +) - 1) < 1e-14)
    }
    #expect(weights.fieldOfView.allSatisfy { (0..<axis.length).contains($0) })
  }

  @Test func boxAveragesAndLinearDoubles() throws {
    let box = try ResizerWeights(inputLength: 6, scale: 0.5, kernel: .box)
    #expect(box.matrix()[..<6] == [0.5, 0.5, 0, 0, 0, 0])
    let linear = try ResizerWeights(inputLength: 4, scale: 2, kernel: .linear)
    #expect(linear.matrix()[8..<12] == [0.25, 0.75, 0, 0])
  }

  @Test func scaleOneIsTheIdentity() throws {
    let weights = try ResizerWeights(inputLength: 5, scale: 1)
    #expect(weights.tapCount == 1 && weights.fieldOfView == [0, 1, 2, 3, 4])
  }

  @Test func withoutAntialiasingPixelsAreSkipped() throws {
    let weights = try ResizerWeights(inputLength: 64, scale: 0.25, antialiasing: false)
    #expect(weights.tapCount == 4)
  }

  @Test func kernelsAreOneAtZeroAndVanishAtTheirEnds() {
    for kernel in ResizingKernel.allCases {
      #expect(abs(kernel(0) - 1) < 1e-12)
      #expect(abs(kernel(kernel.width / 2 + 0.01)) == 0)
    }
    #expect(ResizingKernel.cubic(0.5) == 0.5625 && ResizingKernel.cubic(-1.5) == -0.0625)
    #expect(abs(ResizingKernel.lanczos2(1)) < 1e-7 && abs(ResizingKernel.lanczos3(2)) < 1e-7)
  }

  @Test func impossibleSizesAreRefused() {
    for length in [Int.min, 0, 4097] {
      #expect(throws: OperatorError.axisLength(length)) {
        _ = try ResizerWeights(inputLength: length, scale: 0.5)
      }
    }
    for scale in [0, -1, 1e-9, 2000, Double.infinity] {
      #expect(throws: OperatorError.resizingScale(scale)) {
        _ = try ResizerWeights(inputLength: 8, scale: scale)
      }
    }
    #expect(throws: OperatorError.self) { _ = try ResizerWeights(inputLength: 8, scale: .nan) }
    #expect(throws: OperatorError.axisLength(1 << 22)) {
      _ = try ResizerWeights(inputLength: 4096, scale: 1024)
    }
  }
}
