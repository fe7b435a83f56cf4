import Foundation

/// One upper colour limit for the standard deviation maps of all images of a run.
///
/// Per map the 99.5 % quantile of the finite values is taken (nearest rank, of the channel mean,
/// as shown); the largest of these is rounded up to 1, 2 or 5 times a power of ten. A maximum does
/// not depend on order, so neither does the limit.
public struct StdColorLimit: Sendable, Equatable {
  private var largest: Float = 0

  /// Starts without a map.
  public init() {}

  /// Takes a standard deviation map into account.
  public mutating func add(_ map: FloatImage) {
    let values = map.channelMean.values.filter(\.isFinite).sorted()
    guard !values.isEmpty else { return }
    let rank = Int((0.995 * Double(values.count)).rounded(.up))
    largest = max(largest, values[rank - 1])
  }

  /// Takes all maps of another into account.
  public mutating func add(_ other: StdColorLimit) { largest = max(largest, other.largest) }

  /// The limit; 1 if there was no map or all standard deviations are 0.
  public var limit: Float {
    guard largest > 0 else { return 1 }
    let exponent = Int(log10(Double(largest)).rounded(.down)) - 1
    let candidates = (exponent...(exponent + 3)).flatMap { power in
      [1, 2, 5].compactMap { Float("\($0)e\(power)") }
    }
    return candidates.first { $0 >= largest && $0.isFinite } ?? largest
  }
}
