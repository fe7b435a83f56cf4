/// A time limit as Slurm writes it.
public struct SlurmTime: Hashable, Sendable {
  /// At least 60.
  public let seconds: Int

  /// A limit of so many seconds, raised to a minute.
  public init(seconds: Int) { self.seconds = max(60, seconds) }

  /// A limit for work that is expected to take so long: half as much again, since other processors
  /// are slower, and some minutes for start and signal; rounded up to 10 minutes, above 2 h to half
  /// an hour.
  public init(forWorkOf seconds: Double) {
    let wanted = min(max(0, seconds), 1e9) * 1.5 + 300
    let step = wanted > 7200 ? 1800.0 : 600
    self.init(seconds: Int((wanted / step).rounded(.up) * step))
  }

  /// Reads a limit as `sbatch --time` takes it: `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M`, `D-H:M:S`;
  /// nil for anything else, and for less than a minute.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, let clock = parts.last else { return nil }
    let fields = clock.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let numbers = (parts.count == 2 ? [String(parts[0])] : []) + fields
    let values = numbers.compactMap { Self.number($0) }
    guard values.count == numbers.count, fields.count <= 3,
      let units = Self.units(hasDays: parts.count == 2, fields: fields.count)
    else { return nil }
    let total = zip(values, units).reduce(0) { $0 + $1.0 * $1.1 }
    guard total >= 60 else { return nil }
    seconds = total
  }

  /// Seconds each field stands for.
  private static func units(hasDays: Bool, fields: Int) -> [Int]? {
    if hasDays { return Array([86400, 3600, 60, 1].prefix(fields + 1)) }
    switch fields {
    case 1: return [60]
    case 2: return [60, 1]
    case 3: return [3600, 60, 1]
    default: return nil
    }
  }

  private static func number(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 7, text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return Int(text)
  }
}

extension SlurmTime: CustomStringConvertible {
  /// `HH:MM:SS`, with `D-` in front from a day on.
  public var description: String {
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86400)
    let clock = [rest / 3600, rest % 3600 / 60, rest % 60]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return days > 0 ? "\(days)-\(clock)" : clock
  }
}
