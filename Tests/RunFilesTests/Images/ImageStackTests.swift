import Foundation
import Testing

@testable import RunFiles

@Suite struct ImageStackTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// A stack of `count` images of 1 × 2 × 2 whose values are their number / 10.
  private func stack(_ count: Int) throws -> String {
    let values = (0..<count).flatMap { image in (0..<4).map { Float(image) / 10 + Float($0) / 1000 }
    }
    let path = "\(folder.path)/draws.npy"
    try Data(Npy.encode(StoredArray(values, shape: [count, 1, 2, 2]))).write(
      to: URL(filePath: path))
    return path
  }

  @Test func everyImageOfAStackIsRead() throws {
    let images = try ImageFolder(path: stack(3), selection: IndexSelection("1-2"))
    #expect(images.images.map(\.id.name) == ["draws/000001", "draws/000002"])
    let loaded = try images.load(images.images[1], expecting: [1, 2, 2])
    #expect(loaded.values == (0..<4).map { Float(2) / 10 + Float($0) / 1000 })
    #expect(try images.loadRaw(images.images[0]).shape == [1, 2, 2])
  }

  @Test func anImageHasADigestOfItsOwn() throws {
    let path = try stack(3)
    func digests(_ path: String) throws -> [String] {
      let images = try ImageFolder(path: path)
      return try images.images.map(images.digest)
    }
    let three = try digests(path)
    #expect(Set(three).count == 3)
    let more = try digests(stack(4))
    #expect(Array(more.prefix(3)) == three)
  }

  @Test func whatIsNoStackIsRefused() throws {
    let path = "\(folder.path)/flat.npy"
    try Data(Npy.encode(StoredArray([Float](), shape: [0, 2]))).write(to: URL(filePath: path))
    #expect(throws: ImageError.stackShape(path: path, found: [0, 2])) {
      try ImageFolder(path: path)
    }
    try Data("no array".utf8).write(to: URL(filePath: path))
    #expect(throws: (any Error).self) { try ImageFolder(path: path) }
  }

  @Test func anImageOfTheWrongSizeIsNamed() throws {
    let images = try ImageFolder(path: stack(1))
    #expect(throws: ImageError.self) {
      try images.load(images.images[0], expecting: [3, 4, 4])
    }
  }
}
