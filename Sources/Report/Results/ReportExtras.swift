import RunFiles
import Statistics

/// What a report shows besides what the parts of the run tell.
public struct ReportExtras: Sendable {
  /// The calibration to be shown, such as that of another run; nil for what the images of the run
  /// itself say.
  public var calibration: CalibrationSummary?
  /// Sentences for the section on calibration, such as a guarantee with its conditions.
  public var remarks: [String]
  /// More figures of the run as a whole.
  public var figures: [Figure]
  /// What is shown of an image besides its maps.
  public var image: @Sendable (Part) throws -> ImageExtras

  /// Puts extras together; by default there are none.
  public init(
    calibration: CalibrationSummary? = nil, remarks: [String] = [], figures: [Figure] = [],
    image: @escaping @Sendable (Part) throws -> ImageExtras = { _ in ImageExtras() }
  ) {
    (self.calibration, self.remarks) = (calibration, remarks)
    (self.figures, self.image) = (figures, image)
  }
}

/// What is shown of one image besides what its part tells.
public struct ImageExtras: Sendable {
  /// Pictures in a row, such as steps along a principal component.
  public struct Strip: Sendable {
    /// What the strip shows.
    public let title: String
    /// The pictures, in image units.
    public let images: [FloatImage]

    /// Puts a strip together.
    public init(title: String, images: [FloatImage]) {
      (self.title, self.images) = (title, images)
    }
  }

  /// More pictures.
  public var strips: [Strip]
  /// Figures of this image.
  public var figures: [Figure]
  /// A sentence on why its samples contradict its measurement; nil if they do not.
  public var disagreement: String?

  /// Puts extras together; by default there are none.
  public init(strips: [Strip] = [], figures: [Figure] = [], disagreement: String? = nil) {
    (self.strips, self.figures, self.disagreement) = (strips, figures, disagreement)
  }
}
