import Foundation
import RunFiles

/// Where the numbers of a report come from.
struct Provenance {
  /// Program and version.
  let program: String
  /// Hash of everything that shapes a sample.
  let workHash: String
  /// The resolved configuration.
  let configuration: String
  /// What the run wrote about itself: versions and digests, by name.
  let facts: [(name: String, value: String)]
  /// Name and SHA-256 of each input.
  let inputs: [(name: String, digest: String)]
  /// The starts of the program.
  let history: RunHistory

  /// Reads what a run folder says about itself.
  ///
  /// - Throws: `FileError` if the folder cannot be listed.
  init(_ directory: RunDirectory) throws {
    let description = directory.description
    (program, workHash) = (description.program, description.workHash)
    let text = description.configuration
    configuration = text.components(separatedBy: "\n\(Configuration.recordKey):\n")[0] + "\n"
    let record = (try? Configuration.record(inYAML: text, name: "run.yaml")) ?? [:]
    facts = record.filter { !$0.key.hasPrefix("input_") }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
    inputs = record.filter { $0.key.hasPrefix("input_") }.values.compactMap(Self.input)
      .sorted { $0.name < $1.name }
    history = try RunHistory(folder: directory.path)
  }

  /// `SHA-256 name`.
  private static func input(_ line: String) -> (name: String, digest: String)? {
    guard let space = line.firstIndex(of: " ") else { return nil }
    return (String(line[line.index(after: space)...]), String(line[..<space]))
  }
}
