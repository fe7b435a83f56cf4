import Foundation
import RunFiles
import Worker

/// How far a run folder is, from its files alone.
struct Standing {
  let folder: RunDirectory
  let progress: RunProgress
  /// What the run was drawn by.
  let configuration: Configuration
  /// All the work of the run.
  let plan: WorkPlan
  /// How much that is.
  let extent: WorkExtent
  /// What is missing of each image that lacks samples.
  let missing: [RemainingWork]
  /// Whether the images of the run are known from its record only, since its data folder is not to
  /// be seen from here.
  let isFromRecord: Bool

  /// - Parameter progress: what is finished; where the number of samples is open, parts are read to
  ///   see whether they are enough.
  init(_ folder: RunDirectory, _ configuration: ResolvedConfiguration, _ progress: RunProgress)
    throws
  {
    self.folder = folder
    self.configuration = configuration.configuration
    self.progress = try folder.judged(progress, by: configuration.goal)
    let listed = (try? configuration.configuration.data.imageFolder())?.images.map(\.id)
    isFromRecord = listed == nil
    let images = listed ?? Self.recorded(folder) + progress.images.keys
    plan = try WorkPlan(images: images, goal: configuration.goal)
    extent = plan.extent(after: self.progress)
    missing = plan.remaining(after: self.progress)
  }

  private static func recorded(_ folder: RunDirectory) -> [ImageID] {
    InputRecord(folder: folder.path).names.compactMap { try? ImageID(name: $0) }
  }

  var missingSamples: Int { missing.reduce(0) { $0 + $1.samples.count } }
  var samplesDone: Int { extent.samples - missingSamples }
  /// The most samples that may still be drawn.
  var mostMissingSamples: Int { missingSamples + extent.openSamples }

  /// Whether maps and tables are written of exactly the samples that are there.
  var isMapped: Bool { ResultsMark(in: folder) == ResultsMark(folder, progress) }

  /// For example `24 of 30 samples of 3 images are done, 0 failed`.
  var doneText: String {
    "\(samplesDone) of \(allText) samples of \(plan.images.count) images are done, "
      + "\(progress.failedCount) failed"
  }

  /// `30`, or `30 (at most 96)` while it is open how many images need.
  private var allText: String {
    extent.openSamples == 0
      ? "\(extent.samples)" : "\(extent.samples) (at most \(extent.samples + extent.openSamples))"
  }

  /// What is missing, shortened to a screen.
  var missingText: String {
    let shown = missing.prefix(10).map { "  \($0.image.name): samples \($0.samples)" }
    let rest = missing.count - shown.count
    let more = rest > 0 ? ["  … and \(rest) more images: posterior missing \(folder.path)"] : []
    return (["missing \(missingSamples) of \(allText) samples:"] + shown + more)
      .joined(separator: "\n")
  }

  /// What is there besides what is asked for, if anything: it counts in maps and tables.
  var surplus: String? {
    let (wanted, asked) = (SampleRanges(0..<plan.goal.most), Set(plan.images))
    let others = progress.images.keys.filter { !asked.contains($0) }.map(\.name).sorted()
    let more = progress.images.values.filter {
      asked.contains($0.image) && !$0.covered.subtracting(wanted).isEmpty
    }
    let found = [
      others.isEmpty ? nil : "samples of other images (\(others.firstNames))",
      more.isEmpty ? nil : "more samples of \(more.map(\.image.name).sorted().firstNames)",
    ].compactMap { $0 }
    guard !found.isEmpty else { return nil }
    return
      "\(folder.partsPath) holds \(found.joined(separator: " and ")) than are asked for: maps and tables are "
      + "of all that is there"
  }

  /// Files that do not count, and why.
  var notices: [String] {
    progress.ignored.map { "\($0.name) is left out: \($0.reason)" }
      + progress.overlapping.map {
        "\($0.name) is set aside: it shares samples with parts that cover more"
      }
      + progress.foreign.map {
        "\($0.name) is set aside: it was drawn for another file of the name \($0.header.image.name) than the others"
      }
  }
}
