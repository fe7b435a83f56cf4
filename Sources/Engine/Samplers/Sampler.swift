import Tensors

/// What a sampler is asked: draw x from p(x | y) with y = A(x) + noise.
public struct InverseProblem: Sendable {
  /// The prior p(x).
  public let model: any DiffusionModel
  /// A.
  public let measurementOperator: any MeasurementOperator
  /// y, [1, …]: every sample of an image sees the same one.
  public let measurement: Tensor
  /// Standard deviation of the noise in y, in the measurement's units; 0 for clean ones.
  public let noiseSigma: Double

  public init(
    model: any DiffusionModel, measurementOperator: any MeasurementOperator,
    measurement: Tensor, noiseSigma: Double
  ) {
    self.model = model
    self.measurementOperator = measurementOperator
    self.measurement = measurement
    self.noiseSigma = noiseSigma
  }
}

/// Where a batch of samples stands between two steps.
public struct SamplerState: Sendable {
  /// The current images, [B,C,H,W].
  public let x: Tensor
  /// Steps taken so far.
  public let completedSteps: Int
  /// Network evaluations spent on each sample so far.
  public let evaluations: Int

  public init(x: Tensor, completedSteps: Int, evaluations: Int) {
    self.x = x
    self.completedSteps = completedSteps
    self.evaluations = evaluations
  }
}

/// A way to draw posterior samples, step by step.
///
/// A sampler is a value without state of its own: all randomness comes from the noise source, one
/// row a sample, and no row depends on another.
public protocol Sampler: Sendable {
  /// Number of steps from start to finish.
  var stepCount: Int { get }

  /// The state before the first step, one row for each row of `noise`.
  func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState

  /// The state one step later.
  func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState
}

/// Sampling was asked to stop before it was finished.
public struct SamplingStopped: Error, Sendable {
  public init() {}
}

extension Sampler {
  /// Runs all steps.
  ///
  /// - Parameter shouldStop: asked between steps.
  /// - Throws: ``SamplingStopped`` as soon as `shouldStop` says so.
  public func sample(
    _ problem: InverseProblem, noise: any NoiseSource, shouldStop: () -> Bool = { false }
  ) throws -> SamplerState {
    var state = try start(problem, noise: noise)
    while state.completedSteps < stepCount {
      if shouldStop() { throw SamplingStopped() }
      state = try advance(state, problem: problem, noise: noise)
    }
    return state
  }
}

extension NoiseSource {
  /// A batch of standard normal rows as a tensor [rows, …rowShape].
  func normalTensor(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> Tensor {
    try Tensor(
      normal(purpose: purpose, step: step, rowShape: rowShape), shape: [rowCount] + rowShape)
  }
}
