import Foundation
import Testing

@testable import RunFiles

@Suite struct RunDirectoryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func opensWhatItMade() throws {
    let made = try folder.run()
    let found = try RunDirectory.open(made.path)
    #expect(found.description == RunSamples.description)
    #expect(found.writer != made.writer)
  }

  @Test func otherWorkIsRefusedWithTheLinesThatDiffer() throws {
    let run = try folder.run()
    let other = RunDescription(
      workHash: "ffff", program: "posterior test", configuration: "run:\n  seed: 1\n  unit: 8\n")
    let error = #expect(throws: RunDirectoryError.self) { try folder.run(other) }
    #expect(error == .otherWork(run.path, differences: ["-   seed: 0", "+   seed: 1"]))
    #expect(try RunDirectory.open(run.path).description == RunSamples.description)
  }

  @Test func growingTakesOverTheNewText() throws {
    _ = try folder.run()
    let grown = RunDescription(
      workHash: RunSamples.hash, program: "posterior test",
      configuration: "run:\n  seed: 0\n  unit: 8\n  samples: 32\n")
    #expect(try RunDirectory.open(try folder.run(grown).path).description == grown)
  }

  @Test func whatIsNoRunIsRefused() throws {
    #expect(throws: RunDirectoryError.notARun(folder.path)) { try RunDirectory.open(folder.path) }
    let run = try folder.run()
    for text in ["", "run: {}", String(RunSamples.description.text.prefix(60))] {
      try AtomicFile.write(text, to: "\(run.path)/run.yaml")
      #expect(throws: RunDirectoryError.damagedDescription("\(run.path)/run.yaml")) {
        try folder.run()
      }
    }
  }

  @Test func aFolderWithoutPartsIsNamed() throws {
    let run = try folder.run()
    try FileManager.default.removeItem(atPath: run.partsPath)
    let error = RunDirectoryError.noParts(run.partsPath)
    #expect(throws: error) { try run.scan() }
    #expect("\(error)".hasPrefix("\(run.path)/parts is missing"))
    #expect(try folder.run().scan().images.isEmpty)
  }

  @Test func aFileInTheWayIsAnError() throws {
    try AtomicFile.write("x", to: "\(folder.path)/run")
    #expect(throws: FileError.self) { try folder.run() }
  }

  @Test(arguments: ["nowhere", "link"]) func aLinkThatLeadsNowhereIsNoFolder(named: String) throws {
    let link = "\(folder.path)/link"
    #expect(symlink("\(folder.path)/\(named)", link) == 0)
    let error = #expect(throws: FileError.self) { try FolderCalls.makeFolder("\(link)/run/parts") }
    #expect(
      error == FileError(path: link, operation: .follow, errno: named == "link" ? ELOOP : ENOENT))
    #expect(error.map { "\($0)".contains("it is a link that leads nowhere") } == true)
  }

  @Test func onlyOneFirstRunWins() throws {
    let path = "\(folder.path)/once"
    #expect(try FolderCalls.create("one", at: path))
    #expect(try !FolderCalls.create("two", at: path))
    #expect(try FolderCalls.text(of: path) == "one")
    #expect(try FolderCalls.names(in: folder.path) == ["once"])
  }
}

// MARK: - Parts

extension RunDirectoryTests {
  @Test func findsWhatWasCommitted() throws {
    let run = try folder.run()
    try run.commit(RunSamples.part("a", 0..<8))
    try run.commit(RunSamples.part("a", 16..<24))
    try run.commit(RunSamples.part("b/c", 0..<8))
    let progress = try run.scan()
    #expect(progress.ignored == [])
    #expect(progress.covered(RunSamples.image("a")).ranges == [0..<8, 16..<24])
    #expect(progress.covered(RunSamples.image("b/c")).ranges == [0..<8])
    #expect(progress.covered(RunSamples.image("d")).isEmpty)
    #expect(progress.failedCount == 3)
    let sum = try run.part(of: RunSamples.image("a"), in: progress)
    #expect(sum == (try RunSamples.part("a", SampleRanges([0..<8, 16..<24]))))
  }

  @Test func tornAndForeignFilesAreNamedAndIgnored() throws {
    let run = try folder.run()
    let bytes = RunSamples.bytes(try RunSamples.part("a", 0..<8))
    try AtomicFile.write(Array(bytes.dropLast(3)), to: "\(run.partsPath)/torn.safetensors")
    var flipped = bytes
    flipped[bytes.count - 5] ^= 4
    try AtomicFile.write(flipped, to: "\(run.partsPath)/flipped.safetensors")
    try AtomicFile.write("hello", to: "\(run.partsPath)/readme.txt")
    try AtomicFile.write([UInt8](), to: "\(run.partsPath)/empty.safetensors")
    try FolderCalls.makeFolder("\(run.partsPath)/folder.safetensors")
    let other = PartSeal(workHash: "ffff", program: "x")
    try AtomicFile.write(
      PartFile.seal(try RunSamples.part("a", 0..<8), other).bytes,
      to: "\(run.partsPath)/other.safetensors")
    try run.commit(RunSamples.part("a", 8..<16))
    let progress = try run.scan()
    #expect(
      progress.ignored.map(\.name) == [
        "empty.safetensors", "flipped.safetensors", "folder.safetensors", "other.safetensors",
        "readme.txt", "torn.safetensors",
      ])
    #expect(progress.covered(RunSamples.image("a")).ranges == [8..<16])
    let reasons = progress.ignored.map(\.reason).joined(separator: "\n")
    #expect(reasons.contains("does not match its checksum"))
    #expect(reasons.contains("other work"))
  }

  /// Names that are listed and cannot be opened: of a link that leads nowhere, and of bytes that are no text.
  @Test func namesWithoutFilesAreIgnoredToo() throws {
    let run = try folder.run()
    try run.commit(RunSamples.part("a", 0..<8))
    #expect(symlink("nowhere", "\(run.partsPath)/link.safetensors") == 0)
    let bytes = Array("\(run.partsPath)/b".utf8) + [0xFF, 0]
    let descriptor = bytes.withUnsafeBufferPointer { name in
      name.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o666) }
    }
    #expect(descriptor >= 0 && close(descriptor) == 0)
    let progress = try run.scan()
    #expect(progress.ignored.map(\.name) == ["b\u{FFFD}", "link.safetensors"])
    #expect(progress.covered(RunSamples.image("a")).ranges == [0..<8])
  }

  @Test func unfinishedFilesAreNotEvenNamed() throws {
    let run = try folder.run()
    try AtomicFile.write("x", to: "\(run.partsPath)/a.safetensors")
    try FileManager.default.moveItem(
      atPath: "\(run.partsPath)/a.safetensors",
      toPath: "\(run.partsPath)/a.safetensors.tmp.host.123.4")
    let progress = try run.scan()
    #expect(progress.ignored == [] && progress.images.isEmpty)
  }

  @Test func theSmallerOfTwoOverlappingPartsIsSetAside() throws {
    let run = try folder.run()
    try run.commit(RunSamples.part("a", 0..<16))
    let small = try run.commit(RunSamples.part("a", 12..<20))
    let progress = try run.scan()
    #expect(progress.overlapping == [small])
    #expect(progress.covered(RunSamples.image("a")).ranges == [0..<16])
    let plan = try WorkPlan(images: [RunSamples.image("a")], grid: UnitGrid(unit: 8, samples: 20))
    #expect(plan.remaining { progress.covered($0) }.map(\.samples) == [SampleRanges(16..<20)])
  }

  @Test func duplicatesAreCountedOnceWhoeverLooks() throws {
    let (one, other) = (try folder.run(), try folder.run())
    try one.commit(RunSamples.part("a", 0..<8))
    try other.commit(RunSamples.part("a", 0..<8))
    let (mine, theirs) = (try one.scan(), try other.scan())
    let image = RunSamples.image("a")
    #expect(mine.images[image]?.accepted == theirs.images[image]?.accepted)
    #expect(mine.images[image]?.accepted.count == 1)
    #expect(mine.images[image]?.redundant.count == 1)
    #expect(mine.failedCount == 1)
  }
}

// MARK: - Digest

extension RunDirectoryTests {
  /// It tells what is finished, not in which files.
  @Test func theDigestIsOfTheSamples() throws {
    let run = try folder.run()
    let nothing = try run.scan().digest
    let entries = try [0..<8, 8..<16].map { try run.commit(RunSamples.part("a", $0)) }
    let some = try run.scan().digest
    _ = try run.join(entries)
    #expect(try run.scan().digest == some)
    try run.commit(RunSamples.part("a", 8..<16))
    #expect(try run.scan(verify: .header).digest == some)
    try run.commit(RunSamples.part("b", 0..<1))
    let digests = [nothing, some, try run.scan().digest]
    #expect(Set(digests).count == 3)
    #expect(some == SHA256.hex(of: Array("a\t0-15\n".utf8)))
  }
}

// MARK: - Joining

extension RunDirectoryTests {
  @Test func joiningLeavesOneFileWithTheSameSum() throws {
    let run = try folder.run()
    let entries = try [8..<16, 0..<8, 16..<24].map { try run.commit(RunSamples.part("a", $0)) }
    let joined = try #require(try run.join(entries))
    #expect(joined.part == (try RunSamples.part("a", 0..<24)))
    #expect(try FolderCalls.names(in: run.partsPath) == [joined.entry.name])
  }

  /// Only the end of a name tells a temporary file.
  @Test(arguments: ["a.tmp.b", "x.tmp.node7.4711.3"])
  func partsOfAnyImageAreSeen(name: String) throws {
    let run = try folder.run()
    let entry = try run.commit(RunSamples.part(name, 0..<8))
    #expect(try run.scan().images[RunSamples.image(name)]?.accepted == [entry])
  }

  @Test func aCrashBetweenWritingAndDeletingLosesNothing() throws {
    let run = try folder.run()
    let entries = try [0..<8, 8..<16].map { try run.commit(RunSamples.part("a", $0)) }
    let whole = try run.commit(RunSamples.part("a", 0..<16))
    let progress = try run.scan()
    #expect(progress.images[whole.header.image]?.accepted == [whole])
    #expect(Set(progress.images[whole.header.image]?.redundant ?? []) == Set(entries))
    #expect(progress.overlapping == [])
    _ = try run.tidy(progress, samples: 16)
    #expect(try FolderCalls.names(in: run.partsPath) == [whole.name])
  }

  @Test func twoProcessesThatJoinTheSameLoseNothing() throws {
    let (one, other) = (try folder.run(), try folder.run())
    let entries = try [0..<8, 8..<16].map { try one.commit(RunSamples.part("a", $0)) }
    let stale = try other.scan()
    _ = try one.join(entries)
    #expect(throws: FileError.self) { try other.join(entries) }
    #expect(try other.part(of: RunSamples.image("a"), in: stale) == RunSamples.part("a", 0..<16))
    _ = try other.tidy(stale, samples: 16)
    #expect(try other.scan().covered(RunSamples.image("a")).ranges == [0..<16])
  }

  @Test func incompleteImagesOfOthersAreNotJoined() throws {
    let run = try folder.run()
    for range in [0..<8, 8..<16] { try run.commit(RunSamples.part("a", range)) }
    for range in [0..<8, 8..<16, 16..<24] { try run.commit(RunSamples.part("b", range)) }
    let tidied = try run.tidy(run.scan(), samples: 24)
    #expect(tidied.images[RunSamples.image("a")]?.accepted.count == 2)
    #expect(tidied.images[RunSamples.image("b")]?.accepted.count == 1)
  }

  @Test func aPartThatIsDamagedLaterIsNotUsed() throws {
    let run = try folder.run()
    let entry = try run.commit(RunSamples.part("a", 0..<8))
    let progress = try run.scan()
    var bytes = RunSamples.bytes(try RunSamples.part("a", 0..<8))
    bytes[bytes.count - 1] ^= 1
    try AtomicFile.write(bytes, to: "\(run.partsPath)/\(entry.name)")
    #expect(throws: RunDirectoryError.self) {
      try run.part(of: RunSamples.image("a"), in: progress)
    }
    #expect(try run.scan().covered(RunSamples.image("a")).isEmpty)
  }

  /// Writers, joiners and readers in one folder at once: no sample is ever lost or counted twice.
  @Test func manyProcessesAtOnce() async throws {
    let path = try folder.run().path
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<3 {
        group.addTask { Self.writeAndJoin(path, writer) }
      }
      group.addTask { Self.watch(path) }
    }
    let run = try RunDirectory.open(path)
    let progress = try run.tidy(run.scan(), samples: 36)
    #expect(progress.overlapping == [])
    #expect(try run.part(of: RunSamples.image("a"), in: progress) == RunSamples.part("a", 0..<36))
    #expect(try FolderCalls.names(in: run.partsPath).count == 1)
  }

  private static func writeAndJoin(_ path: String, _ writer: Int) {
    do {
      let run = try RunDirectory.open(path)
      var own: [PartEntry] = []
      for step in 0..<12 {
        own.append(
          try run.commit(RunSamples.part("a", 12 * writer + step..<12 * writer + step + 1)))
        if step % 4 == 3, let joined = try run.join(own) { own = [joined.entry] }
      }
    } catch {
      Issue.record(error)
    }
  }

  private static func watch(_ path: String) {
    do {
      let run = try RunDirectory.open(path)
      var seen = SampleRanges()
      for _ in 0..<40 {
        let progress = try run.scan()
        let covered = progress.covered(RunSamples.image("a"))
        #expect(covered.isSuperset(of: seen))
        #expect(progress.overlapping == [])
        #expect(progress.ignored == [])
        seen = covered
      }
    } catch {
      Issue.record(error)
    }
  }

  @Test func namesArePlainWhateverTheImageIsCalled() throws {
    let run = try folder.run()
    let entry = try run.commit(RunSamples.part("Ordner/ein Bild: \"ä\"\\$(x)", 0..<1))
    #expect(entry.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x22 })
    #expect(run.owns(entry))
    #expect(try !folder.run().owns(entry))
  }

  @Test func filesOfDeadProcessesAreRemovedWhenOld() throws {
    let run = try folder.run()
    let host = HostName.current
    let (hours, days) = (7200.0, 90_000.0)
    let files = [
      ("a.tmp.\(host).999999999.1", hours, false), ("b.tmp.\(host).\(getpid()).1", hours, true),
      ("c.tmp.elsewhere.999999999.1", hours, true), ("d.tmp.elsewhere.999999999.1", days, false),
      ("e.tmp.\(host).999999999.2", 0, true), ("f", days, true),
    ]
    let folders = ["parts", "samples", "samples/s", "trajectories/a"].map { "\(run.path)/\($0)" }
    for folder in folders {
      try FolderCalls.makeFolder(folder)
      for (name, age, _) in files {
        let file = "\(folder)/\(name)"
        try Data().write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: file)
      }
    }
    _ = try run.tidy(run.scan(), samples: 1)
    let images = try ["a", "s/b", "none/c"].map { try ImageID(name: $0) }
    try run.removeAbandonedSamples(of: images)
    let frame = Trajectory.Frame(step: 1, x: [0], x0Hat: [0])
    try Trajectory(image: images[0], sample: 0, shape: [1, 1, 1], frames: [frame])
      .write(inRun: run.path)
    let kept = Set(files.filter(\.2).map(\.0) + ["s"])
    for folder in folders {
      let names = try FolderCalls.names(in: folder).filter { !$0.hasPrefix("sample-") }
      #expect(Set(names).union(["s"]) == kept, "\(folder)")
    }
  }
}
