import Foundation

/// The standard streams of a process, in whatever state it was given them.
public enum StandardStreams {
  /// Opens those that are closed as /dev/null: otherwise a file of the run would get the number of
  /// one, and messages would be written into it.
  ///
  /// To be called before any file is opened.
  public static func openClosed() {
    var descriptor: Int32
    repeat { descriptor = open("/dev/null", O_RDWR) } while (0...2).contains(descriptor)
    if descriptor > 2 { close(descriptor) }
  }

  /// Says something on standard error, or nothing where that fails: a run does not end because the
  /// disk of its log is full, or its terminal gone.
  public static func writeError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
