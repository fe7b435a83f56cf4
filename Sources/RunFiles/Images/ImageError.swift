/// What can be wrong with a folder of images or with one of them.
public enum ImageError: BadInput, Equatable {
  /// The folder has none of the files looked for; what it has, by extension.
  case noImages(folder: String, wanted: [String], found: [String: Int])
  /// A folder is reached twice over links, so that its images would count twice.
  case reachedTwice(folder: String)
  /// A file with an image's name is a link to something that is not there.
  case danglingLink(path: String, named: String)
  /// More files than are accepted.
  case tooManyFiles(folder: String)
  /// A file in this folder has a name that is not UTF-8.
  case fileName(folder: String)
  /// The name of an image cannot be the name of its results.
  case name(String, reason: String)
  /// Two files would be one image.
  case sameName(String, String)
  /// The results of an image, with its file, need a folder where those of another are files.
  case sameResults(String, String, String)
  /// A measurement has no true image of its name in the folder of truths.
  case noTruth(of: String, name: String, folder: String)
  /// Stacks of measurements and of true images have different lengths.
  case stackSizes(String, Int, String, Int)
  /// Images are selected that are not there.
  case selection(String, folder: String, count: Int)
  /// The file is not of the kind needed here.
  case kind(path: String, wanted: [String])
  /// The array is not an image.
  case shape(path: String, found: [Int])
  /// The array is no stack of images.
  case stackShape(path: String, found: [Int])
  /// The image has another size than needed.
  case size(path: String, found: [Int], expected: [Int])
  /// A value is infinite or not a number.
  case notFinite(path: String, index: Int)
  /// The values leave [0, 1].
  case range(path: String, least: Float, largest: Float)

  public var description: String { printable(message) }

  private var message: String {
    switch self {
    case .noImages(let folder, let wanted, let found):
      "\(folder): no image in it; \(Self.extensions(wanted)) are read, found: \(Self.list(found))"
    case .reachedTwice(let folder):
      "\(folder): reached twice over links, its images would count twice; remove one link"
    case .danglingLink(let path, let named):
      "\(path): a link that leads nowhere: it names `\(named)`; put that back, or remove the link"
    case .tooManyFiles(let folder):
      "\(folder): more than \(FolderListing.fileLimit) files; give a folder of images only"
    case .fileName(let folder): "\(folder): a file in it has a name that is not UTF-8; rename it"
    case .name(let name, let reason):
      "image `\(name)` \(reason), but its results are stored under its name; rename the file"
    case .sameName(let first, let second):
      "\(first) and \(second) would be the same image; rename or remove one"
    case .sameResults(let path, let name, let other):
      "\(path): the results of image `\(name)` would lie where those of image `\(other)` are files; rename "
        + "one of the two"
    case .noTruth(let path, let name, let folder):
      "\(path): no true image `\(name).png` or `\(name).npy` in \(folder) (data.truths); add it, leave the "
        + "measurement out with data.range, or take data.truths out"
    case .stackSizes(let measurements, let count, let truths, let other):
      "\(measurements) holds \(count) measurements, but \(truths) \(other) true images; they go by position, "
        + "so there must be as many"
    case .selection(let range, let folder, let count):
      "\(folder): has \(count) images, numbered 0 to \(count - 1), but \(range) are asked for"
    case .kind(let path, let wanted): "\(path): \(Self.extensions(wanted)) is needed here"
    default: contentMessage
    }
  }

  private var contentMessage: String {
    switch self {
    case .shape(let path, let found):
      "\(path): an array of \(Extent.text(found)) is no image; height × width or channels × "
        + "height × width with 1 or 3 channels are" + Self.advice(found)
    case .stackShape(let path, let found):
      "\(path): an array of \(Extent.text(found)) is no stack of 1 to \(FolderListing.fileLimit) images, "
        + "count × channels × height × width"
    case .size(let path, let found, let expected):
      "\(path): is \(Extent.text(found)), but \(Extent.text(expected)) is needed (channels × "
        + "height × width); crop or resize it, or use a prior of its size"
    case .notFinite(let path, let index):
      "\(path): value \(index) is not a number or beyond 32-bit floats; repair or remove the file"
    case .range(let path, let least, let largest):
      "\(path): values reach from \(least) to \(largest), but [0, 1] is meant; "
        + Self.advice(least, largest)
    default: ""
    }
  }

  private static func extensions(_ names: [String]) -> String {
    names.map { "." + $0 }.joined(separator: " and ")
  }

  private static func list(_ found: [String: Int]) -> String {
    let parts = found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value) \($0.key.isEmpty ? "without extension" : "." + $0.key)" }
    return parts.isEmpty ? "nothing" : parts.prefix(8).joined(separator: ", ")
  }

  private static func advice(_ shape: [Int]) -> String {
    let channelsLast = shape.count == 3 && [1, 3].contains(shape[2])
    return channelsLast ? "; channels come first: numpy.transpose(x, (2, 0, 1))" : ""
  }

  private static func advice(_ least: Float, _ largest: Float) -> String {
    if least >= 0 && largest <= 255 { return "divide by 255" }
    if least >= 0 && largest <= 65535 { return "divide by 65535" }
    let isSigned = least >= -1.01 && largest <= 1.01
    return isSigned ? "map [-1, 1] to [0, 1] by (x + 1) / 2" : "rescale them"
  }
}
