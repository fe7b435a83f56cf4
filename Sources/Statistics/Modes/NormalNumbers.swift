import Foundation

/// Standard normal numbers by Box and Muller's transform, always the same ones: a fixed yardstick.
struct NormalNumbers {
  private var bits: SplitMix64
  private var spare: Double?

  init(seed: UInt64 = 0) { bits = SplitMix64(seed: seed) }

  mutating func next() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    let radius = (-2 * log(1 - bits.unit())).squareRoot()
    let angle = 2 * Double.pi * bits.unit()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
