import Foundation
import Synchronization

extension RunDirectory {
  /// Looks through `parts/` and tells what is finished.
  ///
  /// Torn, damaged, foreign files and parts of other work are named in the result and otherwise
  /// ignored. Other processes may write and join parts meanwhile; then the folder is looked at
  /// again until it holds still.
  /// - Parameter verify: `.content` reads every byte; `.header` is quick and finds torn files, but
  ///   not flipped bytes.
  /// - Throws: ``RunDirectoryError/noParts(_:)``; `FileError` if the folder cannot be listed.
  public func scan(verify: PartFile.Verification = .content) throws -> RunProgress {
    do throws(FileError) {
      return try settledScan { _ in
        true
      } verify: {
        verify
      }
    } catch {
      guard error.isMissingFile else { throw error }
      throw RunDirectoryError.noParts(partsPath)
    }
  }

  /// The progress of one image.
  ///
  /// - Throws: `FileError` if the folder cannot be listed.
  public func progress(of image: ImageID) throws(FileError) -> ImageProgress {
    let prefix = PartName.prefix(of: image)
    let progress = try settledScan {
      $0.hasPrefix(prefix)
    } verify: {
      .content
    }
    return progress.images[image] ?? ImageProgress(image: image, parts: [])
  }

  /// Lists and reads until a listing brings no name that is new and misses none that was read.
  ///
  /// Names that are listed again after their file was not found, such as links that lead nowhere, have none.
  private func settledScan(
    _ isWanted: (String) -> Bool, verify: () -> PartFile.Verification
  ) throws(FileError) -> RunProgress {
    var findings: [String: PartFinding] = [:]
    var vanished: Set<String> = []
    for _ in 0..<100 {
      let names = try FolderCalls.names(in: partsPath).filter(isWanted).filter(Self.isFinished)
      let fresh = names.filter { findings[$0] == nil }
      if fresh.isEmpty, names.count == findings.count { break }
      let present = Set(names)
      findings = findings.filter { present.contains($0.key) }
      for (name, finding) in look(at: fresh, verify()) {
        if case .vanished = finding, vanished.insert(name).inserted { continue }
        findings[name] = finding
      }
    }
    return Self.progress(findings)
  }

  private static func isFinished(_ name: String) -> Bool { !AtomicFile.isTemporary(name) }

  private static func progress(_ findings: [String: PartFinding]) -> RunProgress {
    var parts: [PartEntry] = []
    var ignored: [IgnoredFile] = []
    for (name, finding) in findings {
      switch finding {
      case .part(let header): parts.append(PartEntry(name: name, header: header))
      case .ignored(let reason): ignored.append(IgnoredFile(name: name, reason: reason))
      case .vanished:
        ignored.append(IgnoredFile(name: name, reason: "there is no file of this name"))
      }
    }
    return RunProgress(parts: parts, ignored: ignored)
  }
}

// MARK: - Reading many files

/// What a file in `parts/` turned out to be.
private enum PartFinding: Sendable {
  case part(PartHeader)
  case ignored(String)
  case vanished
}

extension RunDirectory {
  /// Reads files on all cores.
  private func look(
    at names: [String], _ verify: PartFile.Verification
  ) -> [String: PartFinding] {
    let findings = Mutex<[String: PartFinding]>([:])
    let share = 64
    DispatchQueue.concurrentPerform(iterations: (names.count + share - 1) / share) { index in
      let some = names[index * share..<min(names.count, (index + 1) * share)]
      let found = some.map { ($0, look(at: $0, verify)) }
      findings.withLock { $0.merge(found) { $1 } }
    }
    return findings.withLock { $0 }
  }

  private func look(at name: String, _ verify: PartFile.Verification) -> PartFinding {
    do {
      let file = try Safetensors.read(path: "\(partsPath)/\(name)")
      return .part(
        try PartFile.header(of: file, workHash: description.workHash, verify: verify))
    } catch let error as FileError where error.errno == ENOENT {
      return .vanished
    } catch let error as SafetensorsError {
      return .ignored("not a whole part file: \(error.problem)")
    } catch {
      return .ignored("\(error)")
    }
  }
}
