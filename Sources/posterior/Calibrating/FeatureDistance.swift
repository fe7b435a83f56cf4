import Foundation
import RunFiles
import Statistics
import Tensors
import Worker

/// The Fréchet distance between features of a run's samples and of the true images (FID).
///
/// The first kept sample of each image stands for the samples: as many as there are truths.
struct FeatureDistance {
  /// The TorchScript network that gives features.
  let network: String
  /// What black and white are for the network.
  let range: ClosedRange<Double>

  /// Loads the network, to see that it can be.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  func checkNetwork() throws {
    guard FileManager.default.fileExists(atPath: network) else {
      throw Failure(
        "--fid \(network) does not exist; give a TorchScript file (torch.jit.save)", .badInput)
    }
    // The shape counts only for images.
    _ = try ImageNetwork(file: network, range: range, shape: [])
  }

  /// - Returns: a line for the terminal.
  /// - Throws: an error of the network, or a ``Failure`` if there are less than two images with truth and kept sample.
  func text(of folder: RunDirectory, console: Console) throws -> String {
    TorchRuntime.setThreads(Processor.cores())
    var (samples, truths): (FeatureMoments?, FeatureMoments?)
    let progress = try folder.scan()
    let scenes = SceneSource(
      try folder.configuration().configuration, folder, operators: nil, console: console)
    defer { scenes.replacedNotice.map(console.note) }
    for image in progress.images.keys.sorted() {
      guard let part = try folder.part(of: image, in: progress),
        let first = part.kept.min(by: { $0.key < $1.key })?.value,
        let truth = scenes.images(of: part).truth
      else { continue }
      let look = try ImageNetwork(file: network, range: range, shape: part.shape)
      try Self.add(look(first), to: &samples)
      try Self.add(look(truth), to: &truths)
    }
    guard let samples, let truths, samples.count > 1 else {
      throw Failure(
        "the FID needs at least two images with a truth and a kept sample "
          + "(statistics.keep_samples: 1)", .badInput)
    }
    return String(
      format:
        "FID of one sample of each of %d images against the truths: %.4f (features of %d numbers)",
      samples.count, try samples.frechetDistance(to: truths), samples.dimension)
  }

  private static func add(_ features: [Float], to moments: inout FeatureMoments?) throws {
    var known = moments ?? FeatureMoments(dimension: features.count)
    guard features.count == known.dimension else {
      throw Failure("the network gives features of different sizes", .badInput)
    }
    known.add(features.map(Double.init))
    moments = known
  }
}
