import Foundation
import RunFiles
import Tensors

/// A TorchScript network that looks at images: for a quantity of each sample, or for features.
///
/// It is shown one image at a time, so its answer depends on no other.
public struct ImageNetwork: Sendable {
  private let module: ScriptModule
  private let range: ClosedRange<Double>
  private let shape: [Int]
  private let device: Device

  /// - Parameters:
  ///   - range: what black and white are for the network, such as −1 and 1.
  ///   - shape: [C,H,W] of the images.
  /// - Throws: ``ScriptModuleError`` if the file holds no network.
  public init(
    file: String, range: ClosedRange<Double>, shape: [Int], device: Device = .cpu
  ) throws(ScriptModuleError) {
    module = try ScriptModule(path: file, device: device)
    (self.range, self.shape, self.device) = (range, shape, device)
  }

  /// What the network says of an image, or of an image and the truth.
  ///
  /// - Parameter image: C·H·W values in image units.
  /// - Throws: ``ScriptModuleError`` with libtorch's words.
  public func callAsFunction(_ image: [Float], truth: [Float]? = nil) throws -> [Float] {
    guard let truth else { return try module(tensor(image), takesWholeNumbers: true).floats() }
    return try module(tensor(image), tensor(truth), takesWholeNumbers: true).floats()
  }

  private func tensor(_ image: [Float]) throws -> Tensor {
    let (low, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
    return try Tensor(image.map { low + width * $0 }, shape: [1] + shape).moved(to: device)
  }
}
