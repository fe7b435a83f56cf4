/// The variances of ever noisier measurements that annealed Langevin dynamics passes through.
///
/// v_0 = σ_y² and v_j = v_{j−1} + growth·factor·min(v_{j−1}, 1): geometric up to 1, then linear.
/// Sums are float32, as published, so that the ladder is the published one to the last bit.
public struct VarianceLadder: Sendable, Equatable {
  /// v_0 … v_{L−1}, rising.
  public let variances: [Double]

  static let levelRange = 1...1_000_000

  /// - Parameters:
  ///   - levels: L.
  ///   - factor: f > 0.
  ///   - growth: ≥ 0; always 1.1 in the published code, where an `if` never fails.
  ///   - noiseVariance: σ_y² > 0.
  /// - Throws: ``SamplerError/setting(_:)`` for other values, or if the ladder leaves float32.
  public init(levels: Int, factor: Double, growth: Double, noiseVariance: Double) throws {
    guard Self.levelRange.contains(levels), factor > 0, growth >= 0, noiseVariance > 0 else {
      throw SamplerError.setting(
        "a ladder needs 1…1000000 levels, a factor and a noise variance above 0 and a growth of "
          + "at least 0; these are \(levels), \(factor), \(noiseVariance) and \(growth)")
    }
    let rate = Float(growth * factor)
    var variances = [Float(noiseVariance)]
    for _ in 1..<max(1, levels) {
      let last = variances[variances.count - 1]
      variances.append(last + rate * min(last, 1))
    }
    guard variances.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw SamplerError.setting(
        "a ladder of \(levels) levels with factor \(factor) leaves the range of float32")
    }
    self.variances = variances.map(Double.init)
  }

  /// L.
  public var levels: Int { variances.count }

  /// v_j − v_{j−1}, for j from 1.
  func increment(_ j: Int) -> Double { variances[j] - variances[j - 1] }
}
