import ArgumentParser

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Joins what is finished in a run folder and writes its maps.",
    discussion: """
      Works at any time, also while array tasks still run: the maps are those of the samples that \
      are there, and what is missing is listed. Exits with 75 while something is missing.

        posterior merge runs/quickstart
      """)

  @Argument(help: "Run folder, as `posterior run` wrote it.")
  var directory: String

  func run() throws {
    try FolderResults(directory).write()
  }
}
