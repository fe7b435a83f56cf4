// `stdout` is a variable to Swift, and one of C's that never changes.
@preconcurrency import Glibc

extension StandardStreams {
  /// Writes out what is left of standard output, and says so if not all of it has arrived.
  ///
  /// To be asked once, at the end of a command whose output is what it is for. A reader that has
  /// gone, as `head` goes, wanted no more.
  /// - Returns: `code`, or input/output error in place of complete.
  public static func finishOutput(_ code: ExitCode) -> ExitCode {
    let isFlushed = fflush(stdout) == 0
    let reason = isFlushed ? EIO : errno
    guard !isFlushed || ferror(stdout) != 0, reason != EPIPE else { return code }
    writeError("posterior: standard output is not complete: \(String(cString: strerror(reason)))\n")
    return code == .complete ? .inputOutput : code
  }
}
