import Foundation

/// One image of a folder: which it is and where it lies.
public struct ImageEntry: Sendable, Equatable {
  /// Which image it is.
  public let id: ImageID
  /// Path of the file.
  public let path: String
  /// Its position in a file that holds many; nil for a file of its own.
  public var position: Int?

  /// The extension of the file in lower case: `png` or `npy`.
  var kind: String { PathName.fileExtension(of: path).lowercased() }
}

/// A folder of images or of measurements, with everything below it; or one `.npy` file with a stack of them.
///
/// Files whose name or folder starts with a dot, and files of other kinds, links that lead nowhere among them, are
/// passed over. The images of a stack `NAME.npy`, `[count, channels, height, width]` or as many measurements, are called
/// `NAME/000000` and so on.
public struct ImageFolder: Sendable {
  /// What the files are.
  public enum Content: Sendable {
    /// Images: `.png` or `.npy` with values in [0,1].
    case images
    /// Measurements: `.npy` with any values.
    case measurements

    var extensions: [String] {
      switch self {
      case .images: ["png", "npy"]
      case .measurements: ["npy"]
      }
    }
  }

  /// The folder as given.
  public let path: String
  /// What the files are.
  public let content: Content
  /// The selected images, sorted by name.
  public let images: [ImageEntry]
  /// Of measurements, the true images that are known.
  var truths: [ImageID: ImageEntry] = [:]
  /// How many files were passed over, by extension in lower case.
  public let ignored: [String: Int]

  /// Lists the folder, or the stack, at `path`.
  ///
  /// `selection` counts the images sorted by name from 0; nil takes all. Throws `FileError` if the
  /// folder cannot be read, and `ImageError` if there is no image, an image is a link that leads
  /// nowhere, two files would be the same image, or the selection goes beyond the last image.
  public init(
    path: String, selection: IndexSelection? = nil, content: Content = .images
  ) throws {
    if path.hasSuffix(".npy"), let stack = try Self.stack(path) {
      images = try Self.select(selection, from: stack, path)
      (self.path, self.content, ignored) = (path, content, [:])
      return
    }
    let listing = try FolderListing(path)
    let isWanted = { content.extensions.contains(Self.kind(of: $0)) }
    if let link = listing.danglingLinks.keys.filter(isWanted).min() {
      throw ImageError.danglingLink(
        path: "\(path)/\(link)", named: listing.danglingLinks[link] ?? "")
    }
    let others = (listing.files + listing.danglingLinks.keys).filter { !isWanted($0) }
    ignored = Dictionary(others.map { (Self.kind(of: $0), 1) }, uniquingKeysWith: +)
    let entries = try Self.entries(listing.files.filter(isWanted), in: path)
    guard !entries.isEmpty else {
      throw ImageError.noImages(folder: path, wanted: content.extensions, found: ignored)
    }
    images = try Self.select(selection, from: entries, path)
    self.path = path
    self.content = content
  }

  /// Where an image lies; nil if it is not among ``images``.
  public func entry(of image: ImageID) -> ImageEntry? {
    var (low, high) = (0, images.count)
    while low < high {
      let middle = (low + high) / 2
      if images[middle].id.name < image.name { low = middle + 1 } else { high = middle }
    }
    return low < images.count && images[low].id == image ? images[low] : nil
  }

  /// The images of a stack; nil if there is a folder of that name.
  private static func stack(_ path: String) throws -> [ImageEntry]? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
    else { return nil }
    let shape = try Npy.read(path: path).shape
    guard shape.count >= 2, let count = shape.first, (1...FolderListing.fileLimit).contains(count)
    else { throw ImageError.stackShape(path: path, found: shape) }
    let stem = PathName.withoutExtension(PathName.name(of: path))
    return try (0..<count).map { position in
      ImageEntry(
        id: try ImageID(name: stem + String(format: "/%06d", position)), path: path,
        position: position)
    }
  }

  private static func kind(of file: String) -> String {
    PathName.fileExtension(of: file).lowercased()
  }

  private static func entries(
    _ files: [String], in folder: String
  ) throws(ImageError) -> [ImageEntry] {
    var entries: [ImageEntry] = []
    for file in files {
      let id = try ImageID(name: PathName.withoutExtension(file))
      entries.append(ImageEntry(id: id, path: "\(folder)/\(file)"))
    }
    entries.sort { ($0.id.name, $0.path) < ($1.id.name, $1.path) }
    for (first, second) in zip(entries, entries.dropFirst()) where first.id.name == second.id.name {
      throw .sameName(first.path, second.path)
    }
    return entries
  }

  private static func select(
    _ selection: IndexSelection?, from entries: [ImageEntry], _ folder: String
  ) throws(ImageError) -> [ImageEntry] {
    guard let selection else { return entries }
    guard let last = selection.ranges.last, last.upperBound < entries.count else {
      throw .selection(selection.description, folder: folder, count: entries.count)
    }
    return selection.ranges.flatMap { entries[$0] }
  }
}
