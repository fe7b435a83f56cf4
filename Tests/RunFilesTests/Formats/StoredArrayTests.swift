import Foundation
import Testing

@testable import RunFiles

@Suite struct StoredArrayTests {
  private func array(_ type: ElementType, _ bytes: [UInt8]) throws -> StoredArray {
    try StoredArray(elementType: type, shape: [bytes.count / type.byteCount], bytes: bytes)
  }

  @Test func everyTypeConverts() throws {
    #expect(try array(.bool, [0, 1, 2]).floats() == [0, 1, 1])
    #expect(try array(.u8, [0, 255]).floats() == [0, 255])
    #expect(try array(.i8, [0x80, 0x7F]).floats() == [-128, 127])
    #expect(try array(.u16, little(UInt16.max)).floats() == [65535])
    #expect(try array(.i16, little(Int16.min)).floats() == [-32768])
    #expect(try array(.u32, little(UInt32.max)).doubles() == [4_294_967_295])
    #expect(try array(.i32, little(Int32.min)).doubles() == [-2_147_483_648])
    #expect(try array(.u64, little(UInt64.max)).doubles() == [0x1p64])
    #expect(try array(.i64, little(Int64.min)).integers() == [.min])
    #expect(
      try array(.f16, little(UInt16(0x7BFF)) + little(UInt16(0x0001))).floats() == [65504, 0x1p-24])
    #expect(try array(.bf16, little(UInt16(0xC040))).floats() == [-3])
    #expect(try array(.f32, little(Float(0.1).bitPattern)).floats() == [0.1])
    #expect(try array(.f64, little(Double(0.1).bitPattern)).doubles() == [0.1])
  }

  @Test func narrowingRoundsAndRefusesOverflow() throws {
    #expect(
      try StoredArray([0.1, .infinity] as [Double], shape: [2]).floats() == [0.1, .infinity])
    #expect(throws: StoredArrayError.notRepresentable(index: 1, value: "1e+39", type: "Float")) {
      try StoredArray([0, 1e39] as [Double], shape: [2]).floats()
    }
    #expect(throws: StoredArrayError.notRepresentable(index: 0, value: "0.5", type: "Int64")) {
      try StoredArray([0.5] as [Float], shape: [1]).integers()
    }
    #expect(throws: StoredArrayError.self) { try array(.u64, little(UInt64.max)).integers() }
  }

  @Test func stridedViewsAreReadInRowMajorOrder() throws {
    let base = ByteSource.memory((0..<24).flatMap { little(Int16($0)) })
    let view = try #require(
      StoredArray(.i16, shape: [2, 3, 2], strides: [1, 6, 3], source: base, offset: 4))
    let want: [Float] = [2, 5, 8, 11, 14, 17, 3, 6, 9, 12, 15, 18]
    #expect(try view.floats() == want)
    #expect(view.rowMajorBytes() == want.flatMap { little(Int16($0)) })
    #expect(view.withUnsafeBytes { $0.count } == 2 * 17)
  }

  @Test func viewsOutsideTheirSourceAreRefused() {
    let base = ByteSource.memory([UInt8](repeating: 0, count: 16))
    func view(_ shape: [Int], _ strides: [Int]?, _ offset: Int, limit: Int = .max) -> StoredArray? {
      StoredArray(.f32, shape: shape, strides: strides, source: base, offset: offset, limit: limit)
    }
    #expect(view([4], nil, 0) != nil)
    #expect(view([4], nil, 0, limit: 12) == nil)
    #expect(view([4], nil, 4) == nil)
    #expect(view([2], [4], 0) == nil)
    #expect(view([2], [3], 0) != nil)
    #expect(view([2], [-1], 4) == nil)
    #expect(view([-1], nil, 0) == nil)
    #expect(view([1], nil, -4) == nil)
    #expect(view([2, 2], [1], 0) == nil)
    #expect(view([1 << 40, 1 << 40], nil, 0) == nil)
    #expect(view([2, 2], [.max, 1], 0) == nil)
    #expect(
      view([0, 1 << 31, 1 << 31], [.max, .max, .max], 16) != nil, "no element, nothing to reach")
    #expect(view([0, .max, .max], [.max, .max, .max], 16) == nil)
  }

  @Test func misalignedElementsAreRead() throws {
    let values = [1.5, -2].flatMap { (value: Double) in little(value.bitPattern) }
    let view = try #require(StoredArray(.f64, shape: [2], source: .memory([7] + values), offset: 1))
    #expect(!view.isAligned)
    #expect(view.doubles() == [1.5, -2])
    #expect(try view.floats() == [1.5, -2])
  }

  @Test func scalarsAndEmptyArrays() throws {
    #expect(try StoredArray([3] as [Float], shape: []).floats() == [3])
    #expect(try StoredArray([] as [Float], shape: [0, 5]).floats() == [])
    #expect(throws: StoredArrayError.byteCount(3, .f32, shape: [1])) {
      try StoredArray(elementType: .f32, shape: [1], bytes: [1, 2, 3])
    }
  }
}
