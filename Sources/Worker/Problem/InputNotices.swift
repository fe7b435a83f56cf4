/// What readers had to say about the files of a run: where the same is to be said of thousands, only
/// the first are named.
struct InputNotices {
  /// As many files are named of which the same is said.
  static let mostNamed = 8

  /// By what is said, the places of the files in the order of names.
  private var places: [String: [String: Int]] = [:]

  /// Notes what was said of one file; images of one stack are one file.
  ///
  /// - Parameters:
  ///   - text: begins with `path`.
  ///   - index: the image's place in the order of names.
  mutating func add(_ text: String, ofFile path: String, at index: Int) {
    let said = text.hasPrefix(path) ? String(text.dropFirst(path.count)) : text
    places[said, default: [:]][path] = min(index, places[said]?[path] ?? index)
  }

  /// The notices in the order of names, then how many more files each kind is about.
  var lines: [String] {
    let kinds = places.mapValues { $0.sorted { $0.value < $1.value } }
    let named = kinds.flatMap { said, files in
      files.prefix(Self.mostNamed).map { (place: $0.value, text: $0.key + said) }
    }
    let rest = kinds.filter { $0.value.count > Self.mostNamed }.sorted { $0.key < $1.key }
    return named.sorted { ($0.place, $0.text) < ($1.place, $1.text) }.map(\.text)
      + rest.map { "… and \($0.value.count - Self.mostNamed) more files\($0.key)" }
  }
}
