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
      Run.self, Merge.self, Status.self, Inspect.self, Doctor.self, Validate.self,
    ]
  )

  /// Parses and runs, with this program's exit codes for its own errors.
  static func main() {
    TorchRuntime.keepFreedMemory()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as any ExitCodeError {
      leave(error, error.exitCode)
    } catch let error as CleanExit {
      exit(withError: error)
    } catch let error as ArgumentParser.ExitCode {
      exit(withError: error)
    } catch  where [.success, .validationFailure].contains(exitCode(for: error)) {
      // Help and version are asked for by errors, too.
      exit(withError: error)
    } catch {
      leave(error, Coordinator.ExitCode(for: error))
    }
  }

  /// Help, version, wrong usage and plain exit codes are the parser's to tell.
  private static func isFromParser(_ error: any Error) -> Bool {
    let code = exitCode(for: error)
    return error is ArgumentParser.ExitCode || code == .success || code == .validationFailure
  }

  private static func leave(_ error: any Error, _ code: Coordinator.ExitCode) -> Never {
    FileHandle.standardError.write(Data("posterior: \(error)\n".utf8))
    Foundation.exit(code.rawValue)
  }
}
