import Tensors

/// The libraries and processors that samples of a run folder were computed with: the last bits depend on them.
struct ArithmeticRecord: Equatable {
  /// Versions of libtorch.
  private var libraries: [String]
  /// What libtorch makes of a processor, such as `AVX512`.
  private var processors: [String]

  /// This process.
  static var current: ArithmeticRecord {
    ArithmeticRecord(
      libraries: [TorchRuntime.version], processors: [TorchRuntime.cpuCapability])
  }

  private init(libraries: [String], processors: [String]) {
    self.libraries = libraries
    self.processors = processors
  }

  /// What the folder's `run.yaml` says; nothing where there is none.
  init(folder: String) {
    let facts = RunRecord.facts(in: folder)
    func list(_ key: String) -> [String] {
      facts[key]?.split(separator: ",").map { $0.trimmingPrefix(" ").description } ?? []
    }
    self.init(libraries: list("libtorch"), processors: list("processor"))
  }

  /// The record with another process.
  func adding(_ more: ArithmeticRecord) -> ArithmeticRecord {
    ArithmeticRecord(
      libraries: libraries + more.libraries.filter { !libraries.contains($0) },
      processors: processors + more.processors.filter { !processors.contains($0) })
  }

  /// What there is to say where a process goes on with this folder; nil if nothing changes.
  func notice(adding more: ArithmeticRecord, folder: String) -> String? {
    guard !libraries.isEmpty, adding(more) != self else { return nil }
    return "\(folder) was drawn with \(self) so far, and goes on with \(more): as good, but the "
      + "last bits of a sample depend on it, and so do those of the maps"
  }

  var facts: [(key: String, value: String)] {
    [
      (key: "libtorch", value: libraries.joined(separator: ", ")),
      (key: "processor", value: processors.joined(separator: ", ")),
    ]
  }
}

extension ArithmeticRecord: CustomStringConvertible {
  /// For example `libtorch 2.13.0 on AVX512`.
  var description: String {
    "libtorch \(libraries.joined(separator: ", ")) on \(processors.joined(separator: ", "))"
  }
}
