import Foundation

/// Reads the text of a configuration file, refusing what cannot be one before anything parses it.
enum ConfigurationText {
  /// The largest file that is read, in bytes.
  static let limit = 1 << 20

  /// The text of a regular file.
  static func read(path: String) throws(ConfigurationReason) -> String {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(openProblem(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(openProblem(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(kindProblem(status)) }
    return try decode(bytes(of: descriptor))
  }

  /// The text that UTF-8 bytes stand for, without a byte order mark.
  ///
  /// A larger file counts up to its section `record`, which is passed over anyway: a run of many images ends its
  /// `run.yaml` with a line for each.
  static func decode(_ bytes: [UInt8]) throws(ConfigurationReason) -> String {
    let bytes = bytes.count > limit ? upToRecord(bytes) : bytes
    guard bytes.count <= limit else {
      throw .unreadable("larger than \(limit >> 20) MB; is this a configuration file?")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .unreadable("not UTF-8 text; save it as UTF-8")
    }
    return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  private static func upToRecord(_ bytes: [UInt8]) -> [UInt8] {
    let heading = Array("\n\(Configuration.recordKey):\n".utf8)
    let start = bytes.prefix(limit).firstRange(of: heading)?.lowerBound
    return start.map { Array(bytes[...$0]) } ?? bytes
  }

  private static func bytes(of descriptor: Int32) throws(ConfigurationReason) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = Foundation.read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(openProblem(errno)) }
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    return bytes
  }

  private static func openProblem(_ code: Int32) -> String {
    "cannot be read: \(String(cString: strerror(code)))"
  }

  private static func kindProblem(_ status: stat) -> String {
    status.st_mode & S_IFMT == S_IFDIR
      ? "is a folder; name the YAML file in it" : "is not a regular file"
  }
}
