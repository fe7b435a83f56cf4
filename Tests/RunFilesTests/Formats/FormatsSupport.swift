import Foundation
import Testing

@testable import RunFiles

/// A folder of its own for one test, removed with the object.
final class ScratchFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in the folder.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, makes its folders, and gives its path.
  @discardableResult
  func file(_ name: String, _ bytes: [UInt8] = []) throws -> String {
    let folder = (self(name) as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  /// Names of everything directly in the folder.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The path of a file that comes with the tests.
func resource(_ name: String) -> String {
  Bundle.module.bundleURL.appendingPathComponent("Resources/\(name)").path
}

/// The problem a reader finds, or nil with a recorded issue if it finds none.
func problem<Problem: FormatProblem, Result>(
  _ type: Problem.Type, _ body: () throws -> Result,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Problem? {
  let error = #expect(throws: FormatError<Problem>.self, sourceLocation: sourceLocation) {
    _ = try body()
  }
  return error?.problem
}

func little<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
}

func big<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] { little(value.byteSwapped) }
