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
  /// The true image in image units [0,1]; `nil` where it is not known.
  public let truth: [Float]?
  let measurementOperator: any MeasurementOperator
  /// y, [1,C,H,W] in the scale of the operator, images being in [−1,1].
  public let measurement: Tensor
  /// ``ImageFolder/digest(of:)`` of the files.
  public let digest: String
  /// What the reader of the file had to say, such as a dropped alpha channel.
  public let notices: [String]

  /// Reads the image and simulates its measurement, or reads the measurement and the image, if that is known.
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
      let known = try images.truth(of: image).map { try images.load($0, expecting: shape) }
      (truth, notices) = (known?.values, known?.notices ?? [])
      let expected = try measurementOperator.measurementShape(ofImage: shape)
      let values = try Self.read(images.loadRaw(entry), expected, path: entry.path)
      measurement = try measurementOperator.restricted(
        Tensor(values, shape: [1] + expected).moved(to: device))
    }
    // Last: a file that is replaced while it is read is never taken for what it was before.
    digest = try images.digest(of: entry)
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
