/// Where truths lie among their samples, relative to [0, 1], over many pixels: the probability integral transform.
///
/// A truth with b of n samples below it and e equal to it is spread evenly over
/// [b/(n + 1), (b + e + 1)/(n + 1)], which is exact for any number of samples and needs no random choice
/// (Czado, Gneiting and Held 2009).
struct PositionHistogram: Sendable, Equatable {
  /// Number of bins; every level of the coverage curve is an edge of its central interval.
  static let bins = 40

  /// Truths a bin, as fractions of truths.
  private(set) var masses = [Double](repeating: 0, count: bins)
  /// Truths.
  private(set) var count = 0

  /// Takes in one truth.
  mutating func add(below: Int, equal: Int, samples: Int) {
    let width = Double(Self.bins) / Double(samples + 1)
    let (start, end) = (Double(below) * width, Double(below + equal + 1) * width)
    let density = 1 / (end - start)
    var bin = min(Int(start), Self.bins - 1)
    while bin < Self.bins, Double(bin) < end {
      masses[bin] += density * max(0, min(end, Double(bin + 1)) - max(start, Double(bin)))
      bin += 1
    }
    count += 1
  }

  /// Truths in the central interval of probability 2·`half`/``bins``.
  func inside(half: Int) -> Double {
    masses[(Self.bins / 2 - half)..<(Self.bins / 2 + half)].reduce(0, +)
  }
}
