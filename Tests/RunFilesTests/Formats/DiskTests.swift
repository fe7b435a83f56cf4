import Foundation
import Synchronization
import Testing

@testable import RunFiles

@Suite struct MappedFileTests {
  @Test func contentIsMapped() throws {
    let folder = try ScratchFolder()
    let file = try MappedFile(path: folder.file("a", [1, 2, 3]))
    #expect(content(file) == [1, 2, 3])
    #expect(content(try MappedFile(path: folder.file("empty"))) == [])
  }

  @Test func whatIsNoRegularFileIsRefused() throws {
    let folder = try ScratchFolder()
    let missing = FileError(path: folder("missing"), operation: .open, errno: ENOENT)
    #expect(throws: missing) { try MappedFile(path: folder("missing")) }
    #expect(throws: FileError(path: folder.path, operation: .read, errno: EISDIR)) {
      try MappedFile(path: folder.path)
    }
    mkfifo(folder("pipe"), 0o600)
    #expect(throws: FileError(path: folder("pipe"), operation: .read, errno: EINVAL)) {
      try MappedFile(path: folder("pipe"))
    }
    #expect(
      missing.description.hasSuffix("No such file or directory; check the spelling of the path"))
  }

  @Test func aFileMayBeReplacedWhileMapped() throws {
    let folder = try ScratchFolder()
    let file = try MappedFile(path: folder.file("a", [1, 2, 3]))
    try AtomicFile.write([9], to: folder("a"))
    #expect(content(file) == [1, 2, 3])
  }
}

@Suite struct AtomicFileTests {
  @Test func filesAreRemoved() throws {
    let folder = try ScratchFolder()
    try AtomicFile.write([1], to: folder("a"))
    try AtomicFile.remove(folder("a"))
    #expect(access(folder("a"), F_OK) == -1)
    try AtomicFile.remove(folder("a"))
    mkdir(folder("b"), 0o700)
    #expect(throws: FileError(path: folder("b"), operation: .remove, errno: EISDIR)) {
      try AtomicFile.remove(folder("b"))
    }
  }

  @Test func filesAreMadeAndReplaced() throws {
    let folder = try ScratchFolder()
    try AtomicFile.write([1, 2, 3], to: folder("a"))
    try AtomicFile.write("text", to: folder("a"))
    #expect(try String(contentsOfFile: folder("a"), encoding: .utf8) == "text")
    #expect(try folder.names == ["a"])
    #expect(throws: FileError(path: folder("no/a"), operation: .create, errno: ENOENT)) {
      try AtomicFile.write([1], to: folder("no/a"))
    }
  }

  /// Each way to fail: the error, and whether the new content is in place in spite of it.
  private static let failures: [(FileOperation, Int32, Bool, @Sendable (inout FileCalls) -> Void)] =
    [
      (.create, EACCES, false, { $0.open = { _, _ in fail(EACCES) } }),
      (.write, ENOSPC, false, { $0.write = { _, _ in fail(ENOSPC) } }),
      (.sync, EIO, false, { $0.sync = { _ in fail(EIO) } }),
      (
        .close, ENOSPC, false,
        {
          $0.close = {
            close($0)
            return fail(ENOSPC)
          }
        }
      ),
      (.rename, EISDIR, false, { $0.rename = { _, _ in fail(EISDIR) } }),
      (
        .open, EMFILE, true,
        { calls in
          calls.open = { $1 & O_DIRECTORY == 0 ? open($0, $1, 0o666) : fail(EMFILE) }
        }
      ),
      (
        .sync, EIO, true,
        { calls in
          calls.sync = { isFolder($0) ? fail(EIO) : fsync($0) }
        }
      ),
    ]

  @Test(arguments: failures.indices)
  func everyFailureIsAnErrorAndLeavesNothingBehind(index: Int) throws {
    let (operation, number, inPlace, breakIt) = Self.failures[index]
    let folder = try ScratchFolder()
    try folder.file("a", [7])
    var calls = FileCalls.system
    breakIt(&calls)
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write([1, 2], to: folder("a"), calls: calls)
    }
    #expect(error?.operation == operation)
    #expect(error?.errno == number)
    #expect(try folder.names == ["a"])
    #expect(content(try MappedFile(path: folder("a"))) == (inPlace ? [1, 2] : [7]))
  }

  @Test func aDiskThatFillsUpIsNoticedAfterPartOfTheBytes() throws {
    let folder = try ScratchFolder()
    let room = Atomic<Int>(5)
    var calls = FileCalls.system
    calls.write = { descriptor, bytes in
      let count = min(2, bytes.count, room.load(ordering: .relaxed))
      room.subtract(count, ordering: .relaxed)
      return count > 0 ? write(descriptor, bytes.baseAddress, count) : fail(ENOSPC)
    }
    #expect(throws: FileError(path: folder("a"), operation: .write, errno: ENOSPC)) {
      try AtomicFile.write([1, 2, 3, 4, 5, 6], to: folder("a"), calls: calls)
    }
    #expect(try folder.names == [])
    room.store(6, ordering: .relaxed)
    try AtomicFile.write([1, 2, 3, 4, 5, 6], to: folder("a"), calls: calls)
    #expect(content(try MappedFile(path: folder("a"))) == [1, 2, 3, 4, 5, 6])
  }

  @Test func interruptedCallsAreRepeated() throws {
    let folder = try ScratchFolder()
    let interruptions = Atomic<Int>(3)
    var calls = FileCalls.system
    calls.sync = { descriptor in
      guard interruptions.load(ordering: .relaxed) > 0 else { return fsync(descriptor) }
      interruptions.subtract(1, ordering: .relaxed)
      return fail(EINTR)
    }
    try AtomicFile.write([1], to: folder("a"), calls: calls)
    #expect(try folder.names == ["a"])
  }

  @Test func foldersThatCannotBeSyncedAreNoError() throws {
    let folder = try ScratchFolder()
    var calls = FileCalls.system
    calls.sync = { isFolder($0) ? fail(EINVAL) : fsync($0) }
    try AtomicFile.write([1], to: folder("a"), calls: calls)
    #expect(FileManager.default.contents(atPath: folder("a")) == Data([1]))
  }

  /// Whose processes a file's writer is looked for among must be plain, and names must not grow.
  @Test func longHostNamesAreToldApart() {
    #expect(HostName.short("node7.cluster") == "node7.cluster")
    let names = ["a", "b"].map { HostName.short("a-node-with-a-long-name.of-a-cluster-\($0)") }
    #expect(names.allSatisfy { $0.utf8.count == 24 } && names[0] != names[1])
    let file = AtomicFile.temporaryName(for: "mean.npy")
    #expect(file.hasPrefix("mean.npy.tmp.\(HostName.forTemporaryFiles).\(getpid())."))
  }

  @Test func temporaryNamesAreKnown() {
    #expect(AtomicFile.isTemporary("mean.npy.tmp.node7.4711.3"))
    for name in [
      "mean.npy", "a.tmp.b.npy", "a.tmp.b-00ff.node7-1-2.3.safetensors", "a.tmp.7",
      "notes.tmp.1.txt",
    ] {
      #expect(!AtomicFile.isTemporary(name), "\(name)")
    }
  }
}

private func content(_ file: MappedFile) -> [UInt8] { file.withUnsafeBytes { [UInt8]($0) } }

private func fail<Result: SignedInteger>(_ number: Int32) -> Result {
  errno = number
  return -1
}

private func isFolder(_ descriptor: Int32) -> Bool {
  var status = stat()
  return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

@Suite struct SHA256Tests {
  private let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

  @Test func theVectorsOfTheStandard() {
    #expect(
      SHA256.hex(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hex(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(SHA256.hex(of: [UInt8](repeating: 0x61, count: 1_000_000)) == million)
  }

  @Test func filesAreReadPieceByPiece() throws {
    let folder = try ScratchFolder()
    let path = try folder.file("a", [UInt8](repeating: 0x61, count: 1_000_000))
    #expect(try SHA256.hex(ofFile: path) == million)
    let long = [UInt8](repeating: 3, count: (1 << 20) + 17)
    #expect(try SHA256.hex(ofFile: folder.file("b", long)) == SHA256.hex(of: long))
    #expect(throws: FileError.self) { try SHA256.hex(ofFile: folder.path) }
  }
}

@Suite struct AtomicFileStreamTests {
  @Test func piecesBecomeOneFile() throws {
    let folder = try ScratchFolder()
    let pieces = [1, 0, 300_000, 7, 262_144, 262_143].map { [UInt8](repeating: 3, count: $0) }
    try AtomicFile.write("old", to: folder("a"))
    let file = try AtomicFileStream(path: folder("a"))
    for piece in pieces { try file.write(piece) }
    try file.write("end")
    #expect(try String(contentsOfFile: folder("a"), encoding: .utf8) == "old")
    try file.commit()
    let content = try Data(contentsOf: URL(filePath: folder("a")))
    #expect(Array(content) == pieces.flatMap { $0 } + Array("end".utf8))
    #expect(try folder.names == ["a"])
  }

  @Test func withoutCommitNothingChanges() throws {
    let folder = try ScratchFolder()
    do {
      let file = try AtomicFileStream(path: folder("a"))
      try file.write([UInt8](repeating: 1, count: 1_000_000))
      #expect(try folder.names.count == 1)
    }
    #expect(try folder.names == [])
  }

  @Test func aFullDiskLeavesTheOldContent() throws {
    let folder = try ScratchFolder()
    try AtomicFile.write("old", to: folder("a"))
    var calls = FileCalls()
    calls.write = { _, _ in
      errno = ENOSPC
      return -1
    }
    do {
      let file = try AtomicFileStream(path: folder("a"), calls: calls)
      try file.write([1])
      #expect(throws: FileError(path: folder("a"), operation: .write, errno: ENOSPC)) {
        try file.commit()
      }
    }
    #expect(try String(contentsOfFile: folder("a"), encoding: .utf8) == "old")
    #expect(try folder.names == ["a"])
  }
}

@Suite struct SpoolFileTests {
  @Test func whatIsPutAsideComesBack() throws {
    let folder = try ScratchFolder()
    let spool = try SpoolFile(beside: folder("a"))
    #expect(try folder.names == [], "it has no name")
    let text = String(repeating: "ä1", count: 200_000)
    try spool.append(text)
    try spool.append("end")
    for name in ["a", "b"] {
      let file = try AtomicFileStream(path: folder(name))
      try spool.copy(to: file)
      try file.commit()
      #expect(try String(contentsOfFile: folder(name), encoding: .utf8) == text + "end")
    }
  }
}
