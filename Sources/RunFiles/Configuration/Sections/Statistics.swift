extension Configuration {
  /// Section `statistics`: which maps, quantities and samples are kept.
  public struct Statistics: Sendable, Equatable {
    /// Levels of the quantile maps, rising, from 0.000001 to 0.999999; empty for none, which also saves their memory.
    public var quantiles: [Double]
    /// First samples of each image that are kept.
    public var keepSamples: Int
    /// Whether all samples are kept, as `samples/IMAGE.npy`.
    public var saveSamples: Bool
    /// Whether maps and kept samples are also written as PNG files.
    public var pictures: Bool
    /// Quantities of an image whose statistics are wanted, by name.
    public var derived: [DerivedQuantity]
    /// File with the factors of calibrated intervals, as `posterior calibrate` writes it.
    public var calibration: String?

    /// Makes the section with the defaults of the file format.
    public init(
      quantiles: [Double] = [0.05, 0.5, 0.95], keepSamples: Int = 4, saveSamples: Bool = false,
      pictures: Bool = true, derived: [DerivedQuantity] = [], calibration: String? = nil
    ) {
      self.quantiles = quantiles
      self.keepSamples = keepSamples
      self.saveSamples = saveSamples
      self.pictures = pictures
      self.derived = derived
      self.calibration = calibration
    }
  }
}
