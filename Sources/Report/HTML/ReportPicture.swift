import Foundation
import RunFiles

/// A picture of an image's page.
struct ReportPicture {
  /// The colours of a picture, and with them the limits that all images share.
  enum Kind: String {
    case picture, std, width
  }

  let group: String
  let title: String
  let image: FloatImage
  let kind: Kind
  /// Its files in `maps/IMAGE/` without extension; nil for none.
  let file: String?
  /// Whether there is an array file besides the picture.
  var hasArray = false
  /// What is left out first if the report gets too large has the largest rank.
  let rank: Int
}

/// The colour limits of a report, the same for all images.
struct ReportLimits {
  /// The upper limit of std and error; see `StdColorLimit`.
  let std: Float

  /// The upper limit of interval widths: four times that of the std, so that the interval of 95 % of
  /// a normal distribution has the colour of its std, but at most the whole range.
  var width: Float { min(1, 4 * std) }

  func style(of kind: ReportPicture.Kind) -> MapPicture.Style {
    switch kind {
    case .picture: .picture
    case .std: .map(.viridis, limits: 0...std)
    case .width: .map(.viridis, limits: 0...width)
    }
  }

  /// The limits in words, such as `0 to 0.2`.
  func text(of kind: ReportPicture.Kind) -> String {
    switch kind {
    case .picture: "0 to 1"
    case .std: "0 to \(NumberText.short(Double(std)))"
    case .width: "0 to \(NumberText.short(Double(width)))"
    }
  }
}

// MARK: - Bytes

extension ReportPicture {
  /// The picture as PNG in base64, its longest side at most `side`.
  func encoded(side: Int, limits: ReportLimits) throws -> String {
    let reduced = image.reduced(by: PictureBudget.reduction(of: image, to: side))
    return Data(try PNGFile.encode(raster(reduced, limits))).base64EncodedString()
  }

  private func raster(_ image: FloatImage, _ limits: ReportLimits) -> RasterImage {
    switch limits.style(of: kind) {
    case .picture: image.pictureTile().raster
    case .map(let map, let limits): image.tile(map, limits: limits).raster
    }
  }
}

extension Tile {
  /// The tile as a picture, with one channel where all is grey.
  var raster: RasterImage {
    let isGrey = colors.allSatisfy { $0.red == $0.green && $0.green == $0.blue }
    return RasterImage(
      width: width, height: height, channels: isGrey ? 1 : 3,
      pixels: isGrey ? colors.map(\.red) : colors.flatMap { [$0.red, $0.green, $0.blue] })
  }
}
