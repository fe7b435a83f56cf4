/// An image read from its file, in image units.
public struct LoadedImage: Sendable, Equatable {
  /// `[channels, height, width]` with 1 or 3 channels.
  public let shape: [Int]
  /// `channels × height × width` values in [0,1].
  public let values: [Float]
  /// What was done to the content, in words for the user that name the file, such as alpha left out.
  public let notices: [String]
}

extension ImageFolder {
  /// How far beyond [0,1] values may go from rounding alone: one step of a 16-bit float at 1.
  /// Such values are set to 0 or 1.
  static let rounding: Float = 0x1p-10

  /// Reads one image of the folder and checks it.
  ///
  /// With `expected`, the image must have that `[channels, height, width]`; a grey image is copied
  /// to three channels where three are expected, with a notice. Throws `FileError`, `PNGError` or
  /// `NpyError` if the file cannot be read, and `ImageError` if it is no image, has another size,
  /// or values that are not finite or leave [0,1] by more than rounding.
  public func load(_ entry: ImageEntry, expecting expected: [Int]? = nil) throws -> LoadedImage {
    let image =
      try entry.kind == "png"
      ? Self.picture(entry.path) : Self.image(Self.stored(entry), entry.path)
    guard let expected, image.shape != expected else { return image }
    guard image.shape[0] == 1, expected == [3] + image.shape.dropFirst() else {
      throw ImageError.size(path: entry.path, found: image.shape, expected: expected)
    }
    let notice = "\(entry.path): grey copied to three channels"
    return LoadedImage(
      shape: expected, values: image.values + image.values + image.values,
      notices: image.notices + [notice])
  }

  /// Reads one measurement of the folder as it is stored.
  ///
  /// Throws `FileError` or `NpyError` if the file cannot be read, and `ImageError` if it is no
  /// `.npy` file, has no element, or values that are not finite as 32-bit floats.
  public func loadRaw(_ entry: ImageEntry) throws -> StoredArray {
    guard entry.kind == "npy" else { throw ImageError.kind(path: entry.path, wanted: ["npy"]) }
    let array = try Self.stored(entry)
    guard array.count > 0 else { throw ImageError.shape(path: entry.path, found: array.shape) }
    if let index = array.doubles().firstIndex(where: { !Float($0).isFinite }) {
      throw ImageError.notFinite(path: entry.path, index: index)
    }
    return array
  }

  private static func picture(_ path: String) throws -> LoadedImage {
    let picture = try PNGFile.read(path: path)
    return LoadedImage(
      shape: [picture.channels, picture.height, picture.width], values: picture.values,
      notices: picture.droppedAlpha ? ["\(path): alpha left out"] : [])
  }

  /// SHA-256, in hex, of what an entry holds; of a measurement whose truth is known that of both, joined by `+`.
  public func digest(of entry: ImageEntry) throws -> String {
    let truth = try truth(of: entry.id).map(Self.digest)
    return try Self.digest(entry) + (truth.map { "+" + $0 } ?? "")
  }

  /// Of a file, or of its part of a stack.
  private static func digest(_ entry: ImageEntry) throws -> String {
    guard entry.position != nil else { return try SHA256.hex(ofFile: entry.path) }
    return SHA256.hex(of: try stored(entry))
  }

  private static func stored(_ entry: ImageEntry) throws -> StoredArray {
    let array = try Npy.read(path: entry.path)
    guard let position = entry.position else { return array }
    guard let part = array.part(at: position) else {
      throw ImageError.stackShape(path: entry.path, found: array.shape)
    }
    return part
  }

  private static func image(_ array: StoredArray, _ path: String) throws -> LoadedImage {
    let shape = array.shape.count == 2 ? [1] + array.shape : array.shape
    guard shape.count == 3, [1, 3].contains(shape[0]), array.count > 0 else {
      throw ImageError.shape(path: path, found: array.shape)
    }
    let values = try inRange(array.doubles().map(Float.init), path)
    return LoadedImage(shape: shape, values: values, notices: [])
  }

  private static func inRange(_ values: [Float], _ path: String) throws(ImageError) -> [Float] {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(path: path, index: index)
    }
    let least = values.min() ?? 0
    let largest = values.max() ?? 0
    guard least >= -rounding, largest <= 1 + rounding else {
      throw .range(path: path, least: least, largest: largest)
    }
    return least < 0 || largest > 1 ? values.map { min(max($0, 0), 1) } : values
  }
}
