import ArgumentParser
import RunFiles

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a file of weights, an array or a picture holds.",
    discussion: """
      Reads safetensors, PyTorch checkpoints, TorchScript, npy, npz and PNG files, and says which \
      network weights are of, how many parameters it has, and whether they are all there; exits with \
      65 if they cannot be used. Nothing in a file is run, except a TorchScript network where \
      --config asks whether it fits.

        posterior inspect models/fashion32.safetensors --config configs/quickstart.yaml
      """)

  @Argument(help: "A file of weights (.safetensors, .pt, .pth, .ckpt), .npy, .npz or .png.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "Say whether the file fits this configuration, as its prior, image or measurement; exits "
        + "with 65 if it does not.", valueName: "file"))
  var config: String?

  @Flag(help: "List every tensor.")
  var tensors = false

  func run() throws {
    let inspected = try explained { try InspectedFile(path: file) }
    for line in inspected.lines(listingTensors: tensors) { print(line) }
    guard let config else {
      if let fault = inspected.fault { throw Failure(fault, .badInput) }
      return
    }
    let loaded = try Configuration.load(path: config)
    do {
      print("fits \(config): \(try Fit(loaded).check(inspected))")
    } catch {
      throw Failure("\(file) does not fit \(config): \(error)", .badInput)
    }
  }
}
