import Foundation
import Testing

@testable import RunFiles

@Suite struct NpyTests {
  private func numpyFile(_ name: String) throws -> StoredArray {
    try Npy.read(path: resource("arrays/\(name).npy"))
  }

  @Test(arguments: [
    ("bool", ElementType.bool), ("uint8", .u8), ("int8", .i8), ("uint16", .u16), ("int16", .i16),
    ("uint32", .u32), ("int32", .i32), ("uint64", .u64), ("int64", .i64), ("float16", .f16),
    ("float32", .f32), ("float64", .f64),
  ])
  func numpysFilesAreReadAndWrittenByteForByte(name: String, type: ElementType) throws {
    let array = try numpyFile(name)
    #expect(array.elementType == type)
    #expect(array.shape == [2, 3])
    let signed = name.hasPrefix("i") || name.hasPrefix("f")
    let want: [Float] = signed ? [-2, -1, 0, 1, 2, 3] : [0, 1, 2, 3, 4, 5]
    #expect(try array.floats() == (name == "bool" ? [0, 1, 1, 1, 1, 1] : want))
    let file = try [UInt8](Data(contentsOf: URL(fileURLWithPath: resource("arrays/\(name).npy"))))
    #expect(Npy.encode(array) == file)
  }

  @Test(arguments: ["scalar", "vector", "empty", "wide"])
  func shapesAreWrittenAsNumpyWritesThem(name: String) throws {
    let file = try [UInt8](Data(contentsOf: URL(fileURLWithPath: resource("arrays/\(name).npy"))))
    #expect(Npy.encode(try numpyFile(name)) == file)
  }

  @Test func theHeaderIsTheOneOfTheFormat() {
    let bytes = Npy.encode(StoredArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    let header = text + String(repeating: " ", count: 117 - text.count) + "\n"
    #expect(bytes.prefix(128) == [0x93] + "NUMPY".utf8 + [1, 0, 118, 0] + header.utf8)
    #expect(
      bytes.dropFirst(128) == ([1, 2, 3, 4, 5, 6].flatMap { little(Float($0).bitPattern) })[...])
  }

  @Test func filesAreMappedAndAligned() throws {
    let array = try numpyFile("float64")
    #expect(array.mapped?.offset == 128)
    #expect(array.isAligned)
  }

  @Test func fortranOrderKeepsTheShape() throws {
    let array = try numpyFile("fortran")
    #expect(array.shape == [2, 3, 4])
    #expect(array.strides == [1, 2, 6])
    #expect(try array.floats() == (0..<24).map(Float.init))
  }

  @Test func bigEndianIsSwapped() throws {
    let array = try numpyFile("big")
    #expect(array.shape == [3, 2])
    #expect(try array.floats() == [-2, -1, 0, 1, 2, 3])
  }

  @Test(arguments: ["version2", "version3"]) func laterVersionsAreRead(name: String) throws {
    #expect(try numpyFile(name).integers() == [0, 1, 2, 3])
  }

  @Test func brainFloatsAreWrittenAsFloats() throws {
    let array = try StoredArray(elementType: .bf16, shape: [1], bytes: little(UInt16(0xC040)))
    #expect(try Npy.decode(Npy.encode(array), name: "memory").floats() == [-3])
  }

  @Test(arguments: [
    ("complex", "`<c8`"), ("text", "`<U1`"), ("object", "`|O`"),
    ("record", "record (a structured type)"),
  ])
  func otherElementsAreRefusedByName(name: String, type: String) {
    #expect(problem(NpyProblem.self) { try numpyFile(name) } == .unknownType(type))
  }
}

/// Files with headers that lie.
@Suite struct NpyHostileTests {
  private func file(_ header: String, version: UInt8 = 1, data: Int = 8) -> [UInt8] {
    let length =
      version == 1 ? little(UInt16(header.utf8.count)) : little(UInt32(header.utf8.count))
    return NpyHeader.magic + [version, 0] + length + header.utf8
      + [UInt8](repeating: 0, count: data)
  }

  private func header(
    descr: String = "'<f4'", order: String = "False", shape: String = "(2,)"
  ) -> String {
    "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }\n"
  }

  private func found(_ bytes: [UInt8]) -> NpyProblem? {
    problem(NpyProblem.self) { try Npy.decode(bytes, name: "x.npy") }
  }

  @Test func theHonestFileIsRead() throws {
    #expect(try Npy.decode(file(header()), name: "x.npy").floats() == [0, 0])
    let old = "{\"shape\": (2L,), \"fortran_order\":False,\"descr\":\"<f4\"}"
    #expect(try Npy.decode(file(old), name: "x.npy").shape == [2])
  }

  @Test func dataMustBeAsLongAsTheHeaderSays() {
    let size = { NpyProblem.size(shape: [2], type: .f32, expected: 8, found: $0) }
    #expect(found(file(header(), data: 7)) == size(7))
    #expect(found(file(header(), data: 9)) == size(9))
    #expect(
      found(file(header(shape: "(1000000000000,)")))
        == .size(shape: [1_000_000_000_000], type: .f32, expected: 4_000_000_000_000, found: 8))
  }

  @Test func impossibleShapesAreRefused() {
    // The product of what is not 0 must fit, as in numpy.
    #expect(
      found(file(header(shape: "(4294967296, 4294967296, 0)")))
        == .tooLarge(shape: [1 << 32, 1 << 32, 0]))
    let large = "(4611686018427387904, 4)"
    #expect(found(file(header(shape: large))) == .tooLarge(shape: [1 << 62, 4]))
    for shape in [
      "(-2,)", "(2.0,)", "(2)", "(02,)", "(2,,)", "((2,),)", "[2]", "(9223372036854775808,)",
    ] {
      guard case .syntax? = found(file(header(shape: shape))) else {
        Issue.record("shape \(shape) was read")
        continue
      }
    }
  }

  @Test func headersBeyondTheFileOrTheLimitAreRefused() {
    let cut = [UInt8](file(header()).prefix(40))
    #expect(found(cut) == .headerLength(header().utf8.count, fileBytes: 40))
    let long = String(repeating: " ", count: NpyHeader.limit) + header()
    #expect(
      found(file(long, version: 2))
        == .headerLength(long.utf8.count, fileBytes: file(long, version: 2).count))
  }

  @Test func otherFilesAndVersionsAreRefused() {
    #expect(found([]) == .notNpy)
    #expect(found(Array("PK\u{3}\u{4}, an npz archive".utf8)) == .notNpy)
    #expect(found(file(header(), version: 4)) == .version(4, 0))
  }

  @Test func keysMustBeTheThree() {
    #expect(found(file("{'descr': '<f4', 'fortran_order': False}")) == .missingKey("shape"))
    #expect(found(file("{'shape': (2,), 'shape': (2,)}")) == .unexpectedKey("shape"))
    #expect(found(file("{'code': 'import os'}")) == .unexpectedKey("code"))
    #expect(found(file("__import__('os')")) == .syntax(offset: 0, expected: "`{`"))
    #expect(found(file(header() + "x")) != nil)
    #expect(found(file(header(order: "Falsy"))) != nil)
    #expect(found(file(header(descr: "'|f4'"))) == .unknownType("`|f4`"))
    #expect(found(file(header(descr: "'>'"))) == .unknownType("`>`"))
  }
}
