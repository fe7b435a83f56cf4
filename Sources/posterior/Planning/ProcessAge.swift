import Foundation

/// How long this process has been running.
enum ProcessAge {
  /// Seconds since the process was started, loading of libraries included; nil if the system does
  /// not tell.
  static var seconds: Double? {
    guard let stat = text("/proc/self/stat"), let up = text("/proc/uptime"),
      let now = up.split(separator: " ").first.flatMap({ Double($0) }),
      // The name in parentheses may hold anything; the start is the 20th field after it.
      let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
    return max(0, now - ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
  }

  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
