import Foundation
import RunFiles
import Testing

/// A folder that the program has written a run to.
struct RunFolder {
  let path: String

  /// The bytes of every map, every picture and the overview, by path in the folder.
  ///
  /// The overview is headed by the folder's name: compare folders of the same name.
  func maps() throws -> [String: Data] {
    let listed = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let wanted = listed.filter { name in
      name == "overview.png"
        || name.hasPrefix("maps/") && (name.hasSuffix(".npy") || name.hasSuffix(".png"))
    }
    let files = try wanted.map { ($0, try Data(contentsOf: URL(filePath: "\(path)/\($0)"))) }
    return Dictionary(uniqueKeysWithValues: files)
  }

  /// A map's values.
  func map(_ name: String, of image: String) throws -> [Float] {
    try Npy.read(path: "\(path)/maps/\(image)/\(name).npy").floats()
  }

  /// What is committed.
  func progress() throws -> RunProgress { try RunDirectory.open(path).scan() }

  /// Samples committed of all images.
  func committedSamples() throws -> Int {
    try progress().images.values.reduce(0) { $0 + $1.covered.count }
  }

  /// Whether something is committed; while the run may still be writing.
  var hasParts: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/parts")) ?? []
    return names.contains { $0.hasSuffix(".safetensors") }
  }

  /// The lines of all event logs.
  func events() throws -> [Event] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let logs = names.filter { $0.hasPrefix("events-") && $0.hasSuffix(".jsonl") }.sorted()
    return try logs.flatMap { name in
      let text = try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
      // A killed process may leave half a line.
      return text.split(separator: "\n").compactMap { try? Event($0) }
    }
  }

  /// Units drawn by the starts of the program that `earlier` does not know.
  func units(after earlier: Set<String> = []) throws -> [Event] {
    try events().filter {
      $0.event == "unit" && $0.outcome == "done" && !earlier.contains($0.run)
    }
  }

  /// The starts of the program that wrote into this folder.
  func starts() throws -> Set<String> {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return Set(try events().map(\.run))
  }
}

/// A line of an event log, as far as tests read it.
struct Event: Decodable {
  let event: String
  let run: String
  let image: String?
  let samples: String?
  let outcome: String?
  let seconds: Double?
  let coordinatorSeconds: Double?
  let restartCount: Int?

  init(_ line: Substring) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Event.self, from: Data(line.utf8))
  }

  /// The indices in ``samples``.
  var indices: [Int] {
    (samples ?? "").split(separator: ",").flatMap { part -> [Int] in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
    }
  }
}

/// Expects the same files with the same bytes, and names those that differ.
func expectSame(
  _ found: [String: Data], _ expected: [String: Data], _ what: String,
  at location: SourceLocation = #_sourceLocation
) {
  #expect(!expected.isEmpty, "nothing to compare", sourceLocation: location)
  let names = Set(found.keys).union(expected.keys).sorted()
  let different = names.filter { found[$0] != expected[$0] }
  #expect(different == [], "\(what)", sourceLocation: location)
}
