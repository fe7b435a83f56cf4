extension Configuration {
  /// Section `data`: the images measured, or the measurements themselves.
  public struct Data: Sendable, Equatable {
    /// Where y comes from.
    public enum Source: Sendable, Equatable {
      /// A folder of true images (PNG or npy); y is simulated from each.
      case images(folder: String)
      /// A folder of real measurements (npy), without truth; `shape` is the [C, H, W] of the images sought,
      /// or nil where the prior says it.
      case measurements(folder: String, shape: [Int]?)
    }

    /// Where y comes from.
    public var source: Source
    /// Positions in the folder, sorted by name, that take part; nil means all.
    public var range: IndexSelection?

    /// Makes the section.
    public init(source: Source, range: IndexSelection? = nil) {
      self.source = source
      self.range = range
    }

    /// The folder named, whatever it holds.
    public var folder: String {
      switch source {
      case .images(let folder), .measurements(let folder, _): folder
      }
    }
  }
}
