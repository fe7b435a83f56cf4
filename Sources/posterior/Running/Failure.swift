import ArgumentParser
import Coordinator
import Foundation
import RunFiles

/// An error that is shown to the user as it is, with its exit code.
struct Failure: ExitCodeError, CustomStringConvertible {
  let description: String
  let exitCode: Coordinator.ExitCode

  init(_ description: String, _ code: Coordinator.ExitCode) {
    self.description = description
    exitCode = code
  }
}

/// Runs `body` and gives errors of inputs, which know no exit code themselves, the one for bad input.
func explained<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as any ExitCodeError {
    throw error
  } catch let error as FileError {
    throw error
  } catch let error as any BadInput {
    throw error
  } catch {
    throw Failure("\(error)", .badInput)
  }
}
