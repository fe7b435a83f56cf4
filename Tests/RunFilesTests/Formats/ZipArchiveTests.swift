import Testing

@testable import RunFiles

@Suite struct ZipArchiveTests {
  private let honest = ZipMaker([("a", [1, 2, 3]), ("dir/b", []), ("c", [4])])

  private func entries(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
    try bytes.withUnsafeBytes { bytes in
      try ZipArchive(bytes).entries.mapValues { Array(bytes[$0]) }
    }
  }

  private func found(_ change: (inout ZipMaker) -> Void) -> ZipProblem? {
    var zip = honest
    change(&zip)
    return #expect(throws: ZipProblem.self) { _ = try entries(zip.bytes) }
  }

  @Test func storedEntriesAreFound() throws {
    #expect(try entries(honest.bytes) == ["a": [1, 2, 3], "dir/b": [], "c": [4]])
    var commented = honest
    commented.comment = [UInt8](repeating: 0x50, count: 65535)
    #expect(try entries(commented.bytes).count == 3)
  }

  @Test func sixtyFourBitValuesAreRead() throws {
    var zip = honest
    zip.entries[2].size = .max
    zip.entries[2].packedSize = .max
    zip.entries[2].offset = .max
    let start = UInt64(30 + 1 + 3 + 30 + 5)
    zip.entries[2].extra = little(UInt16(9)) + little(UInt16(2)) + [7, 7] + little(UInt16(1))
    zip.entries[2].extra +=
      little(UInt16(24)) + little(UInt64(1)) + little(UInt64(1)) + little(start)
    #expect(try entries(zip.bytes)["c"] == [4])
    zip.entries[2].extra.removeLast(8)
    #expect(throws: ZipProblem.damaged("entry `c`")) { try entries(zip.bytes) }
  }

  @Test func largeEndRecordsAreRead() throws {
    let plain = honest.bytes
    let end = plain.count - 22
    let start = UInt64(honest.entries.reduce(0) { $0 + 30 + $1.name.utf8.count + $1.content.count })
    func large(count: UInt64 = 3, offset: UInt64, record: UInt64) -> [UInt8] {
      let size = UInt64(end) - start
      let body =
        little(UInt32(0x0606_4B50)) + little(UInt64(44)) + little(UInt32(0)) + little(UInt64(0))
        + little(count) + little(count) + little(size) + little(offset)
      let locator =
        little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(record) + little(UInt32(1))
      return Array(plain[..<end]) + body + locator + plain[end...]
    }
    #expect(try entries(large(offset: start, record: UInt64(end))).count == 3)
    for lie in [
      large(offset: .max, record: UInt64(end)), large(offset: start + 1, record: UInt64(end)),
      large(offset: start, record: .max), large(offset: start, record: 0),
      large(count: .max, offset: start, record: UInt64(end)),
    ] {
      #expect(throws: ZipProblem.self) { try entries(lie) }
    }
  }

  @Test func compressedAndEncryptedEntriesAreNoticed() throws {
    func encoded(_ change: (inout ZipMaker) -> Void) throws -> String? {
      var zip = honest
      change(&zip)
      return try zip.bytes.withUnsafeBytes { try ZipArchive($0).encoded }
    }
    #expect(try encoded { _ in } == nil)
    #expect(try encoded { $0.entries[0].method = 8 } == "a")
    #expect(try encoded { $0.entries[0].flags = 1 } == "a")
    #expect(try encoded { $0.entries[0].size = 1000 } == "a")
  }

  @Test func overlappingEntriesAreRefused() {
    var inside = honest
    let nested = ZipMaker([("c", [4])])
    inside.entries[0].content = nested.bytes
    inside.entries[2].offset = 31
    #expect(throws: ZipProblem.overlap("a", "c")) { try entries(inside.bytes) }
    let twice = found {
      $0.entries[2].name = "a2"
      $0.entries[2].offset = 0
    }
    #expect(twice == .damaged("entry `a2`"), "its local header has another name")
  }

  @Test func namesMustDifferAndAgree() {
    #expect(found { $0.entries[2].name = "a" } == .name("a"))
    #expect(found { $0.entries[2].localName = "d" } == .damaged("entry `c`"))
    #expect(found { $0.entries[1].name = "" } == .name(""))
  }

  @Test func placesMustLieInTheFile() {
    func same(_ size: UInt32) -> (inout ZipMaker) -> Void {
      return {
        $0.entries[2].size = size
        $0.entries[2].packedSize = size
      }
    }
    #expect(found(same(2)) == .damaged("entry `c`"))
    #expect(found(same(.max)) == .damaged("entry `c`"))
    #expect(found(same(.max - 1)) == .damaged("entry `c`"))
    #expect(found { $0.entries[0].offset = .max - 1 } == .damaged("entry `a`"))
    #expect(found { $0.directoryOffset = .max } == .damaged("the directory"))
    #expect(found { $0.directorySize = .max } == .damaged("the directory"))
    #expect(found { $0.directoryOffset = 3 } == .damaged("the directory"))
    #expect(found { $0.count = 4 } == .damaged("the directory"))
    #expect(found { $0.disk = 1 } == .severalVolumes)
  }

  @Test func filesThatAreNoArchivesAreRefused() {
    #expect(throws: ZipProblem.noDirectory) { try entries([]) }
    #expect(throws: ZipProblem.noDirectory) {
      try entries([UInt8](repeating: 0x50, count: 100_000))
    }
  }
}
