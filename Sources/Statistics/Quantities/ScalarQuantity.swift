/// A number computed from one image: what ranks and questions about an image are asked of.
public struct ScalarQuantity: Sendable {
  /// What is computed, of images in image units.
  public enum Kind: Sendable {
    /// The mean over a region.
    case mean(PixelRegion)
    /// The mean over a region less that over another.
    case contrast(PixelRegion, background: PixelRegion)
    /// Mean over pixels of |∂x| + |∂y|, differences to the next column and row.
    case totalVariation
    /// The fraction of a region whose values lie in a range.
    case fraction(PixelRegion, in: Range<Float>)
    /// ‖x‖₂/√N.
    case norm
    /// Σ ±(x − ½)/√N with these signs.
    case projection(signs: [Float])
    /// ‖x − r‖₂/√N from a point.
    case distance(to: [Float])
  }

  /// What it is called in tables; letters, digits, `-` and `_`.
  public let name: String
  /// What is computed.
  public let kind: Kind

  /// Names a quantity.
  public init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

  /// The quantity of an image.
  ///
  /// - Parameters:
  ///   - image: C·H·W values in image units.
  ///   - shape: [C, H, W].
  public func value(of image: [Float], shape: [Int]) -> Double {
    switch kind {
    case .mean(let region): region.mean(of: image)
    case .contrast(let region, let background): region.mean(of: image) - background.mean(of: image)
    case .totalVariation: Self.totalVariation(image, shape)
    case .fraction(let region, let range): region.fraction(of: image, in: range)
    case .norm:
      (image.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(image.count)).squareRoot()
    case .projection(let signs): Self.projection(image, signs)
    case .distance(let point): Self.distance(image, point)
    }
  }

  /// ‖x − r‖₂/√N of two images of N values.
  public static func distance(_ image: [Float], _ other: [Float]) -> Double {
    var sum = 0.0
    for index in image.indices {
      let difference = Double(image[index]) - Double(other[index])
      sum += difference * difference
    }
    return (sum / Double(image.count)).squareRoot()
  }

  private static func projection(_ image: [Float], _ signs: [Float]) -> Double {
    var sum = 0.0
    for index in image.indices { sum += Double(signs[index]) * (Double(image[index]) - 0.5) }
    return sum / Double(image.count).squareRoot()
  }

  private static func totalVariation(_ image: [Float], _ shape: [Int]) -> Double {
    let (height, width) = (shape[1], shape[2])
    var sum = 0.0
    for index in image.indices {
      let (row, column) = (index / width % height, index % width)
      if column + 1 < width { sum += Double((image[index + 1] - image[index]).magnitude) }
      if row + 1 < height { sum += Double((image[index + width] - image[index]).magnitude) }
    }
    return sum / Double(image.count)
  }
}
