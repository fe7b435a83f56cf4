import Foundation

extension Figure {
  /// An axis: what it shows, from where to where.
  public struct Axis: Sendable, Equatable {
    /// How values are spread along it.
    public enum Scale: Sendable {
      case linear, logarithmic
    }

    /// What it shows, with its unit; ASCII.
    public let label: String
    /// The values at its ends.
    public let range: ClosedRange<Double>
    /// How values are spread along it.
    public let scale: Scale
    /// The names of its rows from the top; empty where it shows numbers.
    public let names: [String]

    /// Describes an axis.
    ///
    /// - Throws: `axis` unless the ends are finite and different, and positive if logarithmic.
    public init(
      _ label: String, _ range: ClosedRange<Double>, scale: Scale = .linear
    ) throws(ReportError) {
      let (lower, upper) = (range.lowerBound, range.upperBound)
      guard lower < upper, (upper - lower).isFinite, scale == .linear || lower > 0 else {
        throw .axis(label, lower, upper)
      }
      (self.label, self.range, self.scale, names) = (label, range, scale, [])
    }

    /// A vertical axis with a row for each name, the first one at the top.
    public init(rows names: [String]) {
      (label, range, scale) = ("", 0...Double(max(1, names.count)), .linear)
      self.names = names
    }

    /// An axis that holds all of some values, with ends on ticks.
    ///
    /// - Parameters:
    ///   - values: those that are not finite, or not positive on a logarithmic axis, do not count.
    ///   - scale: logarithmic only where there is a positive value.
    public init(_ label: String, holding values: [Double], scale: Scale = .linear) {
      let usable = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
        .map { scale == .linear ? min(max($0, -Self.largest), Self.largest) : Self.positive($0) }
      self.label = label
      self.scale = usable.isEmpty ? .linear : scale
      range = Self.rounded(usable, self.scale)
      names = []
    }
  }
}

// MARK: - Ends

extension Figure.Axis {
  /// Values beyond count as this: ends and ticks somewhat larger are still numbers.
  private static let largest = 1e300

  private static func positive(_ value: Double) -> Double {
    min(max(value, 1 / largest), largest)
  }

  private static func rounded(_ values: [Double], _ scale: Scale) -> ClosedRange<Double> {
    guard let lowest = values.min(), let highest = values.max() else { return 0...1 }
    switch scale {
    case .linear: return linear(lowest, highest)
    case .logarithmic:
      return powerBelow(lowest)...max(powerAbove(highest), powerBelow(lowest) * 10)
    }
  }

  private static func linear(_ lowest: Double, _ highest: Double) -> ClosedRange<Double> {
    guard highest - lowest > max(1 / largest, 1e-12 * max(abs(lowest), abs(highest))) else {
      let reach = max(abs(lowest) / 2, 1 / largest)
      return (lowest - reach)...(lowest + reach)
    }
    let step = step(over: highest - lowest)
    return (lowest / step).rounded(.down) * step...((highest / step).rounded(.up) * step)
  }

  /// The largest 1, 2 or 5 times a power of ten that is not above a value.
  private static func powerBelow(_ value: Double) -> Double {
    nice(around: value).last { $0 <= value } ?? value
  }

  private static func powerAbove(_ value: Double) -> Double {
    nice(around: value).first { $0 >= value } ?? value
  }

  private static func nice(around value: Double) -> [Double] {
    let exponent = Int(log10(value).rounded(.down))
    return (exponent - 1...exponent + 1).flatMap { power in
      [1, 2, 5].compactMap { Double("\($0)e\(power)") }
    }.filter { $0 > 0 && $0.isFinite }
  }

  /// 1, 2 or 5 times a power of ten, so that 4 to 10 steps make up a length.
  private static func step(over length: Double) -> Double {
    nice(around: length / 7).min { abs(log($0 * 6 / length)) < abs(log($1 * 6 / length)) }
      ?? length / 5
  }
}

// MARK: - Ticks

extension Figure.Axis {
  /// The middle of a row with a name.
  func middle(ofRow row: Int) -> Double { Double(names.count - row) - 0.5 }

  /// Where lines cross the plot: at the ticks, or between rows.
  var gridLines: [Double] { names.isEmpty ? ticks : (0...names.count).map(Double.init) }

  /// What is written along the axis: the numbers of the ticks, or the names of rows.
  var labels: [(value: Double, text: String)] {
    names.isEmpty
      ? ticks.map { ($0, NumberText.short($0)) }
      : names.enumerated().map { (middle(ofRow: $0), $1) }
  }

  /// The values with a tick, rising.
  var ticks: [Double] { scale == .linear ? linearTicks : logarithmicTicks }

  private var linearTicks: [Double] {
    let step = Self.step(over: range.upperBound - range.lowerBound)
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard first <= last, last - first < 20 else { return [range.lowerBound, range.upperBound] }
    return stride(from: first, through: last, by: 1).map { $0 == 0 ? 0 : $0 * step }
  }

  /// Powers of ten; with 2 and 5 times those where there are few.
  private var logarithmicTicks: [Double] {
    let ends = (log10(range.lowerBound), log10(range.upperBound))
    let factors = ends.1 - ends.0 > 3 ? [1] : [1, 2, 5]
    let exponents = Int(ends.0.rounded(.down))...Int(ends.1.rounded(.up))
    return exponents.flatMap { power in factors.compactMap { Double("\($0)e\(power)") } }
      .filter { $0 >= range.lowerBound * 0.999 && $0 <= range.upperBound * 1.001 }
  }

  /// How far along the axis a value lies, 0 to 1; values outside are taken to the nearer end.
  func fraction(of value: Double) -> Double {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    let clamped = min(max(value, lower), upper)
    switch scale {
    case .linear: return (clamped - lower) / (upper - lower)
    case .logarithmic: return log(clamped / lower) / log(upper / lower)
    }
  }
}
