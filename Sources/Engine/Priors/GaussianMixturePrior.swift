import Foundation
import Tensors

/// The exact denoiser of a mixture Σ_k w_k·N(m_k, s_k²·I): a multimodal prior known in closed form.
public struct GaussianMixturePrior: DiffusionModel, Denoiser {
  /// One isotropic normal density N(m_k, s_k²·I).
  public struct Component: Sendable, Equatable {
    /// Positive; the weights of all components are scaled to add up to 1.
    public let weight: Double
    /// C·H·W values.
    public let mean: [Double]
    /// s_k, the standard deviation of every value, in the [−1, 1] scale; above 0.
    public let std: Double

    public init(weight: Double, mean: [Double], std: Double) {
      self.weight = weight
      self.mean = mean
      self.std = std
    }
  }

  public let imageShape: [Int]
  /// The components, weights adding up to 1.
  public let components: [Component]
  /// [1, K, C·H·W].
  private var means: Tensor
  /// s_k² and ln w_k, [1, K].
  private var variances: Tensor
  private var logWeights: Tensor
  private let alphaBar: [Double]

  /// - Parameter alphaBar: ᾱ of every step of the original process.
  /// - Throws: ``GaussianPriorError/badComponent(index:_:)``.
  public init(imageShape: [Int], components: [Component], alphaBar: [Double]) throws {
    let size = imageShape.reduce(1, *)
    for (index, component) in components.enumerated() {
      try Self.check(component, index, size: size)
    }
    guard !components.isEmpty else {
      throw GaussianPriorError.badComponent(index: 0, "a mixture needs at least one")
    }
    // The sum of large weights would be infinite; dividing by a power of two changes no bit.
    let scale = components.map(\.weight.binade).max() ?? 1
    let total = components.reduce(0) { $0 + $1.weight / scale }
    self.imageShape = imageShape
    self.components = components.map {
      Component(weight: $0.weight / scale / total, mean: $0.mean, std: $0.std)
    }
    self.alphaBar = alphaBar
    means = try Tensor(
      components.flatMap { $0.mean.map { Float($0) } }, shape: [1, components.count, size])
    variances = try Self.row(self.components) { $0.std * $0.std }
    logWeights = try Self.row(self.components) { log($0.weight) }
  }

  private static func row(
    _ components: [Component], _ value: (Component) -> Double
  ) throws -> Tensor {
    try Tensor(components.map { Float(value($0)) }, shape: [1, components.count])
  }

  /// The same prior with its constants on another device.
  public func moved(to device: Device) throws -> GaussianMixturePrior {
    var copy = self
    copy.means = try means.moved(to: device)
    copy.variances = try variances.moved(to: device)
    copy.logWeights = try logWeights.moved(to: device)
    return copy
  }

  private static func check(_ component: Component, _ index: Int, size: Int) throws {
    guard component.weight > 0, component.weight.isFinite else {
      throw GaussianPriorError.badComponent(index: index, "weight \(component.weight) is not > 0")
    }
    guard component.std > 0, component.std.isFinite else {
      throw GaussianPriorError.badComponent(index: index, "std \(component.std) is not > 0")
    }
    guard component.mean.count == size else {
      throw GaussianPriorError.badComponent(
        index: index, "the mean has \(component.mean.count) values instead of \(size)")
    }
  }

  public func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    let levels = try AlphaBarRows(times, table: alphaBar, device: x.device)
    let (batch, size) = (x.shape[0], means.shape[2])
    let flat = try x.reshaped([batch, 1, size])
    let offsets = try flat - means * levels.signal.reshaped([batch, 1, 1])
    let variances = try levels.alphaBar * self.variances + levels.noiseVariance
    let shares = try responsibilities(offsets, variances, size: size)
    let perComponent = try offsets * (shares / variances).reshaped([batch, -1, 1])
    let epsilon = try perComponent.sum(over: [1]) * levels.noise
    return ModelOutput(mean: try epsilon.reshaped(x.shape))
  }

  /// x − σ²·Σ_k r_k(x)·(x − m_k)/(s_k² + σ²), r the probabilities of the components given x.
  public func denoise(_ x: Tensor, sigma: Double) throws -> Tensor {
    let (batch, size) = (x.shape[0], means.shape[2])
    let offsets = try x.reshaped([batch, 1, size]) - means
    let variances = try self.variances.expanded([batch, -1]) + sigma * sigma
    let shares = try responsibilities(offsets, variances, size: size)
    let pull = try (offsets * (shares / variances).reshaped([batch, -1, 1])).sum(over: [1])
    return try x - pull.reshaped(x.shape) * (sigma * sigma)
  }

  /// The probability of each component given each row, [B, K].
  private func responsibilities(_ offsets: Tensor, _ variances: Tensor, size: Int) throws -> Tensor
  {
    let distances = try offsets.squared().sum(over: [2])
    let logDensities =
      try logWeights - variances.logarithm() * (0.5 * Double(size)) - distances / variances * 0.5
    return try logDensities.softmax(along: 1)
  }
}
