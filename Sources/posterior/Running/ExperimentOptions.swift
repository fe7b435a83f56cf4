import ArgumentParser
import RunFiles

/// Which experiment a command is about.
struct ExperimentOptions: ParsableArguments {
  @Argument(help: "Configuration file (YAML): one experiment.")
  var config: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replace a value of the configuration, such as sampler.steps=200; may be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "Folder of the results, in place of run.output.")
  var output: String?

  func configuration() throws -> LoadedConfiguration {
    try Configuration.load(path: config, overrides: overrides, output: output)
  }
}
