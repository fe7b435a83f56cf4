/// How many steps of a stationary chain carry as much as one independent draw: 1 + 2·Σρ_k.
///
/// The sum ends where two neighbouring correlations add up to nothing (Geyer's initial positive
/// sequence, Statistical Science 1992). The effective sample size is the length over this.
/// - Returns: at least 1; 1 for a constant chain.
func autocorrelationTime(_ chain: [Double]) -> Double {
  let count = chain.count
  let mean = chain.reduce(0, +) / Double(count)
  let offsets = chain.map { $0 - mean }
  func covariance(_ lag: Int) -> Double {
    (0..<count - lag).reduce(0) { $0 + offsets[$1] * offsets[$1 + lag] } / Double(count)
  }
  let variance = covariance(0)
  guard variance > 0 else { return 1 }
  var (sum, lag) = (0.0, 1)
  while lag + 1 < count / 2 {
    let pair = covariance(lag) + covariance(lag + 1)
    guard pair > 0 else { break }
    sum += pair
    lag += 2
  }
  return max(1, 1 + 2 * sum / variance)
}
