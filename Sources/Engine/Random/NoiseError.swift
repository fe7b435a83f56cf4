/// Why random numbers could not be drawn.
public enum NoiseError: Error, Equatable, Sendable {
  /// A sample index outside 0..<2³².
  case sampleOutOfRange(Int)
  /// An attempt outside 0..<2¹⁶.
  case attemptOutOfRange(Int)
  /// Another number of attempts than of samples.
  case attemptCount(samples: Int, attempts: Int)
  /// A step outside 0..<2³².
  case stepOutOfRange(Int)
  /// A row with a negative size, or with more elements than a stream has.
  case rowShape([Int])
  /// A recording that has no more numbers for a purpose.
  case recordingExhausted(NoisePurpose)
  /// A recording whose next array has another size than asked for.
  case recordingSize(NoisePurpose, wanted: Int, found: Int)
}

extension NoiseError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sampleOutOfRange(let sample):
      "Sample index \(sample) is outside 0…4294967295."
    case .attemptOutOfRange(let attempt):
      "Attempt \(attempt) is outside 0…65535."
    case .attemptCount(let samples, let attempts):
      "\(samples) samples need as many attempts, but \(attempts) were given."
    case .stepOutOfRange(let step):
      "Step \(step) is outside 0…4294967295."
    case .rowShape(let shape):
      "A row of shape \(shape) cannot be drawn: sizes must be at least 0, "
        + "their product at most \(NoiseStream.elementLimit)."
    case .recordingExhausted(let purpose):
      "The recorded noise has no more arrays for “\(purpose)”."
    case .recordingSize(let purpose, let wanted, let found):
      "The next recorded array for “\(purpose)” has \(found) numbers; \(wanted) are needed."
    }
  }
}
