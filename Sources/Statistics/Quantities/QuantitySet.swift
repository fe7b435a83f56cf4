/// The quantities that are taken of every sample of an image.
public struct QuantitySet: Sendable {
  /// The quantity ``pairDistance`` is taken between this sample and the next of its batch.
  public static let pairDistance = "pair_distance"
  /// The quantity with the distance to the truth.
  public static let truthDistance = "truth_distance"

  /// Whether a name is kept for quantities of the calibration.
  public static func isReserved(_ name: String) -> Bool {
    [pairDistance, truthDistance, DiagnosticQuantities.norm].contains(name)
      || name.hasPrefix(DiagnosticQuantities.tarpPrefix)
      || name.hasPrefix(DiagnosticQuantities.projectionPrefix)
  }

  /// Quantities of a single image.
  public let quantities: [ScalarQuantity]
  /// Whether the distance of pairs of samples is taken, for the energy score.
  public let hasPairs: Bool

  /// Quantities a user asks for, and those for the calibration where the truth is known.
  ///
  /// - Parameters:
  ///   - derived: the user's.
  ///   - imageKey: what the random directions and points of the image follow from.
  ///   - shape: [C, H, W].
  ///   - truth: the true image, where it is known.
  public init(derived: [ScalarQuantity], imageKey: UInt64, shape: [Int], truth: [Float]?) {
    let diagnostic = truth.map {
      DiagnosticQuantities(imageKey: imageKey, shape: shape).all
        + [ScalarQuantity(Self.truthDistance, .distance(to: $0))]
    }
    quantities = derived + (diagnostic ?? [])
    hasPairs = truth != nil
  }

  /// The names, in the order of ``values(of:partner:shape:)``.
  public var names: [String] { quantities.map(\.name) + (hasPairs ? [Self.pairDistance] : []) }

  /// The values of one sample.
  ///
  /// - Parameter partner: the sample it is paired with; without one there is no pair distance.
  /// - Returns: a value a name; nil where it has no meaning.
  public func values(of image: [Float], partner: [Float]? = nil, shape: [Int]) -> [Double?] {
    let own: [Double?] = quantities.map { $0.value(of: image, shape: shape) }
    guard hasPairs else { return own }
    return own + [partner.map { ScalarQuantity.distance(image, $0) }]
  }
}
