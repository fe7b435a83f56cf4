import ArgumentParser
import Coordinator
import Foundation
import RunFiles

struct Missing: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the samples a run still lacks, or the array tasks that draw them.",
    discussion: """
      Prints a line IMAGE<TAB>SAMPLES for each image that lacks some, such as coat<TAB>0-7,24-31, \
      and exits with 75; prints nothing and exits with 0 if nothing is missing. With --array it \
      prints the numbers of the tasks that have something left, as --array of sbatch takes them:

        posterior missing runs/quickstart
        tasks=$(posterior missing runs/quickstart --array) || [ $? -ne 75 ] ||
          sbatch --array=$tasks array.sbatch

      The tasks then draw the shares they had, gaps or not: shares record in the run folder how \
      their array was numbered. What is finished is told by the parts, not by the tasks.
      """)

  @Argument(help: "Run folder, as `posterior run` wrote it.")
  var directory: String

  @Flag(help: "Print the tasks of the job array that lack samples, such as 1,3-5.")
  var array = false

  @Option(
    help: ArgumentHelp(
      "Number of shares, where no array has run yet; they are counted from 0, for --shard I/N.",
      valueName: "N"))
  var of: Int?

  func validate() throws {
    if let of, of < 1 { throw ValidationError("--of must be at least 1, found \(of).") }
    if of != nil, !array { throw ValidationError("--of goes with --array.") }
  }

  func run() throws {
    let folder = try RunDirectory.open(directory)
    let standing = try Standing(folder, folder.configuration(), folder.scan())
    guard !standing.missing.isEmpty else { return }
    if array {
      print(try tasks(standing))
    } else {
      for work in standing.missing { print("\(work.image.name)\t\(work.samples)") }
    }
    throw ArgumentParser.ExitCode(Coordinator.ExitCode.interrupted.rawValue)
  }

  private func tasks(_ standing: Standing) throws -> String {
    let geometry = try geometry()
    let progress = standing.progress
    let shares = standing.plan.unfinishedShares(
      of: geometry.count, after: progress.covered, isPrecise: progress.precise.contains)
    return SampleRanges(indices: shares.map(geometry.task)).description
  }

  private func geometry() throws -> ArrayGeometry {
    let recorded = RunDirectory.arrays(in: directory)
    if let of {
      if let known = recorded.first(where: { $0.count == of }) { return known }
      if let counted = ArrayGeometry(first: 0, step: 1, count: of) { return counted }
    } else if let latest = recorded.first {
      return latest
    }
    throw Failure(
      "no share of \(directory) has been started yet, so the number of shares is not known; "
        + "give it: --of N", .usage)
  }
}
