/// Why samples, statistics or images were refused.
public enum StatisticsError: Error, Sendable, Equatable {
  /// An array of pixels has another length than the statistics or its partner.
  case pixelCount(expected: Int, found: Int)

  /// A value is NaN or infinite, or its magnitude is above `ImageStatistics.magnitudeLimit`.
  case absurdValue(index: Int, value: Float)

  /// A value of the truth is NaN or infinite.
  case absurdTruth(index: Int, value: Float)

  /// The options ask for the rank of the truth, but no truth was given.
  case truthMissing

  /// One more sample would leave the range in which the sums are exact.
  case tooManySamples(limit: Int)

  /// Two statistics keep different things and cannot be merged.
  case optionsDiffer(StatisticsOptions, StatisticsOptions)

  /// Quantiles were asked for, but the levels were not kept.
  case levelsNotKept

  /// A probability is not in [0, 1].
  case probability(Double)

  /// A shape is not [channels, height, width] with positive sizes.
  case imageShape([Int])

  /// Stored statistics lack an array.
  case arrayMissing(name: String)

  /// Stored statistics have an array that does not belong to them, or have one twice.
  case arrayUnexpected(name: String)

  /// A stored array has another type, shape or byte count than its place demands.
  case arrayLayout(name: String, expected: String, found: String)

  /// A stored array holds a value that no set of samples can produce.
  case arrayValue(name: String, index: Int, reason: String)
}

extension StatisticsError: CustomStringConvertible {
  /// One line: what is wrong, where, and what is allowed.
  public var description: String {
    switch self {
    case .pixelCount, .absurdValue, .absurdTruth, .truthMissing, .tooManySamples:
      return sampleDescription
    case .optionsDiffer, .levelsNotKept, .probability, .imageShape:
      return requestDescription
    case .arrayMissing, .arrayUnexpected, .arrayLayout, .arrayValue:
      return "statistics cannot be read: " + arrayDescription
    }
  }

  private var sampleDescription: String {
    switch self {
    case .pixelCount(let expected, let found):
      "an image has \(found) values where \(expected) are expected"
    case .absurdValue(let index, let value):
      "value \(value) at index \(index) of a sample: allowed are finite values from "
        + "-\(ImageStatistics.magnitudeLimit) to \(ImageStatistics.magnitudeLimit)"
    case .absurdTruth(let index, let value):
      "value \(value) at index \(index) of the truth: it must be finite"
    case .truthMissing:
      "the rank of the truth is to be counted, but no truth is given"
    case .tooManySamples(let limit):
      "one image can have at most \(limit) samples"
    default: ""
    }
  }

  private var requestDescription: String {
    switch self {
    case .optionsDiffer(let one, let other):
      "statistics that keep (\(one)) cannot be merged with statistics that keep (\(other))"
    case .levelsNotKept:
      "quantiles need statistics that keep levels"
    case .probability(let probability):
      "probability \(probability) of a quantile: allowed is 0 to 1"
    case .imageShape(let shape):
      "image shape \(shape): [channels, height, width] with positive sizes is needed"
    default: ""
    }
  }

  private var arrayDescription: String {
    switch self {
    case .arrayMissing(let name):
      "array '\(name)' is missing"
    case .arrayUnexpected(let name):
      "array '\(name)' is not expected here or is there twice"
    case .arrayLayout(let name, let expected, let found):
      "array '\(name)' is \(found) where \(expected) is expected"
    case .arrayValue(let name, let index, let reason):
      "array '\(name)', value \(index): \(reason)"
    default: ""
    }
  }
}
