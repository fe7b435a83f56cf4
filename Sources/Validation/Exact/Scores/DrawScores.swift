/// The figures by which draws are compared with a known posterior.
public enum ExactMeasure: String, Sendable, CaseIterable {
  /// √mean((m̂ − m)²/s²) over pixels: the error of the mean in posterior standard deviations.
  case mean
  /// √mean(ŝ²/s²) over pixels: the spread of the draws over the exact one.
  case spread
  /// The sliced 2-Wasserstein distance to exact draws, in posterior standard deviations.
  case wasserstein
  /// The squared energy distance to exact draws, in posterior standard deviations.
  case energy
  /// √mean(‖y − A x‖²/σ²) per measured value: how far the draws are from the data.
  case residual
}

/// A value of each ``ExactMeasure``.
public struct DrawScores: Sendable, Equatable {
  var mean: Double
  var spread: Double
  var wasserstein: Double
  var energy: Double
  var residual: Double

  /// One of the five by its name.
  public subscript(measure: ExactMeasure) -> Double {
    switch measure {
    case .mean: mean
    case .spread: spread
    case .wasserstein: wasserstein
    case .energy: energy
    case .residual: residual
    }
  }
}

extension DrawScores {
  /// Over several problems: the root mean square, and the mean of what may be negative.
  init(pooling scores: [DrawScores]) {
    func rootMeanSquare(_ value: (DrawScores) -> Double) -> Double {
      (scores.reduce(0) { $0 + value($1) * value($1) } / Double(scores.count)).squareRoot()
    }
    self.init(
      mean: rootMeanSquare(\.mean), spread: rootMeanSquare(\.spread),
      wasserstein: rootMeanSquare(\.wasserstein),
      energy: scores.reduce(0) { $0 + $1.energy } / Double(scores.count),
      residual: rootMeanSquare(\.residual))
  }
}
