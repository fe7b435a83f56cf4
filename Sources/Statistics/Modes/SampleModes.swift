import LinearAlgebra

/// The modes that the samples of an image fall into.
///
/// A residual cannot tell answers apart that explain the data as well, such as the half turn of
/// phase retrieval; the samples themselves can, if they fall into groups. The samples are joined by
/// their shortest spanning tree, whose edges are cut where, sorted, one is most times as long as the
/// next: what hangs together is a group. The groups count as modes if
///
/// * the shortest cut edge is at least ``leastSeparation`` times as long as the longest kept one, and
/// * of ``replications`` sets of as many draws from a normal law like that of the samples none falls into
///   groups as tight (sum of squares within groups over the total, as many edges being cut), or none
///   into groups as far apart.
///
/// So a normal posterior is split with a probability of about 1/200 (the idea is that of SigClust: Liu,
/// Hayes, Nobel and Marron, JASA 2008). Simulated normal sets of 6 to 32 samples in 1 to 100 dimensions
/// were split in 0.7 % of cases, at worst 2.5 % (8 samples in one dimension). Everything is
/// deterministic: the same samples in the same order give the same modes. A sample alone is no mode but an
/// outlier; fewer than ``leastSamples`` samples are never split.
public struct SampleModes: Sendable, Equatable {
  /// Samples that are needed to say more than "one mode".
  public static let leastSamples = 6
  /// Samples that are taken at most: work grows with the cube of their number.
  public static let maximumSamples = 256
  /// How many times as far groups must be apart as their members.
  public static let leastSeparation = 2.0
  /// Draws from normal laws that the groups are compared with.
  public static let replications = 399

  /// The samples of one mode.
  public struct Mode: Sendable, Equatable {
    /// The numbers of its samples, ascending.
    public let members: [Int]
    /// Its part of all samples; those that are alone are in no mode.
    public let share: Double
  }

  /// By falling share, the one with the first sample first among equals; one mode at least.
  public let modes: [Mode]
  /// The shortest way between groups over the longest edge inside, whether they count as modes or not.
  public let separation: Double
  /// The part of all squared deviations that is within modes; 1 for a single mode.
  public let within: Double

  /// Groups samples one after the other, of shape [K, …].
  ///
  /// - Throws: ``PrincipalComponentsError`` for samples without a covariance, `LinearAlgebraError` if
  ///   OpenBLAS is missing.
  public init(_ samples: [Float], shape: [Int]) throws {
    let count = shape.first ?? 0
    let gram = try SampleDeviations(samples, shape: shape, limit: Self.maximumSamples).gram()
    let grouping = SampleGrouping(Self.distances(gram))
    separation = grouping.separation
    // A sample alone is an outlier, as heavy tails have them, and no mode.
    let groups = grouping.groups.filter { $0.count > 1 }
    guard count >= Self.leastSamples, grouping.separation >= Self.leastSeparation, groups.count > 1,
      try Self.isBeyondChance(grouping, gram)
    else {
      (modes, within) = ([Mode(members: Array(0..<count), share: 1)], 1)
      return
    }
    within = grouping.within
    modes = groups.map {
      Mode(members: $0, share: Double($0.count) / Double(count))
    }
  }

  /// Squared distances of all pairs.
  private static func distances(_ gram: Matrix) -> Matrix {
    var result = gram
    for i in 0..<gram.rows {
      for j in 0..<gram.rows {
        result[i, j] = i == j ? 0 : max(0, gram[i, i] + gram[j, j] - 2 * gram[i, j])
      }
    }
    return result
  }

  /// Whether no set of normal draws with the same covariance falls into groups as tight, or as far apart.
  private static func isBeyondChance(_ found: SampleGrouping, _ gram: Matrix) throws -> Bool {
    let scales = try chanceDeviations(gram, leading: found.cuts)
    var numbers = NormalNumbers()
    var (tighter, farther) = (true, true)
    for _ in 0..<replications where tighter || farther {
      let draws = (0..<gram.rows).map { _ in scales.map { $0 * numbers.next() } }
      let squares = distances(draws)
      tighter = tighter && SampleGrouping(squares, cuts: found.cuts).within > found.within
      farther = farther && SampleGrouping(squares).separation < found.separation
    }
    return tighter || farther
  }

  /// Standard deviations of a normal law like that of the samples: the leading ones, in which groups
  /// differ, as they are; the rest spread evenly over as many dimensions as its eigenvalues tell.
  ///
  /// Of few samples of many values the eigenvalues are K − 1 large ones; taken as they are they would
  /// make a law of K − 1 dimensions, whose distances scatter far more. For ν degrees of freedom in d
  /// dimensions Σμ²/(Σμ)² is about (ν + d + 1)/(νd), which gives d.
  private static func chanceDeviations(_ gram: Matrix, leading: Int) throws -> [Double] {
    let count = gram.rows
    let values = try SymmetricEigen(gram).values.reversed().dropLast().map { max(0, $0) }
    let (top, rest) = (values.prefix(leading), values.dropFirst(leading))
    let freedom = Double(rest.count)
    let sum = rest.reduce(0, +)
    let deviations = top.map { ($0 / Double(count - 1)).squareRoot() }
    guard sum > 1e-12 * values.reduce(0, +) else { return deviations }
    let evenness = freedom * rest.reduce(0) { $0 + $1 * $1 } / (sum * sum)
    let dimensions = min(256, max(1, ((freedom + 1) / max(evenness - 1, 1e-3)).rounded()))
    let each = (sum / (freedom * dimensions)).squareRoot()
    return deviations + [Double](repeating: each, count: Int(dimensions))
  }

  private static func distances(_ draws: [[Double]]) -> Matrix {
    var result = Matrix(rows: draws.count, columns: draws.count)
    for i in draws.indices {
      for j in 0..<i {
        var sum = 0.0
        for (left, right) in zip(draws[i], draws[j]) { sum += (left - right) * (left - right) }
        result[i, j] = sum
        result[j, i] = sum
      }
    }
    return result
  }
}
