import Foundation
import Testing

@testable import RunFiles

@Suite struct ImageIDTests {
  @Test func theKeyFollowsFromTheNameAlone() throws {
    // First 16 digits of `printf 'cats/7' | sha256sum`, read as a little-endian number.
    let digits = SHA256.hex(of: Array("cats/7".utf8)).prefix(16)
    let id = try ImageID(name: "cats/7")
    #expect(digits == "610ec646b3d8d076")
    #expect(id.key.byteSwapped == UInt64(digits, radix: 16))
  }

  @Test func identitiesAreStoredAsNames() throws {
    let id = try ImageID(name: "a/b c")
    let text = try JSONEncoder().encode([id])
    #expect(try JSONDecoder().decode([ImageID].self, from: text) == [id])
    #expect(throws: ImageError.self) {
      try JSONDecoder().decode([ImageID].self, from: Data("[\"../a\"]".utf8))
    }
  }

  @Test(arguments: ["", "/a", "a/", "a//b", ".", "..", "a/../b", ".hidden", "a\nb", "a\0"])
  func namesThatAreNoSafePathsAreRefused(name: String) {
    #expect(throws: ImageError.self) { try ImageID(name: name) }
  }

  @Test func longNamesAreRefused() throws {
    let longest = String(repeating: "x", count: ImageID.componentLimit)
    #expect(try ImageID(name: "\(longest)/\(longest)").name.count == 321)
    #expect(throws: ImageError.name(longest + "x", reason: "has a part of more than 160 bytes")) {
      try ImageID(name: longest + "x")
    }
  }
}

@Suite struct ImageFolderTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func names(_ selection: String?) throws -> [String] {
    let selection = try selection.map { try #require(IndexSelection($0)) }
    return try ImageFolder(path: folder.path, selection: selection).images.map(\.id.name)
  }

  @Test func imagesAreFoundEverywhereBelowAndSortedByName() throws {
    for name in ["b.png", "a.NPY", "sub/deep/c.png", "sub/a.v2.png", "notes.txt", "LICENSE"] {
      try folder.file(name)
    }
    for name in [".hidden.png", ".cache/x.png", "sub/.d/x.png"] { try folder.file(name) }
    let images = try ImageFolder(path: folder.path)
    #expect(images.images.map(\.id.name) == ["a", "b", "sub/a.v2", "sub/deep/c"])
    #expect(images.images[0].path == folder("a.NPY"))
    #expect(images.ignored == ["txt": 1, "": 1])
  }

  @Test func selectionsCountTheSortedImages() throws {
    for index in 0..<8 { try folder.file("\(7 - index).png") }
    #expect(try names(nil) == (0..<8).map(String.init))
    #expect(try names("0,3-4") == ["0", "3", "4"])
    #expect(try names("7,0-1,1") == ["0", "1", "7"])
    #expect(throws: ImageError.selection("6-8", folder: folder.path, count: 8)) { try names("6-8") }
    #expect(throws: ImageError.self) { try names("0-2147483647") }
  }

  @Test func imagesAreFoundByTheirName() throws {
    for name in ["b.png", "a.npy", "sub/c.png", "d.png"] { try folder.file(name) }
    let images = try ImageFolder(path: folder.path, selection: IndexSelection("0,2-3"))
    #expect(images.images.map(\.id.name) == ["a", "d", "sub/c"])
    for entry in images.images { #expect(images.entry(of: entry.id) == entry) }
    for other in ["b", "0", "e", "sub/d"] {
      #expect(try images.entry(of: ImageID(name: other)) == nil)
    }
  }

  @Test func emptyFoldersTellWhatIsInThem() throws {
    #expect(throws: ImageError.noImages(folder: folder.path, wanted: ["png", "npy"], found: [:])) {
      try ImageFolder(path: folder.path)
    }
    for name in ["a.jpg", "b.jpg", "c.tif", "README"] { try folder.file(name) }
    let error = #expect(throws: ImageError.self) { try ImageFolder(path: folder.path) }
    #expect(
      error?.description
        == "\(folder.path): no image in it; .png and .npy are read, found: 2 .jpg, 1 without extension, "
        + "1 .tif")
  }

  @Test func missingFoldersAndFilesAreErrorsOfTheFileSystem() throws {
    try folder.file("a.png")
    #expect(throws: FileError(path: folder("no"), operation: .inspect, errno: ENOENT)) {
      try ImageFolder(path: folder("no"))
    }
    #expect(throws: FileError(path: folder("a.png"), operation: .list, errno: ENOTDIR)) {
      try ImageFolder(path: folder("a.png"))
    }
  }

  @Test func twoFilesOfOneNameAreRefused() throws {
    try folder.file("a/x.png")
    try folder.file("a/x.npy")
    #expect(throws: ImageError.sameName(folder("a/x.npy"), folder("a/x.png"))) { try names(nil) }
  }

  @Test(arguments: [
    ("a.png", "a/mean.npy.png", true), ("a.png", "a/x.png/b/c.npy", true),
    ("s/a.png", "s/a.npy/b.png", true), ("a.png", "a.npy/b.npy/c.png", true),
    ("a.png", "a.npy.png", false), ("a.png", "b/mean.npy.png", false),
    ("a.png", "a/mean.npz.png", false), ("a.png", "a/b.png", false),
    ("a.png", "s/a.npy/b.png", false),
  ])
  func resultsThatNeedOnePathAreRefused(one: String, other: String, isRefused: Bool) throws {
    try folder.file(one)
    try folder.file(other)
    let images = try ImageFolder(path: folder.path)
    let (first, second) = (String(one.dropLast(4)), String(other.dropLast(4)))
    if isRefused {
      #expect(throws: ImageError.sameResults(folder(other), second, first)) {
        try images.checkResults()
      }
    } else {
      try images.checkResults()
    }
  }

  @Test func linksAreFollowedButNotInCircles() throws {
    try folder.file("store/x.png")
    try FileManager.default.createSymbolicLink(
      atPath: folder("y.png"), withDestinationPath: folder("store/x.png"))
    #expect(try names(nil) == ["store/x", "y"])
    try FileManager.default.createSymbolicLink(
      atPath: folder("store/up"), withDestinationPath: folder.path)
    #expect(throws: ImageError.reachedTwice(folder: folder("store/up"))) { try names(nil) }
  }

  /// Links to nothing, to themselves and through a file.
  @Test(arguments: ["nowhere", "README", "x.png/y"])
  func linksThatLeadNowhereArePassedOverUnlessTheyAreImages(named: String) throws {
    try folder.file("x.png")
    func link(_ name: String) throws {
      try FileManager.default.createSymbolicLink(
        atPath: folder(name), withDestinationPath: named)
    }
    try link("README")
    try link("y.txt")
    let images = try ImageFolder(path: folder.path)
    #expect(images.images.map(\.id.name) == ["x"])
    #expect(images.ignored == ["": 1, "txt": 1])
    try link("z.npy")
    let error = ImageError.danglingLink(path: folder("z.npy"), named: named)
    #expect(throws: error) { try names(nil) }
    #expect("\(error)".contains("leads nowhere: it names `\(named)`"))
  }

  @Test func measurementsAreArraysOnly() throws {
    try folder.file("x.png")
    #expect(throws: ImageError.noImages(folder: folder.path, wanted: ["npy"], found: ["png": 1])) {
      try ImageFolder(path: folder.path, content: .measurements)
    }
    try folder.file("x.npy", Npy.encode(StoredArray([300, -7] as [Float], shape: [2])))
    let images = try ImageFolder(path: folder.path, content: .measurements)
    #expect(try images.loadRaw(images.images[0]).floats() == [300, -7])
  }

  @Test func fileNamesThatAreNotTextAreRefused() throws {
    let bytes = folder.path.utf8CString.dropLast() + [0x2F, CChar(bitPattern: 0xFF), 0]
    close(open(Array(bytes), O_CREAT | O_WRONLY, 0o600))
    #expect(throws: ImageError.fileName(folder: folder.path)) { try names(nil) }
  }
}
