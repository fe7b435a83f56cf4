import Foundation
import Tensors

/// Any network as a prior: what it takes and gives is declared, and turned into what samplers ask.
///
/// It is asked in float32, one row an image, with a time for each row. A network that answers with
/// twice as many channels as the images have gives its variance values in the second half.
public struct ScriptPrior: DiffusionModel, Denoiser {
  public let imageShape: [Int]
  let convention: NetworkConvention
  let clock: NoiseClock
  private let file: String
  private let device: Device
  private let network: @Sendable (_ x: Tensor, _ times: Tensor) throws -> Tensor
  /// Done once the gradient was asked for and is there.
  private let gradient = Deferred<Void>()

  /// A network as a function of images [B,C,H,W] and times [B], not tried out.
  ///
  /// - Parameters:
  ///   - file: what errors name.
  ///   - device: where the network is.
  init(
    file: String = "network", imageShape: [Int], convention: NetworkConvention,
    clock: NoiseClock, device: Device = .cpu,
    network: @escaping @Sendable (_ x: Tensor, _ times: Tensor) throws -> Tensor
  ) {
    self.file = file
    self.imageShape = imageShape
    self.convention = convention
    self.clock = clock
    self.device = device
    self.network = network
  }

  /// A network in a TorchScript file, tried out on random images.
  ///
  /// - Throws: ``ScriptModuleError`` with libtorch's words if the file holds no module or it does not
  ///   take such images; ``UnfitModule`` if it answers with something else than images, values that
  ///   are not finite, other values the second time, or values that depend on the batch.
  public init(
    file: String, imageShape: [Int], convention: NetworkConvention, clock: NoiseClock,
    device: Device = .cpu
  ) throws {
    let module = try ScriptModule(path: file, device: device)
    self.init(
      file: file, imageShape: imageShape, convention: convention, clock: clock, device: device
    ) { try module($0, $1) }
    try tryOut()
  }

  public func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    let steps = try times.map { time in
      guard let step = Int(exactly: time), clock.alphaBar.indices.contains(step) else {
        throw GaussianPriorError.timeOutOfRange(time, steps: clock.steps)
      }
      return step
    }
    let sigmas = steps.map { clock.sigma(at: $0) }
    // x_t → x, and on to what the network is shown, in one factor.
    let unscale = steps.map { 1 / clock.alphaBar[$0].squareRoot() }
    let shown = zip(sigmas, unscale).map { convention.inputGain(sigma: $0) * $1 }
    let clocks = zip(steps, sigmas).map { told(step: Double($0), sigma: $1) }
    let answer = try answer(to: scaled(x, by: isPassedOn ? [] : shown), clocks)
    let gains = sigmas.map(convention.noiseGains)
    let own = zip(gains, unscale).map { $0.x * $1 }
    let mean = try combined(x, own, answer.mean, gains.map(\.answer))
    return ModelOutput(mean: mean, variance: answer.variance)
  }

  /// A network that is told σ itself may know any.
  public var finestSigma: Double {
    switch convention.time {
    case .index, .continuous: clock.sigma(at: 0)
    case .sigma, .logSigma: 0
    }
  }

  public func denoise(_ x: Tensor, sigma: Double) throws -> Tensor {
    let shown = try scaled(x, by: [convention.inputGain(sigma: sigma)])
    let clock = told(step: clock.step(sigma: sigma), sigma: sigma)
    let answer = try answer(to: shown, [Float](repeating: clock, count: x.shape[0]))
    let gains = convention.cleanGains(sigma: sigma)
    return try combined(x, [gains.x], answer.mean, [gains.answer])
  }

  /// Whether x_t itself is what the network is shown.
  private var isPassedOn: Bool {
    if case .edm = convention.predicts { return false }
    return convention.scaling == .variancePreserving
  }

  private func told(step: Double, sigma: Double) -> Float {
    switch convention.time {
    case .index: Float(step)
    case .continuous: Float(clock.continuousTime(sigma: sigma))
    case .sigma: Float(sigma)
    case .logSigma: Float(log(sigma) / 4)
    }
  }

  private func answer(to x: Tensor, _ times: [Float]) throws -> ModelOutput {
    let answer = try network(x, Tensor(times, shape: [times.count]).sent(to: x.device))
      .converted(to: .float32)
    let channels = imageShape[0]
    let rest = Array(imageShape.dropFirst())
    switch answer.shape {
    case [times.count, channels] + rest: return ModelOutput(mean: answer)
    case [times.count, 2 * channels] + rest:
      return ModelOutput(
        mean: try answer.sliced(0..<channels, along: 1),
        variance: try answer.sliced(channels..<2 * channels, along: 1))
    default:
      throw UnfitModule(
        path: file,
        problem: .answerShape(
          found: answer.shape,
          wanted: "\(x.shape), as it is shown, or twice the channels where it predicts variances"))
    }
  }

  // MARK: - Rows with factors of their own

  private func scaled(_ x: Tensor, by factors: [Double]) throws -> Tensor {
    if factors.allSatisfy({ $0 == 1 }) { return x }
    return try x * column(factors, like: x)
  }

  /// a·x + b·answer; a term with factors 0 is left out, so that it costs no bit.
  private func combined(
    _ x: Tensor, _ a: [Double], _ answer: Tensor, _ b: [Double]
  ) throws -> Tensor {
    let second = try scaled(answer, by: b)
    if a.allSatisfy({ $0 == 0 }) { return second }
    return try scaled(x, by: a) + second
  }

  private func column(_ factors: [Double], like x: Tensor) throws -> Tensor {
    try Tensor(factors.map { Float($0) }, shape: [factors.count, 1, 1, 1]).sent(to: x.device)
  }
}

// MARK: - Trying out

extension ScriptPrior {
  public func checkGradient() throws { try gradient(trial.checkGradient) }

  /// - Throws: ``UnfitModule``.
  func tryOut() throws { try trial.run() }

  /// The network itself in the middle of the process: what is added to its answer would hide it.
  private var trial: ModuleTrial {
    let step = clock.steps / 2
    let sigma = clock.sigma(at: step)
    let time = told(step: Double(step), sigma: sigma)
    let gain = convention.inputGain(sigma: sigma) * (1 + sigma * sigma).squareRoot()
    return ModuleTrial(path: file, kind: .noisyImages, shape: imageShape, device: device) { x in
      let output = try answer(to: x * gain, [Float](repeating: time, count: x.shape[0]))
      return try output.variance.map { try .concatenated([output.mean, $0], along: 1) }
        ?? output.mean
    }
  }
}
