import Foundation

/// How many pixels of one image the interval mean ± λ·s misses, for every λ of a fixed grid and by std.
struct MissCounts: Sendable {
  /// Factors per octave, and the octaves from 2⁻⁵ to 2⁶.
  private static let perOctave = 16
  private static let firstOctave = -5
  private static let octaves = 11
  /// Limits of the groups of std, in image units: fixed ahead of any data, as the guarantee needs it.
  static let stdLimits = [0.01, 0.02, 0.04, 0.08, 0.16, Double.infinity]

  /// The factors λ of the grid, rising.
  static let factors = (0...octaves * perOctave).map {
    exp2(Double($0) / Double(perOctave) + Double(firstOctave))
  }

  /// Pixels by group.
  private(set) var pixels = [Int](repeating: 0, count: stdLimits.count)
  /// By group, then by λ: pixels that need more than the λ before, and at most this one; at the end those that
  /// need more than the largest.
  private var needed: [[Int32]]

  init(mean: [Float], std: [Float], truth: [Float]) {
    needed = Self.stdLimits.map { _ in [Int32](repeating: 0, count: Self.factors.count + 1) }
    for pixel in truth.indices {
      let spread = max(Double(std[pixel]), IntervalScaling.stdFloor)
      let reach = Self.distance(Double(truth[pixel]), from: Double(mean[pixel])) / spread
      let group = Self.stdLimits.firstIndex { Double(std[pixel]) < $0 } ?? Self.stdLimits.count - 1
      pixels[group] += 1
      needed[group][Self.place(of: reach)] += 1
    }
  }

  /// How far an interval around the mean must reach for the truth to be inside once it is clipped to [0, 1]: a truth
  /// at an end of [0, 1] is inside of all that reaches beyond.
  private static func distance(_ truth: Double, from mean: Double) -> Double {
    max(0, truth < 1 ? mean - truth : 0, truth > 0 ? truth - mean : 0)
  }

  /// The first λ of the grid that is at least `reach`.
  private static func place(of reach: Double) -> Int {
    guard reach > factors[0] else { return 0 }
    let place = (log2(reach) - Double(firstOctave)) * Double(perOctave)
    guard place < Double(factors.count) else { return factors.count }
    // The logarithm rounds; the grid itself decides.
    let near = Int(place)
    return (max(0, near - 1)..<factors.count).first { factors[$0] >= reach } ?? factors.count
  }

  /// The share of the pixels of some groups that are missed, for every λ; nil if they have no pixel.
  func missRates(of groups: Range<Int>) -> [Double]? {
    let total = pixels[groups].reduce(0, +)
    guard total > 0 else { return nil }
    var missed = total
    return Self.factors.indices.map { index in
      missed -= groups.reduce(0) { $0 + Int(needed[$1][index]) }
      return Double(missed) / Double(total)
    }
  }
}
