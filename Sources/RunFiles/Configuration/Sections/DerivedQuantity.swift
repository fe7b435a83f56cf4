extension Configuration {
  /// An entry of `statistics.derived`: a number computed from every sample, whose statistics are wanted.
  public struct DerivedQuantity: Sendable, Equatable {
    /// What is computed; masks are files with 1 (white) where a pixel counts.
    public enum Kind: Sendable, Equatable {
      /// The mean over a mask, or over the image.
      case mean(mask: String?)
      /// The mean over a mask less that over another.
      case contrast(mask: String, background: String)
      /// Mean absolute difference of neighbours.
      case totalVariation
      /// The shares of pixels in equal bins of a range of values, over a mask or the image.
      case histogram(mask: String?, bins: Int, range: ClosedRange<Double>)
      /// What a TorchScript network says of the image, or of image and truth; it sees images in a range.
      case network(file: String, range: ClosedRange<Double>, comparesWithTruth: Bool)
    }

    /// What it is called in tables; a histogram has a row a bin, see ``rowNames``.
    public var name: String
    /// What is computed.
    public var kind: Kind

    /// Makes an entry.
    public init(name: String, kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// The names of its rows in tables: those of a histogram are `NAME-0`, `NAME-1` and so on.
    public var rowNames: [String] {
      guard case .histogram(_, let bins, _) = kind else { return [name] }
      return (0..<bins).map { "\(name)-\($0)" }
    }
  }
}
