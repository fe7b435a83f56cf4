import Foundation

@testable import Statistics

/// Images whose posterior is known: pixels x ~ N(½, s²), y = x + N(0, s²), so x | y ~ N((½ + y)/2, s²/2).
struct GaussianPosteriors {
  /// s; so small that no value leaves [0, 1].
  static let prior = 0.05

  var images: Int
  var pixels = 16
  var samples = 19
  /// What the spread of the samples is multiplied with; 1 is right.
  var spread = 1.0
  /// What is added to the samples, in posterior standard deviations; 0 is right.
  var shift = 0.0
  var seed: UInt64 = 1

  /// The images.
  func all() throws -> [CalibrationImage] {
    var generator = NormalNumbers(seed: seed)
    return try (0..<images).map { try image(UInt64($0), &generator) }
  }

  private func image(_ key: UInt64, _ generator: inout NormalNumbers) throws -> CalibrationImage {
    let truth = (0..<pixels).map { _ in 0.5 + Self.prior * generator.next() }
    let means = truth.map { (0.5 + $0 + Self.prior * generator.next()) / 2 }
    let std = Self.prior / 2.0.squareRoot()
    let draws = (0..<samples).map { _ in
      means.map { Float($0 + std * (shift + spread * generator.next())) }
    }
    let target = truth.map { Float($0) }
    let shape = [1, 4, pixels / 4]
    let set = QuantitySet(derived: [], imageKey: key, shape: shape, truth: target)
    let values = draws.indices.map { index in
      set.values(
        of: draws[index], partner: index % 2 == 0 && index + 1 < samples ? draws[index + 1] : nil,
        shape: shape)
    }
    let known = set.values(of: target, shape: shape)
    return CalibrationImage(
      key: key &* 0x9E37_79B9_7F4A_7C15, truth: target,
      statistics: try makeStatistics(draws, pixels: pixels, options: everything, truth: target),
      interval: nil,
      quantities: set.names.enumerated().map { column, name in
        .init(name: name, truth: known[column], samples: values.compactMap { $0[column] })
      })
  }
}

/// Standard normal numbers by Box and Muller.
struct NormalNumbers {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  mutating func next() -> Double {
    let radius = (-2 * log(1 - generator.unit())).squareRoot()
    return radius * cos(2 * .pi * generator.unit())
  }
}
