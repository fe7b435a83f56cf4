/// When an image has samples enough.
public struct StoppingRule: Hashable, Sendable {
  /// Samples every image gets before its precision is looked at, at least 2.
  public var minimum: Int
  /// The Monte Carlo error of the mean that is small enough: the root mean square over pixels of
  /// std/√n, in image units, above 0.
  public var monteCarloError: Double

  /// A rule.
  public init(minimum: Int, monteCarloError: Double) {
    self.minimum = minimum
    self.monteCarloError = monteCarloError
  }
}

/// How many samples an image gets: a fixed number, or as many as make its mean precise.
///
/// With a rule an image is looked at when exactly its first n samples are there, for the n in
/// ``sizes``, and never in between. The sizes follow from the configuration alone and samples from
/// their numbers, so every process that looks at an image comes to the same answer, whoever drew
/// what in which order, and whatever was killed.
public struct SampleGoal: Hashable, Sendable {
  /// How samples are cut into units; its sample count is the most an image gets.
  public let grid: UnitGrid
  /// When fewer are enough; nil if all images get the same.
  public let rule: StoppingRule?
  /// The numbers of samples an image may end with, ascending; the last is the most.
  public let sizes: [Int]

  /// The goal of `grid.samples` samples for each image, or fewer by a rule.
  public init(grid: UnitGrid, rule: StoppingRule? = nil) {
    self.grid = grid
    self.rule = rule
    sizes = rule.map { Self.sizes(from: $0.minimum, grid) } ?? [grid.samples]
  }

  /// The smallest size is `minimum`, each other one half as large again as the one before, all of
  /// them in whole units, and the last cut off at the grid's samples.
  ///
  /// A fixed step would look often at images that need many samples; doubling would draw up to twice
  /// what is needed.
  private static func sizes(from minimum: Int, _ grid: UnitGrid) -> [Int] {
    func wholeUnits(_ count: Int) -> Int { (count + grid.unit - 1) / grid.unit * grid.unit }
    var sizes: [Int] = []
    var size = wholeUnits(max(1, minimum))
    while size < grid.samples {
      sizes.append(size)
      size = wholeUnits(size + (size + 1) / 2)
    }
    return sizes + [grid.samples]
  }

  /// The fewest samples of an image.
  public var least: Int { sizes[0] }
  /// The most samples of an image.
  public var most: Int { grid.samples }
  /// The fewest and the most units of an image.
  public var unitRange: ClosedRange<Int> {
    grid.unitCount(of: SampleRanges(0..<least))...grid.blockCount
  }
}

// MARK: - Decisions

extension SampleGoal {
  /// The samples 0..<`target` an image is to have, as far as that is known when `covered` are
  /// finished.
  ///
  /// Samples beyond a size are there only if that size was not enough, or was none when they were
  /// drawn; so an image always goes on to the next size at or above what it has.
  /// - Parameter isPrecise: whether `covered` satisfies the rule; counts only if ``isOpen(_:)``.
  public func target(after covered: SampleRanges, isPrecise: Bool) -> Int {
    guard let next = sizes.first(where: { $0 >= covered.upperBound }) else { return most }
    guard isOpen(covered), !isPrecise else { return next }
    return sizes.first { $0 > next } ?? most
  }

  /// Whether these are exactly the first n samples for one of the ``sizes`` but the last: the rule
  /// decides whether the image needs more.
  public func isOpen(_ covered: SampleRanges) -> Bool {
    covered.upperBound < most && isPrefix(covered)
  }

  /// Whether nothing is missing up to one of the ``sizes``, so that all parts may be joined.
  public func isWhole(_ covered: SampleRanges) -> Bool {
    covered.isSuperset(of: SampleRanges(0..<most)) || isPrefix(covered)
  }

  private func isPrefix(_ covered: SampleRanges) -> Bool {
    sizes.contains(covered.upperBound) && covered == SampleRanges(0..<covered.upperBound)
  }

  /// Whether a part's good samples satisfy the rule; fewer than two never do.
  public func isPrecise(_ part: Part) -> Bool {
    rule.map { part.statistics.monteCarloErrorOfMean() <= $0.monteCarloError } ?? false
  }

  /// The samples 0..<`target` the image of a part is to have.
  public func target(after part: Part) -> Int {
    target(after: part.samples, isPrecise: isOpen(part.samples) && isPrecise(part))
  }
}

extension SampleGoal: CustomStringConvertible {
  /// For example `16 samples each`, or `16 to 64 samples each, until …`.
  public var description: String {
    guard let rule else { return "\(most) samples each" }
    return "\(least) to \(most) samples each, until the Monte Carlo error of the mean is at most "
      + rule.monteCarloError.short
  }
}
