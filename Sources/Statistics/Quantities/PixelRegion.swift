/// The pixels of an image that a mask chooses.
public struct PixelRegion: Sendable, Equatable {
  /// Indices of values of [C, H, W], ascending; not empty.
  let indices: [Int32]

  /// All pixels of an image of `pixelCount` values.
  public init(all pixelCount: Int) { indices = (0..<Int32(pixelCount)).map { $0 } }

  /// The pixels whose mask is not 0, in every channel; nil if there is none.
  ///
  /// - Parameter mask: [H, W] or [C, H, W] values, of an image of `pixelCount` values.
  public init?(mask: [Float], pixelCount: Int) {
    guard !mask.isEmpty else { return nil }
    indices = (0..<Int32(pixelCount)).filter { mask[Int($0) % mask.count] != 0 }
    if indices.isEmpty { return nil }
  }

  /// The mean of an image over the region.
  func mean(of image: [Float]) -> Double {
    indices.reduce(0.0) { $0 + Double(image[Int($1)]) } / Double(indices.count)
  }

  /// The fraction of the region whose values lie in a range, its upper end left out.
  func fraction(of image: [Float], in range: Range<Float>) -> Double {
    Double(indices.count { range.contains(image[Int($0)]) }) / Double(indices.count)
  }
}
