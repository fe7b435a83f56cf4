import ArgumentParser

@main
struct Posterior: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "posterior",
    abstract: "Draws posterior samples of many measured images and maps their uncertainty.",
    discussion: """
      Start with a configuration file (see configs/): one experiment, one file.

        posterior run configs/quickstart.yaml
        mpirun -np 4 posterior run configs/quickstart.yaml --set run.samples=64
      """,
    version: Program.name,
    subcommands: [Validate.self]
  )
}
