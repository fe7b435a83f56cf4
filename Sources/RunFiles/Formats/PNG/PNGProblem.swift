/// A PNG file that cannot be read, or a picture that cannot be written as one.
public typealias PNGError = FormatError<PNGProblem>

/// What can be wrong with a PNG file.
public enum PNGProblem: FormatProblem {
  /// The file does not start as a PNG file does.
  case notPNG
  /// The picture is larger than accepted, or has no pixel.
  case dimensions(width: Int, height: Int, channels: Int)
  /// The file has too few bytes for the picture its header promises.
  case tooFewBytes(Int, width: Int, height: Int)
  /// The content is damaged or cut short; libpng's own words.
  case damaged(String)

  public var description: String {
    switch self {
    case .notPNG: "not a PNG file, whatever its name says"
    case .dimensions(let width, let height, let channels):
      "its header claims \(width) × \(height) pixels with \(channels) channels; at most "
        + "\(PNGHeader.largestSide) a side and \(PNGHeader.mostSamples) values are read"
    case .tooFewBytes(let count, let width, let height):
      "\(count) bytes cannot hold \(width) × \(height) pixels; was the copy cut short?"
    case .damaged(let words): "damaged or cut short: \(words)"
    }
  }
}
