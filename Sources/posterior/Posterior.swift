import ArgumentParser
import Coordinator
import Foundation
import Tensors

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
    subcommands: [
      Run.self, Calibrate.self, Submit.self, Plan.self, Status.self, Missing.self, Merge.self,
      WriteReport.self, Inspect.self, Fold.self, Doctor.self, Validate.self, Simulate.self,
    ]
  )

  /// Parses and runs, with this program's exit codes for its own errors.
  static func main() {
    StandardStreams.openClosed()
    TorchRuntime.keepFreedMemory()
    TorchRuntime.prepareGPUs()
    var command = parsed()
    do {
      try command.run()
      Foundation.exit(StandardStreams.finishOutput(.complete).rawValue)
    } catch let error as any ExitCodeError {
      leave(error, error.exitCode)
    } catch  where isForParser(error) {
      _ = StandardStreams.finishOutput(.interrupted)
      exit(withError: error)
    } catch {
      leave(error, Coordinator.ExitCode(for: error))
    }
  }

  /// The command asked for; help, version and wrong usage are the parser's to tell.
  private static func parsed() -> any ParsableCommand {
    do {
      return try parseAsRoot()
    } catch {
      exit(withError: error)
    }
  }

  /// Plain exit codes, and `help` and `--version`, which run as commands that end with an error.
  private static func isForParser(_ error: any Error) -> Bool {
    error is ArgumentParser.ExitCode || exitCode(for: error).isSuccess
  }

  private static func leave(_ error: any Error, _ code: Coordinator.ExitCode) -> Never {
    StandardStreams.writeError("posterior: \(error)\n")
    Foundation.exit(code.rawValue)
  }
}
