import Foundation

/// What one image contributes to a calibration; a few kilobytes, whatever the size of the image.
struct ImageEvidence: Sendable {
  let samples: Int
  let all: PositionHistogram
  let unsaturated: PositionHistogram
  let errors: ErrorsByStd
  /// Where the truth's quantities lie among the samples', in [0, 1].
  let positions: [String: Double]
  let rankedScore: Double?
  let energyScore: Double?
  let intervalWidth: Double?

  init(_ image: CalibrationImage) {
    samples = image.statistics.count
    (all, unsaturated) = Self.positions(image)
    errors = ErrorsByStd(image.statistics, truth: image.truth)
    positions = Self.positions(of: image.quantities, key: image.key)
    rankedScore = image.statistics.levels.map { $0.rankedScore(truth: image.truth) }
    energyScore = Self.energyScore(image.quantities)
    intervalWidth = image.interval.map { Self.meanDifference($0.upper, $0.lower) }
  }
}

// MARK: - Pixels

extension ImageEvidence {
  private static func positions(
    _ image: CalibrationImage
  ) -> (all: PositionHistogram, unsaturated: PositionHistogram) {
    var (all, unsaturated) = (PositionHistogram(), PositionHistogram())
    guard let rank = image.statistics.rank else { return (all, unsaturated) }
    for pixel in image.truth.indices {
      let (below, equal) = (Int(rank.below[pixel]), Int(rank.equal[pixel]))
      all.add(below: below, equal: equal, samples: image.statistics.count)
      if image.truth[pixel] > 0, image.truth[pixel] < 1 {
        unsaturated.add(below: below, equal: equal, samples: image.statistics.count)
      }
    }
    return (all, unsaturated)
  }

  private static func meanDifference(_ upper: [Float], _ lower: [Float]) -> Double {
    zip(upper, lower).reduce(0.0) { $0 + Double($1.0) - Double($1.1) } / Double(upper.count)
  }
}

// MARK: - Scalars

extension ImageEvidence {
  private static func positions(
    of quantities: [CalibrationImage.RankedQuantity], key: UInt64
  ) -> [String: Double] {
    var generator = SplitMix64(seed: key)
    return quantities.reduce(into: [:]) { positions, quantity in
      let v = generator.unit()
      guard quantity.name != QuantitySet.truthDistance else { return }
      positions[quantity.name] = quantity.position(v)
    }
  }

  /// mean‖x − t‖ − ½·mean‖x − x′‖ over √N, the second mean over pairs of a batch; nil without pairs.
  private static func energyScore(_ quantities: [CalibrationImage.RankedQuantity]) -> Double? {
    func mean(_ name: String) -> Double? {
      guard let samples = quantities.first(where: { $0.name == name })?.samples, !samples.isEmpty
      else { return nil }
      return samples.reduce(0, +) / Double(samples.count)
    }
    guard let error = mean(QuantitySet.truthDistance), let spread = mean(QuantitySet.pairDistance)
    else { return nil }
    return error - spread / 2
  }
}
