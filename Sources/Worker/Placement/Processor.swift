import Foundation

/// The processor cores this process may use.
public enum Processor {
  /// The affinity mask that launchers and batch systems set, such as `3,ffffffff`; empty if the
  /// system does not tell. From `/proc/self/status`: the call behind it is hidden from Swift by its
  /// feature macro.
  public static var affinity: String {
    mask(inStatus: (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? "")
  }

  /// Cores in the affinity mask.
  public static var allowedCores: Int { cores(inMask: affinity) ?? onlineCores }

  static func mask(inStatus status: String) -> String {
    let key = "Cpus_allowed:"
    let line = status.split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
    return String(line.dropFirst(key.count).filter { $0.isHexDigit || $0 == "," })
  }

  static func cores(inMask mask: String) -> Int? {
    let count = mask.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
    return count > 0 ? count : nil
  }

  /// The processor's name, such as `Intel(R) Xeon(R) Platinum 8480C`; empty if the system does not
  /// tell.
  public static var name: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? ""
  }

  /// Cores of the machine that are switched on.
  public static var onlineCores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Cores for one of `ranks` processes whose affinity mask is the same as this one's; `OMP_NUM_THREADS` sets a
  /// limit, as it does for most programs.
  public static func cores(
    sharedBy ranks: Int = 1,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Int {
    let limit = environment["OMP_NUM_THREADS"].flatMap { Int($0) }
    return max(1, min(allowedCores / max(1, ranks), limit ?? .max))
  }
}
