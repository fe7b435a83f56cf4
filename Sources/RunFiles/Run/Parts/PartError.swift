/// Why some values are no part, or two parts have no sum.
public enum PartError: Error, Hashable, Sendable {
  /// There is no sample.
  case empty(ImageID)
  /// A sample index is negative or absurdly large.
  case badIndex(ImageID, Int)
  /// The number of samples in the statistics is not the number of good records.
  case countMismatch(ImageID, statistics: Int, records: Int)
  /// The shape is not [C, H, W] with the number of pixels of the statistics.
  case shapeMismatch(ImageID, [Int], pixels: Int)
  /// A kept sample is not a good sample of this part, or has the wrong size.
  case badKeptSample(ImageID, Int)
  /// The parts are of different images.
  case otherImage(ImageID, ImageID)
  /// The parts are of different files of the same name.
  case otherInput(ImageID)
  /// The parts are of different shapes.
  case otherShape(ImageID, [Int], [Int])
  /// The parts know different quantities of their samples.
  case otherQuantities(ImageID, [String], [String])
  /// A record has another number of quantities than there are names, or is of a failed sample and has some.
  case quantityCount(ImageID, Int, Int, Int)
  /// The same samples are counted twice.
  case overlap(ImageID, SampleRanges)
  /// The statistics could not be added.
  case statistics(ImageID, String)
}

extension PartError: CustomStringConvertible {
  /// What is wrong, with the image's name.
  public var description: String {
    switch self {
    case .empty(let image): "\(image.name): a part without samples"
    case .badIndex(let image, let index): "\(image.name): impossible sample index \(index)"
    case .countMismatch(let image, let statistics, let records):
      "\(image.name): the statistics hold \(statistics) samples, "
        + "but \(records) good samples are listed"
    case .shapeMismatch(let image, let shape, let pixels):
      "\(image.name): the shape \(shape) does not fit \(pixels) pixels"
    case .badKeptSample(let image, let index):
      "\(image.name): the kept sample \(index) is not a good sample of this part "
        + "or has the wrong size"
    case .otherImage(let one, let other):
      "parts of different images cannot be added: \(one.name) and \(other.name)"
    case .otherInput(let image):
      "\(image.name): parts of different files of this name cannot be added"
    case .otherShape(let image, let one, let other):
      "\(image.name): parts of shapes \(one) and \(other) cannot be added"
    case .otherQuantities(let image, let one, let other):
      "\(image.name): parts with the quantities \(one) and \(other) cannot be added"
    case .quantityCount(let image, let index, let count, let names):
      "\(image.name): sample \(index) has \(count) quantities where \(names) are named"
    case .overlap(let image, let samples): "\(image.name): samples \(samples) are counted twice"
    case .statistics(let image, let text): "\(image.name): \(text)"
    }
  }
}
