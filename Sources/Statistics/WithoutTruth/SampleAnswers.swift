/// The answers that the samples of an image fall into by the measurement itself.
///
/// Two samples are one answer if the image halfway between them explains the measurement as well. For a
/// linear operator it always does, as ‖y − A x‖² is convex. Where it does not although both samples do,
/// the measurement tells them apart from all that lies between: they are solutions of their own, as the
/// failures of phase retrieval are, which no residual shows. With T(x) = ‖y − A(x)‖²/σ² over the M
/// measured values, samples j and k are joined if
///
///     T((x_j + x_k)/2) ≤ limit · max(T(x_j), T(x_k), M)
///
/// and an answer is what hangs together; it may be a single sample. No symmetry of the operator has to be
/// known, and no truth. ``limit`` leaves room for the curvature of an operator within one answer: between
/// samples of one answer T rises by some percent (docs/without-truth.md).
public struct SampleAnswers: Sendable, Equatable {
  /// How many times the larger discrepancy of two samples that of the image halfway may be.
  public static let limit = 1.25
  /// The most samples that are looked at: n of them take up to n·(n + 1)/2 applications of the operator.
  public static let maximumSamples = 16

  /// The numbers of the samples of each answer, ascending; the largest answer first, then by first sample.
  public let groups: [[Int]]

  /// Groups samples; of one answer they need a halfway image each, of separate ones one a pair.
  ///
  /// - Parameters:
  ///   - samples: images of equal size, at most ``maximumSamples`` count.
  ///   - measurements: M.
  ///   - discrepancy: T of an image.
  /// - Throws: what `discrepancy` throws.
  public init(
    _ samples: [[Float]], measurements: Int, discrepancy: ([Float]) throws -> Double
  ) rethrows {
    let samples = samples.prefix(Self.maximumSamples)
    let own = try samples.map(discrepancy)
    var answer = Array(samples.indices)
    for (j, k) in Self.pairs(Array(samples)) where answer[j] != answer[k] {
      let most = Self.limit * max(own[j], own[k], Double(measurements))
      // Not a number: nothing was explained, so nothing is joined.
      guard try discrepancy(Self.halfway(samples[j], samples[k])) <= most else { continue }
      let (kept, gone) = (answer[j], answer[k])
      for i in answer.indices where answer[i] == gone { answer[i] = kept }
    }
    groups = Dictionary(grouping: answer.indices) { answer[$0] }.values
      .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }

  /// All pairs, the nearest first: those of one answer are joined before others are tried.
  private static func pairs(_ samples: [[Float]]) -> [(Int, Int)] {
    let pairs = samples.indices.flatMap { j in (0..<j).map { ($0, j) } }
    let squares = pairs.map { squaredDistance(samples[$0.0], samples[$0.1]) }
    return pairs.indices.sorted { (squares[$0], $0) < (squares[$1], $1) }.map { pairs[$0] }
  }

  private static func halfway(_ left: [Float], _ right: [Float]) -> [Float] {
    zip(left, right).map { ($0 + $1) / 2 }
  }

  private static func squaredDistance(_ left: [Float], _ right: [Float]) -> Double {
    zip(left, right).reduce(0) {
      let offset = Double($1.0) - Double($1.1)
      return $0 + offset * offset
    }
  }
}
