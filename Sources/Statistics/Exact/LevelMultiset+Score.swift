extension LevelMultiset {
  /// Σ over ordered pairs i < j of (xⱼ − xᵢ), and Σ|xᵢ − t|, of the samples of one pixel.
  private struct PixelSpread {
    var pairs = 0.0
    var errors = 0.0
    var before = 0

    /// Takes in `count` samples of a value, the values rising.
    mutating func add(_ value: Double, count: Int, total: Int, truth: Double) {
      // A sample of rank r is the larger one of r pairs and the smaller one of total − 1 − r.
      let ranks = Double(2 * before + count - 1) * Double(count)
      pairs += value * (ranks - Double(total - 1) * Double(count))
      errors += Double(count) * (value - truth).magnitude
      before += count
    }

    func score(total: Int) -> Double {
      let n = Double(total)
      return errors / n - pairs / (n * (n - 1))
    }
  }

  /// The continuous ranked probability score, averaged over pixels.
  ///
  /// mean|xᵢ − t| − ½·mean|xᵢ − xⱼ| over pairs of different samples, which is unbiased for few samples
  /// (Ferro 2014); from samples rounded to levels. NaN for fewer than two samples.
  func rankedScore(truth: [Float]) -> Double {
    guard count > 1, pixelCount > 0 else { return .nan }
    let sum = (0..<pixelCount).reduce(0.0) { sum, pixel in
      var spread = PixelSpread()
      forEachLevel(of: pixel) { level, times in
        spread.add(
          Double(level) / 255, count: times, total: count, truth: Double(truth[pixel]))
      }
      return sum + spread.score(total: count)
    }
    return sum / Double(pixelCount)
  }

  /// Hands out the levels of a pixel, rising, with the number of samples that take them.
  private func forEachLevel(of pixel: Int, _ body: (Int, Int) -> Void) {
    switch Form(count: count) {
    case .sorted:
      for plane in 0..<count { body(Int(planes[plane * pixelCount + pixel]), 1) }
    case .narrow: Self.forEachCount(narrow, of: pixel, body)
    case .wide: Self.forEachCount(wide, of: pixel, body)
    }
  }

  private static func forEachCount<Count: FixedWidthInteger>(
    _ counts: [Count], of pixel: Int, _ body: (Int, Int) -> Void
  ) {
    for level in 0..<levelCount where counts[pixel * levelCount + level] > 0 {
      body(level, Int(counts[pixel * levelCount + level]))
    }
  }
}
