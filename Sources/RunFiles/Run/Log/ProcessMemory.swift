import Foundation

/// How much memory this process has used.
public enum ProcessMemory {
  /// Largest resident size so far in bytes; nil if the system does not tell.
  public static var peakBytes: Int? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    return usage.ru_maxrss * 1024
  }

  /// Lets ``peakBytes`` count from now on, where the system can do that.
  public static func forgetPeak() {
    let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs")
    try? file?.write(contentsOf: Data("5".utf8))
    try? file?.close()
  }
}
