extension ImageFolder {
  /// The same measurements together with the true images in the folder, or the stack, at `path`.
  ///
  /// The truth of a measurement is the image of its name; of stacks that of its position. Measurements without one
  /// are left as they are, and ``checkTruths(in:)`` refuses them.
  ///
  /// - Throws: as ``init(path:selection:content:)``, and `ImageError.stackSizes` if one of two stacks is longer.
  public func withTruths(in path: String) throws -> ImageFolder {
    let folder = try ImageFolder(path: path)
    let known: [ImageEntry]
    if let stack, let other = folder.stack {
      try Self.checkSizes(stack, other)
      known = images.map { ImageEntry(id: $0.id, path: other, position: $0.position) }
    } else {
      known = images.compactMap { folder.entry(of: $0.id) }
    }
    var paired = self
    paired.truths = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return paired
  }

  /// Where the true image of a measurement lies; nil if it is not known.
  public func truth(of image: ImageID) -> ImageEntry? { truths[image] }

  /// Checks that every selected measurement has a true image.
  ///
  /// - Throws: `ImageError.noTruth` for the first that has none.
  public func checkTruths(in path: String) throws(ImageError) {
    if let first = images.first(where: { truths[$0.id] == nil }) {
      throw .noTruth(of: first.path, name: first.id.name, folder: path)
    }
  }

  /// The file that holds all images; nil where each has its own.
  private var stack: String? { images.first?.position == nil ? nil : path }

  private static func checkSizes(_ measurements: String, _ truths: String) throws {
    let sizes = try [measurements, truths].map { try Npy.read(path: $0).shape[0] }
    guard sizes[0] == sizes[1] else {
      throw ImageError.stackSizes(measurements, sizes[0], truths, sizes[1])
    }
  }
}
