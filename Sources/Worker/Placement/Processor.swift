import Foundation

/// The processor cores this process may use.
public enum Processor {
  /// Cores in the affinity mask that launchers and batch systems set, from `/proc/self/status`:
  /// the call behind it is hidden from Swift by its feature macro.
  public static var allowedCores: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return cores(inStatus: status) ?? onlineCores
  }

  static func cores(inStatus status: String) -> Int? {
    let key = "Cpus_allowed:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else {
      return nil
    }
    let count = line.dropFirst(key.count).compactMap(\.hexDigitValue)
      .reduce(0) { $0 + $1.nonzeroBitCount }
    return count > 0 ? count : nil
  }

  /// Cores of the machine that are switched on.
  public static var onlineCores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Cores for one of `ranks` processes on this machine.
  ///
  /// Ranks that share one mask share its cores; a mask of one's own is used whole.
  public static func cores(amongRanks ranks: Int) -> Int {
    max(1, min(allowedCores, onlineCores / max(1, ranks)))
  }
}
