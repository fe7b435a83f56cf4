import CCrypto
import Foundation

/// SHA-256 digests (FIPS 180-4) by OpenSSL.
public enum SHA256 {
  /// The digest of `bytes`: 64 lower-case hexadecimal digits.
  public static func hex(of bytes: [UInt8]) -> String { hexText(digest(of: bytes)) }

  /// The digest of the elements of an array in row-major order: 64 lower-case hexadecimal digits.
  static func hex(of array: StoredArray) -> String {
    guard array.strides == nil else { return hex(of: array.rowMajorBytes()) }
    let hasher = Hasher()
    array.withUnsafeBytes { hasher.update($0) }
    return hexText(hasher.finish())
  }

  /// The digest of the content of a file, read piece by piece: 64 lower-case hexadecimal digits.
  ///
  /// Throws `FileError` if the file cannot be read or is not a regular file.
  public static func hex(ofFile path: String) throws(FileError) -> String {
    let (descriptor, size) = try openRegularFile(path)
    defer { close(descriptor) }
    let hasher = Hasher()
    var piece = [UInt8](repeating: 0, count: min(max(size, 1), 1 << 20))
    while true {
      let count = try FileCalls.check(path, .read) { read(descriptor, &piece, piece.count) }
      if count == 0 { return hexText(hasher.finish()) }
      piece.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }

  /// The 32 bytes of the digest of `bytes`.
  public static func digest(of bytes: [UInt8]) -> [UInt8] {
    let hasher = Hasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func hexText(_ digest: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: 2 * digest.count) { text in
      for (index, byte) in digest.enumerated() {
        text[2 * index] = digits[Int(byte >> 4)]
        text[2 * index + 1] = digits[Int(byte & 15)]
      }
      return 2 * digest.count
    }
  }
}

/// One digest under way. OpenSSL fails here only without memory or without SHA-256 at all.
private final class Hasher {
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("OpenSSL offers no SHA-256 here")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
  }

  func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1)
    return digest
  }
}
