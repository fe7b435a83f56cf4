import ArgumentParser
import Engine
import Foundation
import RunFiles
import Worker

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a file of weights or an array holds.",
    discussion: """
      Reads safetensors, PyTorch checkpoints and npy files without running anything in them, and \
      says which network a checkpoint is of.

        posterior inspect models/fashion32.safetensors
      """)

  @Argument(help: "A .safetensors, .pt, .pth, .ckpt or .npy file.")
  var file: String

  @Flag(help: "List every tensor.")
  var tensors = false

  func run() throws {
    if file.hasSuffix(".npy") { return try describeArray() }
    let checkpoint = try explained { try Checkpoint(path: file) }
    let entries = checkpoint.file.order.compactMap { name in
      checkpoint.file.tensors[name].map { (name, $0) }
    }
    let parameters = entries.reduce(0) { $0 + $1.1.count }
    let types = Set(entries.map(\.1.elementType.rawValue)).sorted().joined(separator: ", ")
    print("\(file): \(entries.count) tensors, \(parameters) values, type \(types)")
    print("SHA-256: \(try SHA256.hex(ofFile: file))")
    for (key, value) in checkpoint.file.metadata.sorted(by: { $0.key < $1.key }) {
      print("metadata \(key): \(value.prefix(400))")
    }
    describeNetwork(checkpoint)
    if tensors {
      for (name, array) in entries {
        print("\(name)  \(array.shape)  \(array.elementType.rawValue)")
      }
    }
  }

  private func describeArray() throws {
    let array = try Npy.read(path: file)
    let values = array.doubles()
    print("\(file): npy array \(array.shape), type \(array.elementType.rawValue)")
    if let low = values.min(), let high = values.max() {
      print("values from \(low) to \(high), \(values.count { !$0.isFinite }) not finite")
    }
  }

  private func describeNetwork(_ checkpoint: Checkpoint) {
    do {
      let architecture = try checkpoint.architecture(configured: nil)
      print("network: \(architecture.summary)")
      try checkpoint.weights().check(against: architecture.stateDictionary)
      print("all \(architecture.stateDictionary.count) tensors of the network are there and fit")
    } catch {
      print("network: \(error)")
    }
  }
}

extension GuidedDiffusionArchitecture {
  /// The architecture in one line.
  var summary: String {
    let widths = channelMultipliers.map { "\(Int($0 * Double(modelChannels)))" }
    let headText = headChannels.map { "heads of \($0) channels" } ?? "\(heads) heads"
    return [
      "guided-diffusion UNet, \(imageChannels)×\(imageSize)×\(imageSize) images",
      "levels \(widths.joined(separator: "-"))", "\(residualBlocks) residual blocks a level",
      "attention at \(attentionResolutions.map(String.init).joined(separator: ", ")) (\(headText))",
      learnsVariance ? "learned variance" : "fixed variance",
      classes.map { "\($0) classes" } ?? "unconditional", "\(parameterCount) parameters",
    ].joined(separator: ", ")
  }
}
