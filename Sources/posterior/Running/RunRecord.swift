import Coordinator
import Foundation
import RunFiles
import Worker

/// What `run.yaml` keeps besides the configuration: versions, and SHA-256 of prior and inputs.
struct RunRecord {
  let description: RunDescription

  /// - Parameter inputs: SHA-256 of each input file, by image.
  /// - Throws: ``ChangedInputs`` if the folder has results of other content under the same names.
  init(_ loaded: RunSession.Loaded, inputs: [ImageID: String]) throws {
    let digests = Dictionary(uniqueKeysWithValues: inputs.map { ($0.key.name, $0.value) })
    let folder = loaded.configuration.run.output
    let all = try InputRecord(folder: folder).adding(digests)
    let arithmetic = ArithmeticRecord(folder: folder).adding(.current)
    let facts =
      [
        (key: "problem", value: loaded.experiment.problemHash),
        (key: "prior_sha256", value: loaded.experiment.prior.digest),
      ] + arithmetic.facts + loaded.experiment.fileFacts + all.facts
    description = RunDescription(
      workHash: loaded.workHash, program: Program.name,
      configuration: loaded.experiment.configuration.yaml(record: facts))
  }

  /// Looks whether the files of measurement and sampler are those that a folder's samples were drawn with.
  ///
  /// - Throws: ``ReplacedFiles`` if not; `FileError` if one cannot be read.
  static func checkFiles(of configuration: Configuration, in folder: String) throws {
    let files = configuration.inputFiles
    // The record of many images takes seconds to read.
    let facts = files.isEmpty ? [:] : facts(in: folder)
    let replaced = try files.enumerated().filter { index, file in
      guard let digest = facts["file_\(index)"]?.prefix(while: { $0 != " " }) else { return false }
      return try SHA256.hex(ofFile: file.path) != digest
    }
    guard replaced.isEmpty else {
      throw ReplacedFiles(names: replaced.map { "\($1.path) (\($1.key))" })
    }
  }

  /// What a folder's `run.yaml` keeps; nothing where there is none.
  static func facts(in folder: String) -> [String: String] {
    let file = "\(folder)/run.yaml"
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return (try? Configuration.record(inYAML: text, name: file)) ?? [:]
  }
}

extension Experiment {
  /// One line a file of measurement and sampler: `file_0: "SHA-256 key name"`.
  fileprivate var fileFacts: [(key: String, value: String)] {
    configuration.configuration.inputFiles.enumerated().map { index, file in
      (key: "file_\(index)", value: "\(fileDigests[file.path] ?? "") \(file.key) \(file.path)")
    }
  }
}

/// SHA-256 of every input a run folder has results of, by name.
struct InputRecord {
  private let folder: String
  private let digests: [String: String]

  /// What the folder's `run.yaml` says; nothing where there is none.
  init(folder: String) {
    self.folder = folder
    let pairs = RunRecord.facts(in: folder).compactMap { key, value -> (String, String)? in
      guard key.hasPrefix(Self.prefix), let space = value.firstIndex(of: " ") else { return nil }
      return (String(value[value.index(after: space)...]), String(value[..<space]))
    }
    digests = Dictionary(pairs) { first, _ in first }
  }

  private init(folder: String, digests: [String: String]) {
    self.folder = folder
    self.digests = digests
  }

  private static let prefix = "input_"

  /// The names of the inputs.
  var names: [String] { Array(digests.keys) }

  /// The record with more inputs.
  ///
  /// - Throws: ``ChangedInputs`` if one of them is known with another content.
  func adding(_ more: [String: String]) throws -> InputRecord {
    let changed = more.filter { digests[$0.key] != nil && digests[$0.key] != $0.value }
    guard changed.isEmpty else {
      throw ChangedInputs(folder: folder, names: changed.keys.sorted())
    }
    return InputRecord(folder: folder, digests: digests.merging(more) { old, _ in old })
  }

  /// One line an input: `input_0: "SHA-256 name"`.
  var facts: [(key: String, value: String)] {
    digests.sorted { $0.key < $1.key }.enumerated().map { index, entry in
      (key: "\(Self.prefix)\(index)", value: "\(entry.value) \(entry.key)")
    }
  }
}

/// Files of the operator or the sampler that are not those the samples were drawn with.
struct ReplacedFiles: BadInput {
  let names: [String]

  var description: String {
    "the samples were drawn with other files under the names \(names.firstNames)"
  }
}

/// Inputs whose content is not what the folder's results were made from.
struct ChangedInputs: BadInput {
  let folder: String
  let names: [String]

  var description: String {
    "\(folder) holds results of other files under the same names: \(names.firstNames); "
      + "choose another output folder, or put the old files back"
  }
}
