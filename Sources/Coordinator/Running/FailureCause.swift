import RunFiles

extension ExitCode {
  /// The exit code for an error that ends a run.
  public init(for error: any Error) {
    switch error {
    case let error as any ExitCodeError: self = error.exitCode
    case RunDirectoryError.notStarted: self = .interrupted
    case is FileError: self = .inputOutput
    case is any BadInput, is ShardError, is WorkPlanError: self = .badInput
    case is UnitInterrupted: self = .interrupted
    default: self = .internalError
    }
  }
}
