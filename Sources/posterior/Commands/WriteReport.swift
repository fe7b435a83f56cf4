import ArgumentParser
import RunFiles

struct WriteReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes maps, tables and report.html of a run folder as it is.",
    discussion: """
      Like merge, but leaves the parts as they are, and ends with 0 also while samples are missing. \
      report.html is one file that needs no network; open it in any browser.

        posterior report runs/quickstart
      """)

  @Argument(help: "Run folder, as `posterior run` wrote it.")
  var directory: String

  func run() throws {
    let console = Console()
    let folder = try RunDirectory.open(directory)
    let configuration = try folder.configuration()
    let standing = try Standing(folder, configuration, folder.scan())
    standing.notices.forEach(console.note)
    print(try RunResults(configuration, console: console).write(standing).text)
    if !standing.missing.isEmpty { print(standing.missingText) }
  }
}
