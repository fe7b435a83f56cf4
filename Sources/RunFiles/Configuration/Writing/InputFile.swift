/// A file the experiment reads besides its data: a kernel, a mask, a matrix, weights.
///
/// Sections name such files with ``YAMLValue/file(_:expected:)``. From that alone follows that the file is
/// looked for before anything starts, that its content is part of the work hash in place of its name, and that
/// its digest is written to `run.yaml`.
public struct InputFile: Sendable, Equatable {
  /// The dotted key that names it.
  public let key: String
  /// Its name, relative to the current folder.
  public let path: String
  /// What it should be, as a noun: "an .npy file with the mask".
  public let expected: String
}

extension Configuration {
  /// The files of the measurement, the sampler and the derived quantities, in the order they are written.
  ///
  /// Those of the prior are in ``Prior/files``, as the prior has a digest of its own.
  public var inputFiles: [InputFile] {
    measurement.yaml.files(path: "measurement") + sampler.yaml.files(path: "sampler")
      + statistics.derivedYAML.files(path: "statistics.derived")
  }
}

extension YAMLValue {
  /// The files named inside, with `path` before their keys.
  func files(path: String) -> [InputFile] {
    switch self {
    case .word, .text: []
    case .file(let name, let expected): [InputFile(key: path, path: name, expected: expected)]
    case .list(let values):
      values.enumerated().flatMap { $1.files(path: "\(path)[\($0)]") }
    case .section(let entries): entries.flatMap { $1.files(path: "\(path).\($0)") }
    }
  }

  /// The value with digests in place of the names of files.
  ///
  /// - Precondition: `digests` has every file named inside.
  func withDigests(_ digests: [String: String]) -> YAMLValue {
    switch self {
    case .word, .text: return self
    case .file(let name, _):
      guard let digest = digests[name] else {
        preconditionFailure("The work hash needs the digest of \(name).")
      }
      return .section([("sha256", .text(digest))])
    case .list(let values): return .list(values.map { $0.withDigests(digests) })
    case .section(let entries):
      return .section(entries.map { ($0, $1.withDigests(digests)) })
    }
  }
}
