import Foundation

/// Bins of the std whose edges rise by √2, fixed ahead of any data.
enum StdBins {
  /// Bin b holds 2^((b − offset)/2) ≤ std < 2^((b + 1 − offset)/2); the outer ones all that is beyond.
  static let count = 24
  private static let offset = 22.0

  static func bin(of std: Double) -> Int {
    let place = (2 * log2(std) + offset).rounded(.down)
    return place.isNaN ? 0 : Int(min(max(place, 0), Double(count - 1)))
  }

  static func range(of bin: Int) -> ClosedRange<Double> {
    let low = exp2((Double(bin) - offset) / 2)
    return low...(low * 2.0.squareRoot())
  }
}
