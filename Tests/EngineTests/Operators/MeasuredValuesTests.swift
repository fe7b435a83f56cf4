import Tensors
import Testing

@testable import Engine

@Suite struct MeasuredValuesTests {
  private func count(_ operation: any MeasurementOperator, _ shape: [Int]) throws -> [Int] {
    let found = try operation.measuredValues(ofImage: shape)
    return [found.count, found.count { $0 }]
  }

  @Test func masksCount() throws {
    let mask = try InpaintingMask(values: [1, 0, 0, 1, 1, 0], height: 2, width: 3)
    let inpainting = try Inpainting(mask: mask)
    #expect(
      try inpainting.measuredValues(ofImage: [1, 2, 3]) == [true, false, false, true, true, false])
    #expect(try count(inpainting, [3, 2, 3]) == [18, 9])
  }

  /// Half of the columns, real and imaginary parts. Without the imaginary parts of frequencies that are
  /// their own mirror image, which are 0 for real images.
  @Test func frequenciesCount() throws {
    let mask = try UndersamplingMask(
      values: (0..<64).map { ($0 % 8) % 2 == 1 ? 1 : 0 }, height: 8, width: 8)
    let found = try count(MRI(mask: mask, centered: true), [1, 8, 8])
    #expect(found == [128, 64])
  }

  @Test func emptyRowsDoNotCount() throws {
    let matrix = try Tensor([1, 0, 0, 0, 0, 2] as [Float], shape: [3, 2])
    let operation = try MatrixOperator(.dense(matrix), imageShape: [1, 1, 2])
    #expect(try operation.measuredValues(ofImage: [1, 1, 2]) == [true, false, true])
  }

  @Test func everythingElseIsMeasured() throws {
    #expect(try count(Denoising(), [1, 5, 7]) == [35, 35])
    #expect(try count(HighDynamicRange(scale: 2), [3, 9, 9]) == [243, 243])
    #expect(
      try count(GaussianBlur(kernelSize: 5, intensity: 1, imageShape: [1, 9, 8]), [1, 9, 8])
        == [72, 72])
  }
}
