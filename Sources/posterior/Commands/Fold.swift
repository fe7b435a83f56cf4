import ArgumentParser
import Engine
import Foundation
import RunFiles
import Worker

struct Fold: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a network with its fine-tuning folded into its weights.",
    discussion: """
      Reads a network's weights and a fine-tuned checkpoint of UD2M (low-rank factors, replaced \
      layers, the sampler's scalars) and writes one safetensors file with the names of the network: \
      LAYER.weight becomes LAYER.weight + (1.5/rank)·A·B. The scalars go into its metadata. Nothing \
      in the files is executed. A run does the same by itself with prior.lora.

        posterior fold base.pt tuned.ckpt folded.safetensors
      """)

  @Argument(help: "The network's weights: .safetensors, .pt or .ckpt.")
  var base: String

  @Argument(help: "The fine-tuned checkpoint: .ckpt or .safetensors.")
  var tuned: String

  @Argument(help: "The file to write; it must not exist.")
  var output: String

  func run() throws {
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Failure("\(output) exists already; name another file", .badInput)
    }
    let checkpoint = try explained { try Checkpoint(path: base) }
    try explained { try checkpoint.checkValues() }
    let tuning = try explained { try FineTuning(path: tuned) }
    let folded = try explained { try tuning.folded(into: checkpoint.weights()) }
    let arrays = try checkpoint.file.order.map { name in
      let tensor = try folded.weights(name)
      return (name, StoredArray(try tensor.floats(), shape: tensor.shape))
    }
    try AtomicFile.write(
      Safetensors.encode(arrays, metadata: metadata(checkpoint, tuning)), to: output)
    print("\(output): \(folded.report)")
    for name in folded.report.unexpected.prefix(20) { print("left out: \(name)") }
    if let scalars = tuning.scalars { print("scalars: \(scalars.text)") }
  }

  private func metadata(_ checkpoint: Checkpoint, _ tuning: FineTuning) -> [String: String] {
    var metadata: [String: String] = [:]
    metadata["architecture"] = checkpoint.file.metadata["architecture"]
    metadata["ud2m"] = tuning.scalars?.text
    return metadata
  }
}

extension UD2MScalars {
  /// The scalars in one line.
  fileprivate var text: String {
    [("LambdaSIG", lambdaSIG), ("SP_Param", spParam), ("TAUG", tauG), ("TLAT", tLat)]
      .map { "\($0)=" + $1.map { "\($0)" }.joined(separator: ",") }.joined(separator: " ")
  }
}
