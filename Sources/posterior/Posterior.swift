import ArgumentParser

@main
struct Posterior: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "posterior")
}
