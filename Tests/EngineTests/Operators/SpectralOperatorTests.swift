import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct SpectralOperatorTests {
  static func operators() throws -> [(name: String, operation: any SpectralOperator)] {
    let shape = [2, 8, 12]
    let kernel = try ConvolutionKernel(
      (0..<12).map { 0.1 + 0.01 * Double($0 * $0 % 7) }, height: 3, width: 4)
    let mask = (0..<96).map { Float($0 % 3 == 0 ? 0 : 1) }
    return [
      ("denoising", Denoising()),
      ("inpainting", try Inpainting(mask: InpaintingMask(values: mask, height: 8, width: 12))),
      ("blur", try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: shape)),
      ("super-resolution", try SuperResolution(scaleFactor: 2, imageShape: shape)),
      ("circular", try CircularConvolution(kernel: kernel, imageShape: shape)),
      ("circular correlation", try CircularBlur(kernel: kernel, imageShape: shape)),
      ("MRI", try MRI(mask: UndersamplingMask(values: mask, height: 8, width: 12))),
    ]
  }

  private static func images(_ shape: [Int], draw: Int) throws -> Tensor {
    let noise = try PhiloxNoise(seed: 3, image: 4, samples: [draw, draw + 1])
    let values = try noise.normal(purpose: .initial, step: 0, rowShape: shape)
    return try Tensor(values.map { Double($0) }, shape: [2] + shape)
  }

  /// V·S²·Vᵀ = AᵀA; float64, 12 sums of 12 products of numbers of size 1.
  @Test func theSquareIsTheNormalMatrix() throws {
    let x = try Self.images([2, 8, 12], draw: 0)
    for (name, operation) in try Self.operators() {
      let square = try operation.spectrum().scaled(x) { $0 * $0 }
      #expect(try square.distance(to: operation.normal(x)) < 1e-12, "\(name)")
    }
  }

  /// Power iteration approaches the norm from below, slowly where singular values lie close.
  @Test func theLargestIsTheNorm() throws {
    for (name, operation) in try Self.operators() {
      let norm = try operation.operatorNorm(imageShape: [2, 8, 12])
      let largest = try operation.spectrum().largestSingularValue
      #expect(norm < largest * (1 + 1e-9) && norm > largest * (1 - 1e-3), "\(name)")
    }
  }

  /// Two of Moore and Penrose's conditions on random vectors: A A⁺ A = A, and A⁺A is a projection.
  @Test func thePseudoInverseIsOne() throws {
    let x = try Self.images([2, 8, 12], draw: 4)
    for (name, operation) in try Self.operators() {
      let spectrum = try operation.spectrum()
      let invert = { (y: Tensor) in
        try spectrum.pseudoInverse(ofAdjoint: operation.adjoint(y), floor: 1e-6)
      }
      let seen = try invert(operation.apply(x))
      #expect(try operation.apply(seen).distance(to: operation.apply(x)) < 1e-6, "\(name)")
      #expect(try invert(operation.apply(seen)).distance(to: seen) < 1e-5, "\(name)")
      let parts = try spectrum.scaled(x) { $0 > 1e-6 ? 1 : 0 }
      #expect(try seen.distance(to: parts) < 1e-5, "\(name)")
    }
  }

  /// Hidden pixels move far where seen ones hardly may; each product rounds once.
  @Test func aMaskKeepsSmallFactorsBesideLargeOnes() throws {
    let inpainting = try Inpainting(mask: InpaintingMask(values: [1, 0], height: 1, width: 2))
    let one = try Tensor.full(1, shape: [1, 1, 1, 2])
    let scaled = try inpainting.spectrum().scaled(one) { $0 > 0 ? 1e-5 : 100 }.doubles()
    #expect(abs(scaled[0] / 1e-5 - 1) < 1e-6 && scaled[1] == 100)
  }

  @Test func rowsDoNotMix() throws {
    let x = try Self.images([2, 8, 12], draw: 0)
    let broken = try Tensor.concatenated(
      [x.row(0), Tensor.full(.nan, shape: [1, 2, 8, 12], type: .float64)], along: 0)
    for (name, operation) in try Self.operators() {
      let spectrum = try operation.spectrum()
      let results = try [x, broken].map { try spectrum.scaled($0) { 1 + $0 }.row(0).doubles() }
      #expect(results[0].map(\.bitPattern) == results[1].map(\.bitPattern), "\(name)")
    }
  }
}
