import Foundation
import Testing

@testable import RunFiles

@Suite struct ImageLoadingTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func load(
    _ name: String, _ bytes: [UInt8], expecting expected: [Int]? = nil
  ) throws -> LoadedImage {
    try folder.file(name, bytes)
    let images = try ImageFolder(path: folder.path)
    return try images.load(images.images[0], expecting: expected)
  }

  private func load(
    _ values: [Float], _ shape: [Int], expecting expected: [Int]? = nil
  ) throws -> LoadedImage {
    try load("x.npy", Npy.encode(StoredArray(values, shape: shape)), expecting: expected)
  }

  private func loadError(_ values: [Float], _ shape: [Int]? = nil) -> ImageError? {
    #expect(throws: ImageError.self) { _ = try load(values, shape ?? [1, values.count]) }
  }

  private var path: String { folder("x.npy") }

  @Test func picturesBecomePlanes() throws {
    let image = RasterImage(width: 2, height: 1, channels: 3, pixels: [255, 0, 51, 0, 102, 255])
    let loaded = try load("x.png", PNGFile.encode(image))
    #expect(loaded.shape == [3, 1, 2])
    #expect(loaded.values == [1, 0, 0, 0.4, 0.2, 1])
    #expect(loaded.notices == [])
  }

  @Test func droppedAlphaIsToldOf() throws {
    let file = PNGMaker(width: 1, height: 1, depth: 8, kind: .greyAlpha, rows: [[51, 7]])
    let loaded = try load("x.png", file.bytes)
    #expect(loaded.values == [0.2])
    #expect(loaded.notices == ["\(folder("x.png")): alpha left out"])
  }

  @Test func arraysMayLackTheChannelAxis() throws {
    #expect(try load([0, 0.5, 1, 0.25], [2, 2]).shape == [1, 2, 2])
    #expect(try load([Float](repeating: 0.5, count: 12), [3, 2, 2]).shape == [3, 2, 2])
  }

  @Test func greyIsCopiedWhereColourIsExpected() throws {
    let loaded = try load([0, 1], [1, 2], expecting: [3, 1, 2])
    #expect(loaded.shape == [3, 1, 2])
    #expect(loaded.values == [0, 1, 0, 1, 0, 1])
    #expect(loaded.notices == ["\(path): grey copied to three channels"])
  }

  @Test func otherSizesAreRefused() {
    #expect(throws: ImageError.size(path: path, found: [1, 1, 2], expected: [1, 2, 2])) {
      try load([0, 1], [1, 2], expecting: [1, 2, 2])
    }
    #expect(throws: ImageError.size(path: path, found: [3, 1, 1], expected: [1, 1, 1])) {
      try load([0, 1, 0], [3, 1, 1], expecting: [1, 1, 1])
    }
  }

  @Test func arraysThatAreNoImagesAreRefused() {
    for shape in [[4], [4, 1, 1], [1, 1, 2, 2], [0, 4], [2, 2, 1], []] {
      let values = [Float](repeating: 0, count: shape.reduce(1, *))
      #expect(loadError(values, shape) == .shape(path: path, found: shape))
    }
    #expect(
      loadError([0, 0, 0, 0], [2, 2, 1])?.description.hasSuffix(
        "channels come first: numpy.transpose(x, (2, 0, 1))") == true)
  }

  @Test func wrongRangesTellWhatToDo() {
    #expect(loadError([0, 255]) == .range(path: path, least: 0, largest: 255))
    let advice: [([Float], String)] = [
      ([0, 255], "divide by 255"), ([0, 60000], "divide by 65535"),
      ([-1, 1], "map [-1, 1] to [0, 1] by (x + 1) / 2"), ([-3, 400], "rescale them"),
    ]
    for (values, words) in advice {
      #expect(loadError(values)?.description.hasSuffix(words) == true, "\(values)")
    }
    #expect(loadError([0, 255])?.description.contains("values reach from 0.0 to 255.0") == true)
  }

  @Test func bytesAreMeantAsTheyAre() throws {
    let bytes = StoredArray([0, 128, 255, 1] as [UInt8], shape: [2, 2])
    #expect(throws: ImageError.range(path: path, least: 0, largest: 255)) {
      try load("x.npy", Npy.encode(bytes))
    }
  }

  @Test func roundingBeyondTheRangeIsCutOff() throws {
    #expect(try load([-0x1p-11, 1 + 0x1p-11], [1, 2]).values == [0, 1])
    #expect(loadError([0, 1 + 0x1p-9]) == .range(path: path, least: 0, largest: 1 + 0x1p-9))
  }

  @Test func valuesThatAreNoNumbersAreRefused() throws {
    #expect(loadError([0, .nan]) == .notFinite(path: path, index: 1))
    #expect(loadError([.infinity, 0]) == .notFinite(path: path, index: 0))
    #expect(throws: ImageError.notFinite(path: path, index: 0)) {
      try load("x.npy", Npy.encode(StoredArray([1e300] as [Double], shape: [1, 1])))
    }
    try folder.file("x.npy", Npy.encode(StoredArray([1, .nan] as [Float], shape: [2])))
    let images = try ImageFolder(path: folder.path, content: .measurements)
    #expect(throws: ImageError.notFinite(path: path, index: 1)) {
      try images.loadRaw(images.images[0])
    }
    try folder.file("x.npy", Npy.encode(StoredArray([1, 1e300] as [Double], shape: [2])))
    #expect(throws: ImageError.notFinite(path: path, index: 1)) {
      try images.loadRaw(images.images[0])
    }
  }

  @Test func measurementsAreNotReadFromPictures() throws {
    try folder.file("x.png", PNGFile.encode(RasterImage(width: 1, height: 1, channels: 1)))
    let images = try ImageFolder(path: folder.path)
    #expect(throws: ImageError.kind(path: folder("x.png"), wanted: ["npy"])) {
      try images.loadRaw(images.images[0])
    }
  }
}
