import ArgumentParser
import RunFiles
import Worker

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the samples of an experiment and writes its maps.",
    discussion: """
      Draws what is missing in the output folder and computes mean, standard deviation and \
      quantile maps. Interrupted or killed, the same command goes on where it stopped. The maps \
      are the same bytes for any number of ranks.

        posterior run configs/quickstart.yaml
        mpirun -np 4 posterior run configs/quickstart.yaml --set run.samples=64

      In a Slurm job array each task takes its share; join the shares with `posterior merge`.

      Exit codes: 0 complete, 1 complete with failed samples, 64 wrong usage, 65 bad configuration \
      or data, 70 internal error, 74 input/output error, 75 interrupted: run again to resume.
      """)

  @OptionGroup var options: RunOptions

  func run() throws {
    if options.dryRun { return try Self.dryRun(options) }
    try RunLaunch(options: options).run()
  }

  private static func amount(_ each: ClosedRange<Int>, _ count: Int) -> String {
    each.count == 1
      ? "\(each.upperBound * count)" : "\(each.lowerBound * count) to \(each.upperBound * count)"
  }

  static func dryRun(_ options: RunOptions) throws {
    let session = RunSession(options)
    let loaded = try explained { try session.load { try $0.shape(note: Console().note) } }
    try explained { try loaded.checkSampler() }
    print(loaded.experiment.configuration.yaml())
    let goal = loaded.experiment.configuration.goal
    let images = loaded.experiment.images.images.count
    print(
      "# \(images) images, \(goal): \(amount(goal.unitRange, images)) units of work, "
        + "\(loaded.placement.workers(loaded.experiment.configuration)) workers in this process")
    if goal.rule != nil {
      let sizes = goal.sizes.map(String.init).joined(separator: ", ")
      print("# an image may end with so many samples: \(sizes)")
    }
    if let norm = try loaded.experiment.operatorNorm() {
      print("# operator norm ‖A‖ ≈ \((norm * 1000).rounded() / 1000)")
    }
  }
}
