/// Why a picture or a table could not be made.
public enum ReportError: Error, Sendable, Equatable {
  /// A shape is not [channels, height, width] with positive sizes, or does not fit the values.
  case shape([Int], valueCount: Int)

  /// The limits of a colour bar are not finite or not in rising order.
  case limits(Float, Float)

  /// The ends of an axis are not finite and in rising order, or not positive where they must be.
  case axis(String, Double, Double)

  /// A contact sheet has no picture.
  case nothingToShow
}

extension ReportError: CustomStringConvertible {
  /// One line: what is wrong and what is allowed.
  public var description: String {
    switch self {
    case .shape(let shape, let count):
      "shape \(shape) for \(count) values: [channels, height, width] with as many values is needed"
    case .limits(let lower, let upper):
      "colour limits \(lower) and \(upper): two finite numbers in rising order are needed"
    case .axis(let label, let lower, let upper):
      "axis '\(label)' from \(lower) to \(upper): two finite numbers in rising order are needed, "
        + "positive ones on a logarithmic axis"
    case .nothingToShow:
      "a contact sheet needs at least one picture"
    }
  }
}
