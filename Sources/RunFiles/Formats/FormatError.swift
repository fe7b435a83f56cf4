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

  public var description: String { printable("\(file): \(problem)") }
}

/// A message with text from a file in it, made safe for a terminal: control characters are shown as
/// `\u{1B}`, and what goes beyond 2000 characters is left out.
func printable(_ message: String) -> String {
  let scalars = message.unicodeScalars
  let shown = scalars.prefix(2000).map { scalar in
    scalar.properties.generalCategory == .control
      ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : String(scalar)
  }
  return shown.joined() + (scalars.dropFirst(2000).isEmpty ? "" : " …")
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
