import Foundation

/// How much memory this process may still take: what the machine has left, and what the control
/// groups of a batch system or container leave.
public struct FreeMemory {
  private let read: (String) -> String?

  /// Of this system.
  public init() { self.init { try? String(contentsOfFile: $0, encoding: .utf8) } }

  /// - Parameter read: the text of a system file; nil where there is none.
  init(read: @escaping (String) -> String?) { self.read = read }

  /// Bytes; nil if the system does not tell.
  public var bytes: Int? { ([available].compactMap { $0 } + groups.compactMap(room)).min() }

  /// Resident bytes of this process.
  var resident: Int? {
    let pages = read("/proc/self/statm")?.split(separator: " ").dropFirst().first
    return pages.flatMap { Int($0) }.map { $0 * Int(getpagesize()) }
  }

  private var available: Int? {
    let lines = read("/proc/meminfo")?.split(separator: "\n") ?? []
    let words = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
    return words?.dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  // MARK: - Control groups

  /// A folder of a control group and what its files are called there.
  private struct Group {
    let folder: String
    let limit: String
    let usage: String
    let cache: String

    init(second folder: String) {
      (self.folder, limit, usage) = (folder, "memory.max", "memory.current")
      cache = "inactive_file"
    }

    init(first folder: String) {
      (self.folder, limit, usage) = (folder, "memory.limit_in_bytes", "memory.usage_in_bytes")
      cache = "total_inactive_file"
    }
  }

  /// The groups this process is in, and those around them: each may have a limit.
  private var groups: [Group] {
    let lines = (read("/proc/self/cgroup") ?? "").split(separator: "\n")
    return lines.flatMap { line -> [Group] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      if fields[0] == "0" {
        return Self.ancestry(fields[2]).map { Group(second: "/sys/fs/cgroup\($0)") }
      }
      guard fields[1].split(separator: ",").contains("memory") else { return [] }
      return Self.ancestry(fields[2]).map { Group(first: "/sys/fs/cgroup/memory\($0)") }
    }
  }

  /// `/a/b`, `/a`, and the root.
  private static func ancestry(_ path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { names.prefix($0).map { "/\($0)" }.joined() }
  }

  /// What the group may still take; pages of files it can give back do not count. Nil without a
  /// limit.
  private func room(_ group: Group) -> Int? {
    guard let limit = number("\(group.folder)/\(group.limit)"),
      let usage = number("\(group.folder)/\(group.usage)")
    else { return nil }
    let stat = read("\(group.folder)/memory.stat")?.split(separator: "\n") ?? []
    let cache = stat.first { $0.hasPrefix("\(group.cache) ") }?.split(separator: " ").last
    return max(0, limit - usage + (cache.flatMap { Int($0) } ?? 0))
  }

  private func number(_ path: String) -> Int? {
    read(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
}
