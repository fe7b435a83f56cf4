import Engine
import Foundation
import Report
import RunFiles
import Statistics
import Synchronization
import Tensors
import Worker

/// Measurement and truth of each image, as far as the data folder still has those the samples were drawn for.
final class SceneSource: Sendable {
  private let configuration: Configuration
  private let folder: ImageFolder?
  private let operators: Mutex<OperatorSource?>
  private let known = Mutex<(shape: [Int], quantities: [ScalarQuantity]?)?>(nil)
  private let replaced = Mutex<Set<String>>([])

  /// - Parameter operators: those the samples were drawn with, if they are at hand and on the CPU.
  init(
    _ configuration: Configuration, _ run: RunDirectory, operators: OperatorSource?,
    console: Console
  ) {
    self.configuration = configuration
    self.operators = Mutex(operators.flatMap { $0.device == .cpu ? $0 : nil })
    do {
      try RunRecord.checkFiles(of: configuration, in: run.path)
      folder = try configuration.data.wholeFolder()
    } catch {
      folder = nil
      console.note("maps are written without measurements and truths: \(error)")
    }
  }

  /// Which images had another file than when their samples were drawn; nil for none so far.
  var replacedNotice: String? {
    let names = replaced.withLock { $0.sorted() }
    guard !names.isEmpty else { return nil }
    return
      "warning: the files of \(names.firstNames) were replaced since their samples were drawn: these images "
      + "are without measurement and truth; put the old files back and type posterior merge"
  }

  /// What there is of the image of a part.
  func images(of part: Part) -> SceneImages {
    guard let folder,
      let scene = try? Scene(
        part.image, operators: operators(part.shape), configuration: configuration,
        images: folder)
    else { return SceneImages() }
    guard scene.digest == part.inputDigest else {
      _ = replaced.withLock { $0.insert(part.image.name) }
      return SceneImages()
    }
    var images = SceneImages(
      measurement: try? scene.measurementPicture(), truth: scene.truth,
      arrays: (try? scene.arrays()) ?? [],
      quantities: derived(part.shape).map { scene.quantities(derived: $0) })
    guard case .gaussian(let sigma) = configuration.measurement.noise, sigma > 0,
      let measured = try? scene.measuredData(sigma: sigma, operators: operators(part.shape))
    else { return images }
    images.measured = measured
    images.discrepancy = scene.discrepancy(sigma: sigma, measured: measured)
    return images
  }

  /// The derived quantities; nil where a mask is not to be had any more.
  private func derived(_ shape: [Int]) -> [ScalarQuantity]? {
    known.withLock { known in
      if let (size, quantities) = known, size == shape { return quantities }
      let made = try? configuration.statistics.scalarQuantities(shape: shape)
      known = (shape, made)
      return made
    }
  }

  private func operators(_ shape: [Int]) -> OperatorSource {
    operators.withLock { known in
      if let known, known.shape == shape { return known }
      let made = OperatorSource(configuration, shape: shape)
      known = made
      return made
    }
  }
}
