import RunFiles

/// A number that a network computes of every sample, such as LPIPS against the truth.
public struct NetworkQuantity: Sendable {
  /// What it is called in tables.
  public let name: String
  private let network: ImageNetwork
  private let comparesWithTruth: Bool

  init(name: String, network: ImageNetwork, comparesWithTruth: Bool) {
    (self.name, self.network) = (name, network)
    self.comparesWithTruth = comparesWithTruth
  }

  /// The quantity of an image; nil if the network says NaN, or wants a truth and there is none.
  ///
  /// - Throws: ``ScriptModuleError`` if the network fails, ``OperatorFileError`` if it gives anything
  ///   but one number.
  public func value(of image: [Float], truth: [Float]?) throws -> Double? {
    if comparesWithTruth, truth == nil { return nil }
    let values = try network(image, truth: comparesWithTruth ? truth : nil)
    guard let value = values.first, values.count == 1 else {
      throw OperatorFileError(
        path: name, text: "the network gives \(values.count) numbers for an image; one is needed")
    }
    return value.isNaN ? nil : Double(value)
  }

  /// The quantity of the truth itself; nil for a comparison, which would be with itself.
  public func value(ofTruth truth: [Float]) throws -> Double? {
    comparesWithTruth ? nil : try value(of: truth, truth: nil)
  }
}
