import ArgumentParser
import Foundation

struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tests on images with truth how far the maps can be trusted, and corrects intervals.",
    discussion: """
      Runs the experiment as `posterior run` does: distributed, resumable, with the same results. \
      Then compares the samples with the truth: coverage of intervals, standardised errors, ranks, \
      TARP, proper scores. Finds the factor by which mean ± factor·std must be widened so that it \
      misses at most a share of pixels, and writes it to a file that later runs apply to images \
      of the same kind. Given a run folder in place of a configuration, joins and compares what is \
      there; maps that are there already stay.

        posterior calibrate experiment.yaml
        posterior calibrate runs/experiment --miss-rate 0.05 --by-std --write by-std.yaml
        posterior run others.yaml --set statistics.calibration=runs/experiment/calibration.yaml

      The guarantee is one over images like those it was made from; docs/calibration.md says what \
      it is not.
      """)

  @OptionGroup var options: RunOptions

  @OptionGroup(title: "Calibrated intervals") var calibration: CalibrationOptions

  func validate() throws {
    guard isOfFolder, let option = experimentOptions.first(where: \.isGiven)?.name else { return }
    throw ValidationError(
      "\(option) goes with an experiment file only: \(options.experiment.config) is a run folder, "
        + "of which what is there is compared as it was drawn.")
  }

  func run() throws {
    guard !isOfFolder else { return try compare() }
    guard options.dryRun else {
      return try RunLaunch(options: options, calibration: calibration).run()
    }
    try explained { try calibration.check(options.configuration()) }
    try Run.dryRun(options)
  }

  private func compare() throws {
    let folder = options.experiment.config
    try explained { try calibration.checkFiles(runFolder: folder) }
    try FolderResults(folder).calibrate(calibration)
  }

  private var isOfFolder: Bool { FileManager.default.isFolder(options.experiment.config) }

  /// The options that say what is drawn, and whether each is given.
  private var experimentOptions: [(name: String, isGiven: Bool)] {
    [
      ("--set", !options.experiment.overrides.isEmpty),
      ("--output", options.experiment.output != nil),
      ("--shard", options.shard != nil), ("--dry-run", options.dryRun),
    ]
  }
}
