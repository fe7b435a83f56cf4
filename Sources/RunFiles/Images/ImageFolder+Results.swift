extension ImageFolder {
  /// Checks that no image's results lie where another's need a folder.
  ///
  /// Maps are files `a/mean.npy` of an image `a`, and kept samples its file `a.npy`; an image `a/mean.npy` or `a.npy/b`
  /// needs folders of these names.
  /// - Throws: `ImageError.sameResults` for the first that does.
  public func checkResults() throws(ImageError) {
    // Names with such parts are rare: a file `x.npy.png`, or a folder called like a file.
    let suspects = images.filter { $0.id.name.contains(".npy") || $0.id.name.contains(".png") }
    guard !suspects.isEmpty else { return }
    let names = Set(images.map(\.id.name))
    for suspect in suspects {
      if let other = Self.owner(ofFoldersOf: suspect.id.name, among: names) {
        throw .sameResults(suspect.path, suspect.id.name, other)
      }
    }
  }

  /// The image among `names` that has files where `name` needs folders; nil if there is none.
  private static func owner(ofFoldersOf name: String, among names: Set<String>) -> String? {
    let parts = name.split(separator: "/").map(String.init)
    for count in 1...parts.count {
      let folder = parts.prefix(count).joined(separator: "/")
      guard ["npy", "png"].contains(PathName.fileExtension(of: folder)) else { continue }
      let mapped = parts.prefix(count - 1).joined(separator: "/")
      if names.contains(mapped) { return mapped }
      let sampled = PathName.withoutExtension(folder)
      if count < parts.count, names.contains(sampled) { return sampled }
    }
    return nil
  }
}
