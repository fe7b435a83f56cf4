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
  /// - Throws: ``OperatorFileError`` if the file holds no network.
  public init(
    file: String, range: ClosedRange<Double>, shape: [Int], device: Device = .cpu
  ) throws {
    do {
      module = try ScriptModule(path: file, device: device)
    } catch let error as TensorError {
      throw OperatorFileError(path: file, text: "cannot be loaded as TorchScript: \(error.message)")
    }
    (self.range, self.shape, self.device) = (range, shape, device)
  }

  /// What the network says of an image, or of an image and the truth.
  ///
  /// - Parameter image: C·H·W values in image units.
  /// - Throws: ``OperatorFileError`` with libtorch's words.
  public func callAsFunction(_ image: [Float], truth: [Float]? = nil) throws -> [Float] {
    do {
      guard let truth else { return try module(tensor(image)).floats() }
      return try module(tensor(image), tensor(truth)).floats()
    } catch {
      throw OperatorFileError(path: module.path, text: "\(error)")
    }
  }

  private func tensor(_ image: [Float]) throws -> Tensor {
    let (low, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
    return try Tensor(image.map { low + width * $0 }, shape: [1] + shape).moved(to: device)
  }
}
