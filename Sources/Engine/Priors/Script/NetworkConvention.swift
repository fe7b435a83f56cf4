/// What a network of unknown origin takes and gives.
///
/// Throughout, x = x0 + σ·ε and x_t = √ᾱ·x with ᾱ = 1/(1 + σ²).
public struct NetworkConvention: Sendable, Equatable {
  /// What the network answers with.
  public enum Prediction: Sendable, Equatable {
    /// The noise ε.
    case epsilon
    /// The clean image.
    case x0
    /// v = √ᾱ·ε − √(1−ᾱ)·x0 (Salimans and Ho 2022).
    case v
    /// The raw network F of EDM (Karras et al. 2022), with σ_data: the clean image is
    /// c_skip·x + c_out·F(c_in·x, time).
    case edm(dataSigma: Double)
  }

  /// How the network is told the noise level.
  public enum Time: Sendable, Equatable {
    /// The step 0…N−1 of the process, fractional between steps.
    case index
    /// The time in 0…1 of the continuous process.
    case continuous
    /// σ.
    case sigma
    /// ln(σ)/4, EDM's c_noise.
    case logSigma
  }

  /// What the network is shown, unless the prediction is EDM's, whose c_in scales x.
  public enum Scaling: Sendable, Equatable {
    /// x_t.
    case variancePreserving
    /// x.
    case varianceExploding
  }

  var predicts: Prediction
  var time: Time
  var scaling: Scaling

  public init(predicts: Prediction, time: Time, scaling: Scaling) {
    self.predicts = predicts
    self.time = time
    self.scaling = scaling
  }
}

extension NetworkConvention {
  /// The factor of x in what the network is shown.
  func inputGain(sigma: Double) -> Double {
    if case .edm(let data) = predicts { return 1 / (sigma * sigma + data * data).squareRoot() }
    return scaling == .variancePreserving ? 1 / (1 + sigma * sigma).squareRoot() : 1
  }

  /// The clean image as a·x + b·(the network's answer).
  func cleanGains(sigma: Double) -> (x: Double, answer: Double) {
    let square = sigma * sigma
    switch predicts {
    case .epsilon: return (1, -sigma)
    case .x0: return (0, 1)
    case .v: return (1 / (1 + square), -sigma / (1 + square).squareRoot())
    case .edm(let data):
      let total = square + data * data
      return (data * data / total, sigma * data / total.squareRoot())
    }
  }

  /// ε as a·x + b·(the network's answer): (x − clean)/σ without the cancellation.
  func noiseGains(sigma: Double) -> (x: Double, answer: Double) {
    let square = sigma * sigma
    switch predicts {
    case .epsilon: return (0, 1)
    case .x0: return (1 / sigma, -1 / sigma)
    case .v: return (sigma / (1 + square), 1 / (1 + square).squareRoot())
    case .edm(let data):
      let total = square + data * data
      return (sigma / total, -data / total.squareRoot())
    }
  }
}
