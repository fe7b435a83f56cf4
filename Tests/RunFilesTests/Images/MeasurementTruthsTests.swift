import Testing

@testable import RunFiles

@Suite struct MeasurementTruthsTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func write(_ name: String, _ value: Float, shape: [Int] = [1, 2, 2]) throws {
    let values = [Float](repeating: value, count: shape.reduce(1, *))
    try folder.file(name, Npy.encode(StoredArray(values, shape: shape)))
  }

  private func measurements(_ selection: String? = nil) throws -> ImageFolder {
    try ImageFolder(
      path: folder("y"), selection: selection.flatMap(IndexSelection.init), content: .measurements
    ).withTruths(in: folder("x"))
  }

  @Test func theTruthHasTheNameOfTheMeasurement() throws {
    for name in ["y/a.npy", "y/sub/b.npy", "x/sub/b.npy", "x/0.npy", "x/a.NPY"] {
      try write(name, 0.5)
    }
    let images = try measurements()
    #expect(
      images.images.map { images.truth(of: $0.id)?.path } == [
        folder("x/a.NPY"), folder("x/sub/b.npy"),
      ])
    #expect(images.images.map(\.path) == [folder("y/a.npy"), folder("y/sub/b.npy")])
    try images.checkTruths(in: folder("x"))
  }

  @Test func aMeasurementWithoutTruthIsNamedWhereItTakesPart() throws {
    for name in ["y/a.npy", "y/b.npy", "x/a.npy"] { try write(name, 0.5) }
    try measurements("0").checkTruths(in: folder("x"))
    let error = ImageError.noTruth(of: folder("y/b.npy"), name: "b", folder: folder("x"))
    #expect(throws: error) { try measurements().checkTruths(in: folder("x")) }
    #expect("\(error)".contains("no true image `b.png` or `b.npy` in \(folder("x"))"))
  }

  @Test func theDigestIsThatOfBothFiles() throws {
    for name in ["y/a.npy", "y/b.npy", "x/a.npy"] { try write(name, 0.5) }
    func digests() throws -> [String] {
      let images = try measurements()
      return try images.images.map(images.digest)
    }
    let before = try digests()
    let own = try SHA256.hex(ofFile: folder("y/a.npy"))
    #expect(before == ["\(own)+\(own)", own])
    try write("x/a.npy", 0.25)
    #expect(try digests() == ["\(own)+\(SHA256.hex(ofFile: folder("x/a.npy")))", own])
  }
}

@Suite struct StackedTruthsTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func stack(_ name: String, _ values: [Float], shape: [Int]) throws {
    let array = StoredArray(
      values.flatMap { [Float](repeating: $0, count: shape.reduce(1, *)) },
      shape: [values.count] + shape)
    try folder.file(name, Npy.encode(array))
  }

  private func pairs(_ selection: String?) throws -> [Float?] {
    let images = try ImageFolder(
      path: folder("y.npy"), selection: selection.flatMap(IndexSelection.init),
      content: .measurements
    ).withTruths(in: folder("x.npy"))
    return try images.images.map {
      try images.truth(of: $0.id).map { try images.load($0).values[0] }
    }
  }

  @Test func stacksGoByPosition() throws {
    try stack("y.npy", [3, 4, 5], shape: [7])
    try stack("x.npy", [0.25, 0.5, 0.75], shape: [1, 2, 2])
    #expect(try pairs(nil) == [0.25, 0.5, 0.75])
    #expect(try pairs("1-2") == [0.5, 0.75])
  }

  @Test func aStackOfFilesByNameNeedsNoStackOfTruths() throws {
    try stack("y.npy", [3, 4], shape: [7])
    try stack("x.npy/y/000001.npy", [0.5], shape: [2, 2])
    #expect(try pairs(nil) == [nil, 0.5])
  }

  @Test func stacksOfOtherLengthAreRefused() throws {
    try stack("y.npy", [3, 4, 5], shape: [7])
    try stack("x.npy", [0.25, 0.5], shape: [1, 2, 2])
    #expect(throws: ImageError.stackSizes(folder("y.npy"), 3, folder("x.npy"), 2)) {
      try pairs("0-1")
    }
  }
}
