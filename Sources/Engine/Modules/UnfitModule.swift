/// A TorchScript module that cannot be what it is configured as.
public struct UnfitModule: Error, Sendable, Equatable, CustomStringConvertible {
  /// What a module is tried out on.
  public enum Input: Sendable {
    /// Images with values in [−1, 1], these two and 0 among them.
    case images
    /// Standard normal images.
    case noisyImages
    /// Standard normal latents.
    case latents
  }

  /// What a module did when it was tried out.
  public enum Problem: Sendable, Equatable {
    /// - Parameter wanted: what it must give, in words.
    case answerShape(found: [Int], wanted: String)
    case notFinite(Input)
    /// The same input gave other values the second time.
    case random
    case dependsOnBatch
    /// The answer changes with the input, but its derivative is zero.
    case noGradient
    case notLinear(error: Double)
    case wrongAdjoint(error: Double)
  }

  let path: String
  /// What was found; the text is made from it.
  public let problem: Problem

  public var description: String { "\(path): \(text)" }

  private var text: String {
    switch problem {
    case .answerShape(let found, let wanted):
      "the module answers with a tensor of shape \(found); it must give \(wanted)"
    case .notFinite(.images):
      "the module answers images with values in [-1, 1] with infinite values or NaN"
    case .notFinite(.noisyImages):
      "the network answers standard normal images with infinite values or NaN; look at "
        + "prior.predicts, prior.time and prior.scaling"
    case .notFinite(.latents):
      "the decoder answers standard normal latents with infinite values or NaN"
    case .random:
      "the module gives other values the second time it is called with the same input; save it "
        + "without dropout, random numbers and counters"
    case .dependsOnBatch:
      "the answer for an image depends on the other images of its batch, its place among them or "
        + "their number, so samples would depend on run.unit; save a module that treats each image "
        + "on its own (batch norm in evaluation mode, no sums over the batch)"
    case .noGradient:
      "the sampler needs the gradient of this module, which is zero everywhere though the answer "
        + "changes with the input; save the module without torch.no_grad, detach and operations "
        + "that have no derivative, or take a sampler that does not need it"
    case .notLinear(let error):
      "linear: true, but A(x/2 - 3z/2) differs from A(x)/2 - 3A(z)/2 by a relative \(error); a "
        + "linear module has no bias and no activation"
    case .wrongAdjoint(let error):
      "linear: true, but ⟨A x, u⟩ differs from ⟨x, Aᵀ u⟩ by a relative \(error); the module has a "
        + "gradient that is not the derivative of its values"
    }
  }
}
