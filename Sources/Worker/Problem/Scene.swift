import Engine
import RunFiles
import Statistics
import Tensors

/// What is measured of one image: the truth where it is known, the operator, and y.
public struct Scene: Sendable {
  /// Keys all random numbers of the measurement.
  public let image: ImageID
  /// [C,H,W] of the image sought.
  public let shape: [Int]
  /// The true image in image units [0,1]; `nil` for real measurements.
  public let truth: [Float]?
  let measurementOperator: any MeasurementOperator
  /// y, [1,C,H,W] in the scale of the operator, images being in [−1,1].
  public let measurement: Tensor
  /// SHA-256, in hex, of the file, or of its part of a stack.
  public let digest: String
  /// What the reader of the file had to say, such as a dropped alpha channel.
  public let notices: [String]

  /// Reads the image and simulates its measurement, or reads the measurement.
  ///
  /// - Throws: ``ExperimentError``, or an error of the readers or the operator.
  public init(
    _ image: ImageID, operators: OperatorSource, configuration: Configuration, images: ImageFolder
  ) throws {
    guard let entry = images.entry(of: image) else {
      throw ExperimentError.unknownImage(image)
    }
    self.image = image
    let (shape, device) = (operators.shape, operators.device)
    self.shape = shape
    measurementOperator = try operators.measurementOperator(of: image)
    switch configuration.data.source {
    case .images:
      let loaded = try images.load(entry, expecting: shape)
      (truth, notices) = (loaded.values, loaded.notices)
      let clean = try measurementOperator.apply(
        Tensor(loaded.values.map { 2 * $0 - 1 }, shape: [1] + shape).moved(to: device))
      measurement = try measurementOperator.restricted(
        configuration.measurement.noise.engine.added(
          to: clean, seed: configuration.run.seed, image: image.key))
    case .measurements:
      (truth, notices) = (nil, [])
      let expected = try measurementOperator.measurementShape(ofImage: shape)
      let values = try Self.read(images.loadRaw(entry), expected, path: entry.path)
      measurement = try measurementOperator.restricted(
        Tensor(values, shape: [1] + expected).moved(to: device))
    }
    // Last: a file that is replaced while it is read is never taken for what it was before.
    digest = try ImageFolder.digest(of: entry)
  }

  /// What is computed of every sample of the image.
  public func quantities(derived: [ScalarQuantity]) -> QuantitySet {
    QuantitySet(derived: derived, imageKey: image.key, shape: shape, truth: truth)
  }

  private static func read(_ stored: StoredArray, _ expected: [Int], path: String) throws -> [Float]
  {
    guard stored.shape == expected || stored.shape == [1] + expected else {
      throw ExperimentError.measurementShape(path: path, found: stored.shape, expected: expected)
    }
    return try stored.floats()
  }
}
