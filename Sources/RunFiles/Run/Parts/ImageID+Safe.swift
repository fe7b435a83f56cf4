extension ImageID {
  /// The identity of an image whose name comes from a file or a message; nil if the name is not a safe relative path.
  public static func safe(_ name: String) -> ImageID? {
    let steps = name.split(separator: "/", omittingEmptySubsequences: false)
    guard name.utf8.count <= 4096, !name.utf8.contains(where: { $0 < 0x20 }),
      steps.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
    else { return nil }
    return ImageID(name: name)
  }
}
