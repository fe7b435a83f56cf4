import Foundation
import RunFiles

/// A folder of one test, deleted with this object.
final class TemporaryFolder {
  let path: String

  init() throws {
    let place = FileManager.default.temporaryDirectory
    path = place.appending(path: "posterior-end-\(UUID().uuidString.prefix(12))").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something in the folder.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and the folders above it.
  ///
  /// - Returns: its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = self(name)
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes an array as an npy file.
  @discardableResult
  func write(_ values: [Float], shape: [Int], to name: String) throws -> String {
    try write(Npy.encode(StoredArray(values, shape: shape)), to: name)
  }
}
