extension Configuration {
  /// Section `data`: the images measured, or the measurements themselves.
  public struct Data: Sendable, Equatable {
    /// Where y comes from.
    public enum Source: Sendable, Equatable {
      /// A folder of true images (PNG or npy); y is simulated from each.
      case images(folder: String)
      /// A folder of real measurements (npy), with a folder of the true images where they are known; `shape` is
      /// the [C, H, W] of the images sought, or nil where the prior says it.
      case measurements(folder: String, truths: String?, shape: [Int]?)
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
      case .images(let folder), .measurements(let folder, _, _): folder
      }
    }

    /// The key that names ``folder``.
    public var key: String {
      switch source {
      case .images: "data.images"
      case .measurements: "data.measurements"
      }
    }

    /// Whether the true images are known.
    public var hasTruths: Bool {
      switch source {
      case .images: true
      case .measurements(_, let truths, _): truths != nil
      }
    }
  }
}
