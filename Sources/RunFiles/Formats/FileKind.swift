/// What a file is, by its content.
public enum FileKind: Sendable, Equatable {
  case png
  case npy
  /// numpy's archive of arrays.
  case npz(Archive)
  case safetensors
  /// A program and its weights, as `torch.jit.save` writes them.
  case torchScript(Archive)
  /// Anything `torch.save` writes, or what is left: the reader of checkpoints says what is wrong.
  case checkpoint

  /// The directory of a zip archive.
  public struct Archive: Sendable, Equatable {
    /// A file of the archive.
    public struct Entry: Sendable, Equatable {
      /// Path inside the archive, with `/`.
      public let name: String
      /// Bytes in the archive.
      public let byteCount: Int
    }

    /// By name.
    public let entries: [Entry]

    fileprivate init(_ archive: ZipArchive) {
      entries = archive.entries.map { Entry(name: $0.key, byteCount: $0.value.count) }
        .sorted { $0.name < $1.name }
    }

    fileprivate func has(_ part: String) -> Bool { entries.contains { $0.name.contains(part) } }
  }

  /// Looks into the file at `path`, and at its name only where the content leaves a choice.
  ///
  /// - Throws: `FileError` if it cannot be read.
  public init(path: String) throws {
    let file = try MappedFile(path: path)
    self = withExtendedLifetime(file) { Self(file.bytes, path: path) }
  }

  private init(_ bytes: UnsafeRawBufferPointer, path: String) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) || path.hasSuffix(".png") {
      self = .png
    } else if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) || path.hasSuffix(".npy") {
      self = .npy
    } else if let archive = try? ZipArchive(bytes).listing {
      self = Self(archive, path: path)
    } else if path.hasSuffix(".safetensors") || bytes.count > 8 && bytes[8] == UInt8(ascii: "{") {
      self = .safetensors
    } else {
      self = .checkpoint
    }
  }

  private init(_ archive: Archive, path: String) {
    if archive.has("/code/") {
      self = .torchScript(archive)
    } else if archive.entries.allSatisfy({ $0.name.hasSuffix(".npy") }), !archive.entries.isEmpty {
      self = .npz(archive)
    } else {
      self = .checkpoint
    }
  }
}

extension ZipArchive {
  fileprivate var listing: FileKind.Archive { FileKind.Archive(self) }
}
