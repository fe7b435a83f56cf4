import Foundation
import Testing

@testable import RunFiles

/// Files whose header lies or is no header at all.
@Suite struct SafetensorsHostileTests {
  private func file(_ header: String, data: Int) -> [UInt8] {
    little(UInt64(header.utf8.count)) + header.utf8 + [UInt8](repeating: 0, count: data)
  }

  private func entry(
    _ name: String, _ begin: Int, _ end: Int, type: String = "U8", shape: String? = nil
  ) -> String {
    let shape = shape ?? "[\(end - begin)]"
    return
      "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  private func found(_ bytes: [UInt8]) -> SafetensorsProblem? {
    problem(SafetensorsProblem.self) { try Safetensors.decode(bytes, name: "x.safetensors") }
  }

  private func found(_ entries: String..., data: Int) -> SafetensorsProblem? {
    found(file("{\(entries.joined(separator: ","))}", data: data))
  }

  private func isSyntax(_ problem: SafetensorsProblem?) -> Bool {
    if case .syntax? = problem { true } else { false }
  }

  @Test func honestFilesAreRead() throws {
    let header =
      " {\(entry("b", 2, 6, type: "F32", shape: "[]")) , \(entry("a", 0, 2)), \(entry("c", 6, 6))} "
    let read = try Safetensors.decode(file(header, data: 6), name: "x")
    #expect(read.order == ["b", "a", "c"])
    #expect(try read.tensors["b"]?.floats() == [0])
    #expect(try Safetensors.decode(file("{}", data: 0), name: "x").order == [])
    let words = "{\"__metadata__\":{\"a\":\"\\u00e9\\ud83d\\ude00\\n\\/\"}}"
    #expect(try Safetensors.decode(file(words, data: 0), name: "x").metadata == ["a": "é😀\n/"])
  }

  @Test func truncationsAreErrors() throws {
    let whole = file("{\(entry("a", 0, 8))}", data: 8)
    #expect(try Safetensors.decode(whole, name: "x").order == ["a"])
    for count in 0..<10 { #expect(found(Array(whole.prefix(count))) == .tooShort(bytes: count)) }
    for count in 10..<whole.count { #expect(found(Array(whole.prefix(count))) != nil) }
    #expect(
      found(Array(whole.dropLast())) == .offsets(tensor: "a", begin: 0, end: 8, dataBytes: 7))
  }

  @Test(arguments: [11, 100_000_001, UInt64(Int.max), .max])
  func headersBeyondTheFileOrTheLimitAreRefused(length: UInt64) {
    #expect(
      found(little(length) + Array("{}        ".utf8)) == .headerLength(length, fileBytes: 18))
  }

  @Test func overlapsAndGapsAreRefused() {
    #expect(found(entry("a", 0, 4), entry("b", 2, 6), data: 6) == .overlap("a", "b"))
    #expect(found(entry("a", 0, 4), entry("b", 0, 4), data: 4) == .overlap("a", "b"))
    #expect(found(entry("a", 0, 6), entry("b", 2, 4), data: 6) == .overlap("a", "b"))
    #expect(found(entry("a", 0, 2), entry("b", 3, 4), data: 4) == .uncovered(bytes: 2..<3))
    #expect(found(entry("a", 1, 2), data: 2) == .uncovered(bytes: 0..<1))
    #expect(found(entry("a", 0, 2), data: 5) == .uncovered(bytes: 2..<5))
    #expect(found(file("{}", data: 3)) == .uncovered(bytes: 0..<3))
  }

  @Test func sizesMustAgree() {
    let size = SafetensorsProblem.size(tensor: "a", shape: [3], type: .f32, bytes: 8)
    #expect(found(entry("a", 0, 8, type: "F32", shape: "[3]"), data: 8) == size)
    let huge = "[4294967296,4294967296,16]"
    #expect(
      found(entry("a", 0, 8, shape: huge), data: 8)
        == .size(tensor: "a", shape: [1 << 32, 1 << 32, 16], type: .u8, bytes: 8))
    let empty = "[4294967296,4294967296,0]"
    #expect(
      found(entry("a", 0, 0, shape: empty), data: 0)
        == .size(tensor: "a", shape: [1 << 32, 1 << 32, 0], type: .u8, bytes: 0))
    #expect(
      found(entry("a", 0, 9_223_372_036_854_775_807), data: 8)
        == .offsets(tensor: "a", begin: 0, end: .max, dataBytes: 8))
    #expect(
      found(entry("a", 5, 3, shape: "[2]"), data: 8)
        == .offsets(tensor: "a", begin: 5, end: 3, dataBytes: 0))
  }

  @Test func typesAndFieldsAreChecked() {
    #expect(found(entry("a", 0, 8, type: "C64"), data: 8) == .unknownType("C64", tensor: "a"))
    #expect(found(entry("a", 0, 8, type: "f32"), data: 8) == .unknownType("f32", tensor: "a"))
    #expect(found("\"a\":{}", data: 0) == .missingField("dtype", tensor: "a"))
    #expect(
      found("\"a\":{\"dtype\":\"U8\",\"shape\":[0]}", data: 0)
        == .missingField("data_offsets", tensor: "a"))
    #expect(found("\"a\":{\"code\":\"x\"}", data: 0) == .unknownField("code", tensor: "a"))
    #expect(found(entry("a", 0, 1), entry("a", 1, 2), data: 2) == .duplicate("a"))
    #expect(found("\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}", data: 0) == .duplicate("dtype"))
    #expect(
      found("\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}", data: 0) == .duplicate("a"))
    #expect(
      found("\"__metadata__\":{}", "\"__metadata__\":{}", data: 0) == .duplicate("__metadata__"))
  }

  @Test(arguments: [
    "", "[]", "{", "{}{", "{\"a\"}", "{\"a\":1}", "{\"a\":null}", "{,}", "{\"__metadata__\":{},}",
    "{'a':{}}",
    "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":{\"a\":\"\\x\"}}", "{\"a",
    "{\"\\ud800\":{}}",
    "{\"\\ud800\\u0041\":{}}", "{\"\\udc00\":{}}", "{\"\u{1}\":{}}", "{\"a\":{\"shape\":[01]}}",
    "{\"a\":{\"shape\":[-1]}}", "{\"a\":{\"shape\":[1.5]}}", "{\"a\":{\"shape\":[1e3]}}",
    "{\"a\":{\"shape\":[9223372036854775808]}}", "{\"a\":{\"shape\":[1,]}}",
    "{\"a\":{\"shape\":[[1]]}}",
    "{\"a\":{\"dtype\":{\"dtype\":\"U8\"}}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[1]}}",
  ])
  func otherJSONIsRefused(header: String) {
    #expect(isSyntax(found(file(header + "        ", data: 0))), "\(header)")
  }

  @Test func textThatIsNotUnicodeIsRefused() {
    let header: [UInt8] = Array("{\"".utf8) + [0xFF, 0xC0] + Array("\":{}}  ".utf8)
    #expect(isSyntax(found(little(UInt64(header.count)) + header)))
  }

  @Test(arguments: ["[", "{\"__metadata__\":"]) func nestingCannotExhaustTheStack(open: String) {
    let depth = 2_000_000
    #expect(isSyntax(found(file(String(repeating: open, count: depth), data: 0))))
    let shape = "{\"a\":{\"shape\":" + String(repeating: open, count: depth)
    #expect(isSyntax(found(file(shape, data: 0))))
  }

  @Test func tensorsAreCounted() throws {
    let header = "{\(entry("a", 0, 0)),\(entry("b", 0, 0)),\"__metadata__\":{}}"
    func read(limit: Int) throws -> Int {
      try file(header, data: 0).withUnsafeBytes {
        try SafetensorsHeader($0, tensorLimit: limit).entries.count
      }
    }
    #expect(try read(limit: 2) == 2)
    #expect(throws: SafetensorsProblem.tooManyTensors(limit: 1)) { try read(limit: 1) }
  }
}
