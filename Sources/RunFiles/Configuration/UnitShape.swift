/// How a unit of work is drawn: what is measured where the configuration leaves it open.
public struct UnitShape: Hashable, Sendable {
  /// Samples drawn together as one batch, at least 1.
  public var unit: Int
  /// Threads libtorch takes in one worker, at least 1.
  public var threads: Int

  /// A shape.
  public init(unit: Int, threads: Int) {
    self.unit = unit
    self.threads = threads
  }
}

extension UnitShape: LosslessStringConvertible {
  private static let keys = ["run.unit=", "compute.threads="]

  /// The values by their keys, as `--set` takes them.
  public var settings: [String] { zip(Self.keys, [unit, threads]).map { "\($0)\($1)" } }

  /// `run.unit=8 compute.threads=1`.
  public var description: String { settings.joined(separator: " ") }

  /// Reads ``description``; nil for anything else.
  public init?(_ description: String) {
    let words = description.split(separator: " ")
    let numbers = zip(Self.keys, words).compactMap { key, word in
      word.hasPrefix(key) ? Int(word.dropFirst(key.count)) : nil
    }
    guard words.count == 2, numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else { return nil }
    self.init(unit: numbers[0], threads: numbers[1])
  }
}

extension Configuration {
  /// The shape the file fixes; nil if it leaves the unit or the threads open.
  public var unitShape: UnitShape? {
    guard case .fixed(let unit) = run.unit, case .fixed(let threads) = compute.threads else {
      return nil
    }
    return UnitShape(unit: unit, threads: threads)
  }

  /// The configuration with `shape` for what the file leaves open.
  public func shaped(_ shape: UnitShape) -> Configuration {
    var configuration = self
    configuration.run.unit = .fixed(run.unit.resolved(shape.unit))
    configuration.compute.threads = .fixed(compute.threads.resolved(shape.threads))
    return configuration
  }
}
