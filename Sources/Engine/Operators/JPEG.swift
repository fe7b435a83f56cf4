import Foundation
import Tensors

/// JPEG: y is what a baseline JPEG file of the image would be decoded to, before rounding to 8 bits.
///
/// [−1, 1] → [0, 255]; RGB → YCbCr; chroma at every second pixel of every second row; blocks of 8×8 minus
/// 128; orthonormal DCT-II; quantised to the steps of ``JPEGTables``, halves to the even number; and back, chroma
/// pixels repeated, nothing clipped. An image of one channel is luma alone. Rows never mix.
///
/// Source: `physics/jpeg.py` of UD2M (charles-kmc/UD2M @ a10f9f8), after the code of DDRM-JPEG.
public struct JPEG: OwnAdjoint {
  /// What stands for the derivative, which is 0 wherever it exists.
  public enum Gradient: String, Sendable, CaseIterable {
    /// Rounding counts as the identity: the exact derivative of all the rest.
    case straightThrough = "straight-through"
    /// The whole operator counts as the identity: "its own pseudo-adjoint", as the published gradient step of
    /// UD2M takes it, whose data term is J(x) − y.
    case identity
    /// The derivative as it is: zero, as published code gets it from autograd.
    case zero
  }

  let quality: Int
  let gradient: Gradient
  /// The quantisation steps that belong to the quality.
  public let tables: JPEGTables
  /// The steps [8, 8] and the DCT [8, 8].
  private let luma, chroma, cosines: Tensor

  public init(quality: Int, gradient: Gradient = .straightThrough) throws {
    let tables = try JPEGTables(quality: quality)
    self.init(
      quality: quality, gradient: gradient, tables: tables,
      luma: try Self.steps(tables.luma), chroma: try Self.steps(tables.chroma),
      cosines: try Tensor(Self.cosines.map(Float.init), shape: [8, 8]))
  }

  private init(
    quality: Int, gradient: Gradient, tables: JPEGTables, luma: Tensor, chroma: Tensor,
    cosines: Tensor
  ) {
    self.quality = quality
    self.gradient = gradient
    self.tables = tables
    (self.luma, self.chroma, self.cosines) = (luma, chroma, cosines)
  }

  private static func steps(_ table: [Int]) throws -> Tensor {
    try Tensor(table.map { Float($0) }, shape: [8, 8])
  }

  /// The orthonormal DCT-II, row k the k-th frequency.
  private static let cosines: [Double] = (0..<64).map { index in
    let (k, n) = (index / 8, index % 8)
    let scale = k == 0 ? (1.0 / 8).squareRoot() : 0.5
    return scale * cos(.pi * Double((2 * n + 1) * k) / 16)
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape.count == 3, Self.takes(shape) else { throw JPEGError.image(shape) }
    return shape
  }

  private static func takes(_ shape: [Int]) -> Bool {
    let multiple = shape[0] == 3 ? 16 : 8
    return [1, 3].contains(shape[0])
      && shape.dropFirst().allSatisfy { $0 > 0 && $0 % multiple == 0 }
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    let shape = x.shape
    guard shape.count == 4, Self.takes(Array(shape.dropFirst())) else {
      throw JPEGError.image(Array(shape.dropFirst()))
    }
    if gradient == .identity { return try x.giving(decode(encode(x.detached()))) { $0 } }
    return try decode(encode(x))
  }

  public func moved(to device: Device) throws -> JPEG {
    JPEG(
      quality: quality, gradient: gradient, tables: tables, luma: try luma.moved(to: device),
      chroma: try chroma.moved(to: device), cosines: try cosines.moved(to: device))
  }
}

// MARK: - Coefficients

extension JPEG {
  /// The quantised coefficients of images, whole numbers, each in the place of its 8×8 block.
  public struct Coefficients: Sendable {
    /// [B, 1, H, W].
    public let luma: Tensor
    /// [B, 2, H/2, W/2]; `nil` for images of one channel.
    public let chroma: Tensor?

    func map(_ transform: (Tensor) throws -> Tensor) rethrows -> Coefficients {
      Coefficients(luma: try transform(luma), chroma: try chroma.map(transform))
    }
  }

  /// The quantised coefficients of images [B, C, H, W] in [−1, 1].
  public func encode(_ x: Tensor) throws -> Coefficients { try unrounded(x).map(rounded) }

  /// The coefficients over their steps, before rounding.
  public func unrounded(_ x: Tensor) throws -> Coefficients {
    let scaled = try (x + 1) * 127.5
    guard x.shape[1] == 3 else {
      return Coefficients(luma: try analysed(scaled, steps: luma), chroma: nil)
    }
    let color = try mixed(scaled, Self.toYCbCr)
    let planes = try color.sliced(1..<3, along: 1) + 128
    let small = try planes.sliced(0..<x.shape[2], along: 2, step: 2)
      .sliced(0..<x.shape[3], along: 3, step: 2)
    return Coefficients(
      luma: try analysed(color.sliced(0..<1, along: 1), steps: luma),
      chroma: try analysed(small, steps: chroma))
  }

  /// The images of coefficients, in [−1, 1] but for what quantisation adds.
  public func decode(_ coefficients: Coefficients) throws -> Tensor {
    let luma = try synthesised(coefficients.luma, steps: self.luma)
    guard let planes = coefficients.chroma else { return try luma / 127.5 - 1 }
    let chroma = try synthesised(planes, steps: self.chroma).upsampledNearest() - 128
    return try mixed(.concatenated([luma, chroma], along: 1), Self.toRGB) / 127.5 - 1
  }

  private func rounded(_ values: Tensor) throws -> Tensor {
    gradient == .straightThrough
      ? try values.giving(values.detached().rounded()) { $0 } : try values.rounded()
  }

  /// The published constants; they are no exact inverses of each other.
  private static let toYCbCr: [Double] = [
    0.299, 0.587, 0.114, -0.1687, -0.3313, 0.5, 0.5, -0.4187, -0.0813,
  ]
  private static let toRGB: [Double] = [
    1, -3.68199903e-05, 1.40198758, 1, -0.344113281, -0.714103821, 1, 1.77197812, -1.34583413e-04,
  ]

  /// Each pixel's three channels times a matrix [3, 3].
  private func mixed(_ x: Tensor, _ matrix: [Double]) throws -> Tensor {
    let planes = try (0..<3).map { try x.sliced($0..<$0 + 1, along: 1) }
    let mixtures = try (0..<3).map { row in
      try planes[0] * matrix[3 * row] + planes[1] * matrix[3 * row + 1]
        + planes[2] * matrix[3 * row + 2]
    }
    return try .concatenated(mixtures, along: 1)
  }

  // MARK: - Blocks

  private func analysed(_ plane: Tensor, steps: Tensor) throws -> Tensor {
    let d = try cosines.converted(to: plane.scalarType)
    let blocks = try split(plane - 128)
    let coefficients = try d.matrixProduct(blocks).matrixProduct(d.transposed())
    return try joined(coefficients / steps.converted(to: plane.scalarType), like: plane)
  }

  private func synthesised(_ plane: Tensor, steps: Tensor) throws -> Tensor {
    let d = try cosines.converted(to: plane.scalarType)
    let coefficients = try split(plane) * steps.converted(to: plane.scalarType)
    return try joined(d.transposed().matrixProduct(coefficients).matrixProduct(d), like: plane)
      + 128
  }

  /// [B, C, H, W] → [B, C, H/8, W/8, 8, 8].
  private func split(_ plane: Tensor) throws -> Tensor {
    let s = plane.shape
    return try plane.reshaped([s[0], s[1], s[2] / 8, 8, s[3] / 8, 8]).permuted([0, 1, 2, 4, 3, 5])
  }

  private func joined(_ blocks: Tensor, like plane: Tensor) throws -> Tensor {
    try blocks.permuted([0, 1, 2, 4, 3, 5]).reshaped(plane.shape)
  }
}
