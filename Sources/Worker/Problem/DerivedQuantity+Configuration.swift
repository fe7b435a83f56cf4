import RunFiles
import Statistics
import Tensors

extension Configuration.Statistics {
  /// The quantities of `statistics.derived` for images [C, H, W], their masks read.
  ///
  /// A histogram gives a quantity a bin, `NAME-0` and so on.
  /// - Throws: ``OperatorFileError`` for a mask of another size or without a pixel, or an error of the readers.
  public func scalarQuantities(shape: [Int]) throws -> [ScalarQuantity] {
    try derived.flatMap { try $0.scalarQuantities(shape: shape) }
  }
}

extension Configuration.Statistics {
  /// The quantities of `statistics.derived` that networks compute, of images [C, H, W].
  ///
  /// - Throws: ``ScriptModuleError`` for a file that holds no network.
  public func networkQuantities(shape: [Int], device: Device = .cpu) throws -> [NetworkQuantity] {
    try derived.compactMap { quantity in
      guard case .network(let file, let range, let comparesWithTruth) = quantity.kind else {
        return nil
      }
      return NetworkQuantity(
        name: quantity.name,
        network: try ImageNetwork(file: file, range: range, shape: shape, device: device),
        comparesWithTruth: comparesWithTruth)
    }
  }
}

extension Configuration.DerivedQuantity {
  fileprivate func scalarQuantities(shape: [Int]) throws -> [ScalarQuantity] {
    switch kind {
    case .mean(let mask): return [ScalarQuantity(name, .mean(try Self.region(mask, shape)))]
    case .contrast(let mask, let background):
      let regions = (try Self.region(mask, shape), try Self.region(background, shape))
      return [ScalarQuantity(name, .contrast(regions.0, background: regions.1))]
    case .totalVariation: return [ScalarQuantity(name, .totalVariation)]
    case .histogram(let mask, let bins, let range):
      let region = try Self.region(mask, shape)
      return rowNames.enumerated().map { bin, name in
        ScalarQuantity(name, .fraction(region, in: Self.bin(bin, of: bins, range)))
      }
    case .network: return []
    }
  }

  /// The last bin holds the upper end too.
  private static func bin(_ bin: Int, of bins: Int, _ range: ClosedRange<Double>) -> Range<Float> {
    let width = (range.upperBound - range.lowerBound) / Double(bins)
    let low = Float(range.lowerBound + Double(bin) * width)
    let high = Float(range.lowerBound + Double(bin + 1) * width)
    return low..<(bin == bins - 1 ? Float(range.upperBound).nextUp : high)
  }

  private static func region(_ mask: String?, _ shape: [Int]) throws -> PixelRegion {
    let pixelCount = shape.reduce(1, *)
    guard let mask else { return PixelRegion(all: pixelCount) }
    let values = try MaskFile.read(path: mask, height: shape[1], width: shape[2])
    guard let region = PixelRegion(mask: values, pixelCount: pixelCount) else {
      throw OperatorFileError(path: mask, text: "the mask has no white pixel (1)")
    }
    return region
  }
}
