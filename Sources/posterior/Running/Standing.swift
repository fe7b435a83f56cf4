import Foundation
import RunFiles
import Worker

/// How far a run folder is, from its files alone.
struct Standing {
  let images: Int
  let samplesWanted: Int
  let samplesDone: Int
  let failedSamples: Int
  /// What is missing of each image that lacks samples.
  let missing: [(image: ImageID, samples: SampleRanges)]

  var missingSamples: Int { missing.reduce(0) { $0 + $1.samples.count } }

  init(_ folder: RunDirectory, _ configuration: Configuration, _ progress: RunProgress) throws {
    // Without the data folder, the images that have parts are all that is known.
    let listed = (try? configuration.data.imageFolder())?.images.map(\.id)
    let names = listed ?? progress.images.keys.sorted()
    let wanted = SampleRanges(0..<configuration.run.samples)
    images = names.count
    samplesWanted = names.count * configuration.run.samples
    missing = names.compactMap { image in
      let rest = wanted.subtracting(progress.covered(image))
      return rest.isEmpty ? nil : (image, rest)
    }
    samplesDone = samplesWanted - missing.reduce(0) { $0 + $1.samples.count }
    failedSamples = progress.failedCount
  }

  var missingText: String {
    let shown = missing.prefix(10).map { "  \($0.image.name): samples \($0.samples)" }
    let more = missing.count > 10 ? ["  … and \(missing.count - 10) more images"] : []
    return (["missing \(missingSamples) of \(samplesWanted) samples:"] + shown + more)
      .joined(separator: "\n")
  }
}
