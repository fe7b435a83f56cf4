import Foundation

// MARK: - Committing

extension RunDirectory {
  /// Writes a part; when this returns, it survives any crash.
  ///
  /// - Throws: `FileError`; nothing is left then.
  @discardableResult
  public func commit(_ part: Part) throws -> PartEntry {
    try commit(PartFile.seal(part, seal))
  }

  /// Writes a part that is sealed already; when this returns, it survives any crash.
  ///
  /// - Throws: `FileError`; nothing is left then.
  @discardableResult
  public func commit(_ sealed: SealedPart) throws(FileError) -> PartEntry {
    let number = nextNumber.add(1, ordering: .relaxed).newValue
    let name = PartName.make(sealed.header.image, writer: writer, number: number)
    try AtomicFile.write(sealed.bytes, to: "\(partsPath)/\(name)")
    return PartEntry(name: name, header: sealed.header)
  }

  /// Whether a part's file is still there.
  public func has(_ entry: PartEntry) -> Bool { access("\(partsPath)/\(entry.name)", F_OK) == 0 }

  /// Whether this process wrote a part.
  public func owns(_ entry: PartEntry) -> Bool { entry.name.contains(".\(writer).") }
}

// MARK: - Reading

extension RunDirectory {
  /// The part in a file, its checksums verified.
  ///
  /// - Throws: `FileError` (ENOENT if another process has joined it into a larger one meanwhile);
  ///   ``RunDirectoryError/part(_:_:)`` if it has been damaged since it was listed.
  public func load(_ entry: PartEntry) throws -> Part {
    let file = "\(partsPath)/\(entry.name)"
    do {
      return try PartFile.part(in: Safetensors.read(path: file), workHash: description.workHash)
    } catch let error as PartFileError {
      throw RunDirectoryError.part(file, error)
    } catch let error as SafetensorsError {
      throw RunDirectoryError.part(file, .unreadable("\(error)"))
    }
  }

  /// The sum of all accepted parts of an image; nil if there is none.
  ///
  /// Looks again, up to ten times, if another process joins parts at the same time.
  /// - Throws: `FileError`, ``RunDirectoryError``.
  public func part(of image: ImageID, in progress: RunProgress) throws -> Part? {
    var current = progress.images[image]
    for _ in 0..<10 {
      do {
        return try sum(current?.accepted ?? [])
      } catch let error as FileError where error.isMissingFile {
        current = try self.progress(of: image)
      }
    }
    return try sum(current?.accepted ?? [])
  }

  func sum(_ entries: [PartEntry]) throws -> Part? {
    var total: Part?
    for entry in entries {
      let part = try load(entry)
      do {
        if total == nil { total = part } else { try total?.merge(part) }
      } catch {
        throw RunDirectoryError.merge(error)
      }
    }
    return total
  }
}
