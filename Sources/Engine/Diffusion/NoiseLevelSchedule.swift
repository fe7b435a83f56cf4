import Foundation

/// How noise and scale of x_t = s(t)·(x0 + σ(t)·z) go with a continuous time t.
///
/// The variance-exploding schedules have s = 1. Grids of times go from the noisiest to the cleanest.
/// Sources: Karras et al. 2022 (`edm`, `ve`, `vp`), Lu and Song 2024 (`trigflow`); the grids are those
/// of the DAPS code.
public enum NoiseLevelSchedule: Sendable, Equatable {
  /// σ = t; grids are even in σ^(1/power).
  case edm(power: Double)
  /// σ = √t; grids are geometric.
  case ve
  /// The variance-preserving process of a noise rate β(t), t in 0…1; grids are even in t.
  case vp(NoiseRate)
  /// σ = d·tan t and s = cos t for data of standard deviation d; grids are even in t.
  case trigflow(dataStd: Double)

  /// The noise rate β(t) of a variance-preserving process, from `minimum` at 0 to `maximum` at 1.
  public struct NoiseRate: Sendable, Equatable {
    /// How β(t) rises.
    public enum Form: String, Sendable, CaseIterable {
      /// β rises evenly.
      case linear
      /// √β rises evenly.
      case scaledLinear = "scaled_linear"
    }

    let minimum: Double
    let maximum: Double
    let form: Form

    public init(minimum: Double, maximum: Double, form: Form) {
      self.minimum = minimum
      self.maximum = maximum
      self.form = form
    }

    private var rootRange: Double { maximum.squareRoot() - minimum.squareRoot() }
    private var root: Double { minimum.squareRoot() }

    func value(_ t: Double) -> Double {
      switch form {
      case .linear: return minimum + (maximum - minimum) * t
      case .scaledLinear: return pow(root + rootRange * t, 2)
      }
    }

    /// ∫β from 0 to t, which is ln(1 + σ²).
    func integral(_ t: Double) -> Double {
      switch form {
      case .linear: return (maximum - minimum) * t * t / 2 + minimum * t
      case .scaledLinear:
        return (pow(root + rootRange * t, 3) - pow(root, 3)) / (3 * rootRange)
      }
    }

    /// The time up to which β adds up to `integral`.
    func time(integral: Double) -> Double {
      switch form {
      case .linear:
        let range = maximum - minimum
        return ((minimum * minimum + 2 * range * integral).squareRoot() - minimum) / range
      case .scaledLinear:
        return (cbrt(3 * rootRange * integral + pow(root, 3)) - root) / rootRange
      }
    }
  }
}

// MARK: - Functions of time

extension NoiseLevelSchedule {
  /// σ(t).
  public func sigma(_ t: Double) -> Double {
    switch self {
    case .edm: t
    case .ve: t.squareRoot()
    case .vp(let rate): expm1(rate.integral(t)).squareRoot()
    case .trigflow(let std): std * tan(t)
    }
  }

  /// dσ/dt; infinite at t = 0 where σ starts as a root.
  public func sigmaDerivative(_ t: Double) -> Double {
    switch self {
    case .edm: 1
    case .ve: 1 / (2 * t.squareRoot())
    case .vp(let rate): rate.value(t) * exp(rate.integral(t)) / (2 * sigma(t))
    case .trigflow(let std): std / (cos(t) * cos(t))
    }
  }

  /// s(t).
  public func scaling(_ t: Double) -> Double {
    switch self {
    case .edm, .ve: 1
    case .vp(let rate): exp(-rate.integral(t) / 2)
    case .trigflow: cos(t)
    }
  }

  /// ds/dt.
  public func scalingDerivative(_ t: Double) -> Double {
    switch self {
    case .edm, .ve: 0
    case .vp(let rate): -rate.value(t) * scaling(t) / 2
    case .trigflow: -sin(t)
    }
  }

  /// The time at which the noise level is σ.
  public func time(sigma: Double) -> Double {
    switch self {
    case .edm: sigma
    case .ve: sigma * sigma
    case .vp(let rate): rate.time(integral: log1p(sigma * sigma))
    case .trigflow(let std): atan(sigma / std)
    }
  }

  /// Standard deviation of x_t at time t for data of none: s·σ.
  public func priorStd(_ t: Double) -> Double { scaling(t) * sigma(t) }
}

// MARK: - Grids

/// How a grid of n steps is laid out by the two branches of the DAPS code.
public enum NoiseGrid: String, Sendable, CaseIterable {
  /// n + 1 times, both ends included.
  case main
  /// n times, both ends included, and 0.
  case legacy
}

extension NoiseLevelSchedule {
  /// Times from noise level `high` to `low`, both included, spread as the schedule does it.
  ///
  /// - Parameter count: at least 1; a single time is that of `high`.
  public func times(from high: Double, to low: Double, count: Int) -> [Double] {
    let places = (0..<count).map { count > 1 ? Double($0) / Double(count - 1) : 0 }
    let (first, last) = (time(sigma: high), time(sigma: low))
    switch self {
    case .edm(let power):
      let (start, end) = (pow(high, 1 / power), pow(low, 1 / power))
      return places.map { pow(start + $0 * (end - start), power) }
    case .ve: return places.map { first * pow(last / first, $0) }
    case .vp, .trigflow: return places.map { first + $0 * (last - first) }
    }
  }

  /// Noise levels σ_0 > … > σ_{count−1}, and 0, for annealing.
  ///
  /// The grid `main` never uses `low`: it makes a grid one longer and puts 0 in the place of its last.
  public func annealingLevels(
    from high: Double, to low: Double, count: Int, grid: NoiseGrid
  ) -> [Double] {
    let times = times(from: high, to: low, count: grid == .main ? count + 1 : count)
    return times.prefix(count).map(sigma) + [0]
  }

  /// Times of an ODE of `steps` steps, first that of noise level `high`.
  ///
  /// The grid `main` ends at `low`, the grid `legacy` goes on from there to 0.
  public func odeTimes(
    from high: Double, to low: Double, steps: Int, grid: NoiseGrid
  ) -> [Double] {
    switch grid {
    case .main: times(from: high, to: low, count: steps + 1)
    case .legacy: times(from: high, to: low, count: steps) + [0]
    }
  }
}
