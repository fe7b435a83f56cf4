import ArgumentParser
import Foundation
import RunFiles

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures a unit of work and tells what a run will cost.",
    discussion: """
      Loads the prior, draws one unit of the first image with every worker that a rank has on this \
      machine, and prints the amount of work, the time for several numbers of ranks, memory, disk, \
      and the job array and time limit to ask for. Nothing is written. Run it on a node like those \
      of the job, with as many cores as a rank will have there.

        posterior plan configs/quickstart.yaml
        srun --cpus-per-task=16 posterior plan configs/quickstart.yaml --set run.samples=64
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    help: ArgumentHelp(
      "Break a unit off after this time and scale up what was drawn.", valueName: "seconds"))
  var limit = 60.0

  @Flag(help: "Print only the run folder, for scripts; nothing is measured.")
  var folder = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be above 0 seconds.") }
  }

  func run() throws {
    if folder {
      return print(try explained { try options.configuration() }.configuration.run.output)
    }
    let measured = try explained { try CostMeasurement(options, limit: limit) }
    print(PlanText(measured: measured, options: options))
  }
}
