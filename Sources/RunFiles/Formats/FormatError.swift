/// An error in what the user gave (a file, a folder, a value), not in the program or the machine.
///
/// The description says what is wrong, where, what is allowed and what to do.
public protocol BadInput: Error, CustomStringConvertible {}

/// What can be wrong inside a file of one format.
public protocol FormatProblem: Error, Equatable, CustomStringConvertible {}

/// A file that is not what its format promises.
public struct FormatError<Problem: FormatProblem>: BadInput, Equatable {
  /// The file, as the user named it.
  public let file: String
  /// What is wrong in it.
  public let problem: Problem

  /// A `problem` found in `file`.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  public var description: String { "\(file): \(problem)" }
}

/// Runs a reader and adds the name of the file to the problem it finds.
func reading<Problem: FormatProblem, Result>(
  _ file: String, _ body: () throws(Problem) -> Result
) throws(FormatError<Problem>) -> Result {
  do {
    return try body()
  } catch {
    throw FormatError(file: file, problem: error)
  }
}
