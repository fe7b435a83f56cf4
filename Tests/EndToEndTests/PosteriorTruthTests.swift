import Foundation
import Testing

extension EndToEnd {
  /// The maps of the whole program agree with posteriors known in closed form.
  ///
  /// A white normal prior N(m, s²) and a measurement y = x + N(0, σ²) of some pixels: a pixel that is seen has the
  /// posterior N(v(m/s² + y/σ²), v), v = 1/(1/s² + 1/σ²); one that is not keeps the prior.
  @Suite struct PosteriorTruth {
    static let (size, samples) = (16, 256)
    static let (mean, deviation, sigma) = (0.1, 0.5, 0.2)

    @Test func denoising() throws {
      let y = Self.measured
      let maps = try Self.maps(operator: "{name: denoising}", y)
      #expect(Self.agreement(maps, Self.posterior(y) { _ in true }).isWithin)
    }

    /// A hole whose place the margins leave no choice about: rows and columns 4 to 10.
    @Test func inpainting() throws {
      let isHidden = { (pixel: Int) in
        (4..<11).contains(pixel / Self.size) && (4..<11).contains(pixel % Self.size)
      }
      let y = Self.measured.enumerated().map { isHidden($0) ? 0 : $1 }
      let maps = try Self.maps(
        operator: "{name: inpainting, mask_type: box, mask_len_range: [7, 8], margin: 4}", y)
      #expect(Self.agreement(maps, Self.posterior(y) { !isHidden($0) }).isWithin)
    }

    /// The same judgement refuses a posterior of 0.8 times the variance, and one moved by a tenth of its deviation.
    @Test func judgementRefusesWrongPosteriors() throws {
      let y = Self.measured
      let maps = try Self.maps(operator: "{name: denoising}", y)
      let right = Self.posterior(y) { _ in true }
      let wide = right.map { (mean: $0.mean, variance: $0.variance / 0.8) }
      let moved = right.map {
        (mean: $0.mean + 0.1 * $0.variance.squareRoot(), variance: $0.variance)
      }
      #expect(!Self.agreement(maps, wide).isWithin)
      #expect(!Self.agreement(maps, moved).isWithin)
    }

    // MARK: - Experiment

    private typealias Law = (mean: Double, variance: Double)

    private static let measured: [Float] = (0..<size * size).map { pixel in
      0.8 * sin(Float(pixel / size) / 3) * cos(Float(pixel % size) / 2)
    }

    private static func posterior(_ y: [Float], seen: (Int) -> Bool) -> [Law] {
      let prior = deviation * deviation
      let variance = 1 / (1 / prior + 1 / (sigma * sigma))
      return y.enumerated().map { pixel, y in
        guard seen(pixel) else { return (mean, prior) }
        return (variance * (mean / prior + Double(y) / (sigma * sigma)), variance)
      }
    }

    /// Runs the program on one measurement; the maps in the prior's scale, [−1, 1].
    private static func maps(
      operator: String, _ y: [Float]
    ) throws -> (mean: [Double], deviation: [Double]) {
      let folder = try TemporaryFolder()
      try folder.write(y, shape: [1, size, size], to: "measurements/one.npy")
      let text = """
        run: {seed: 3, samples: \(samples), unit: 32, output: runs/unused}
        data: {measurements: \(folder("measurements"))}
        measurement:
          operator: \(`operator`)
          noise: {name: gaussian, sigma: \(sigma)}
        prior: {kind: gaussian, shape: [1, \(size), \(size)], mean: \(mean), covariance: \(deviation)}
        sampler: {name: exact}
        compute: {device: cpu, precision: float32}
        """
      let configuration = try folder.write(text, to: "truth.yaml")
      let run = RunFolder(path: folder("run"))
      let result = try Program.run(["run", configuration, "--output", run.path])
      try #require(result.code == 0, "\(result)")
      return (
        try run.map("mean", of: "one").map { 2 * Double($0) - 1 },
        try run.map("std", of: "one").map { 2 * Double($0) }
      )
    }

    // MARK: - Judgement

    /// Sums over the pixels that have chi-square laws if the posterior is right.
    private struct Agreement {
      /// Σ n (mean − μ)²/v, with P degrees of freedom.
      let means: Double
      /// Σ (n − 1) std²/v, with P(n − 1).
      let variances: Double
      let pixels: Double

      /// Each within the quantiles of one in a million on both sides.
      var isWithin: Bool {
        let freedom = pixels * Double(PosteriorTruth.samples - 1)
        return ChiSquare.bounds(pixels).contains(means)
          && ChiSquare.bounds(freedom).contains(variances)
      }
    }

    private static func agreement(
      _ maps: (mean: [Double], deviation: [Double]), _ laws: [Law]
    ) -> Agreement {
      let n = Double(samples)
      let pairs = zip(zip(maps.mean, maps.deviation), laws)
      let means = pairs.map { n * pow($0.0 - $1.mean, 2) / $1.variance }
      let variances = pairs.map { (n - 1) * $0.1 * $0.1 / $1.variance }
      return Agreement(
        means: means.reduce(0, +), variances: variances.reduce(0, +), pixels: Double(laws.count))
    }
  }
}

/// Quantiles of the chi-square law by Wilson and Hilferty's cube, good to 0.1 % for 100 degrees of freedom or more.
private enum ChiSquare {
  /// The quantiles 10⁻⁶ and 1 − 10⁻⁶.
  static func bounds(_ freedom: Double) -> ClosedRange<Double> {
    quantile(freedom, -4.7534)...quantile(freedom, 4.7534)
  }

  private static func quantile(_ freedom: Double, _ z: Double) -> Double {
    let spread = 2 / (9 * freedom)
    return freedom * pow(1 - spread + z * spread.squareRoot(), 3)
  }
}
