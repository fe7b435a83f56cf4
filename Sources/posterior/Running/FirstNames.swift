extension [String] {
  /// The first five, and how many more there are: `a, b, c, d, e and 7 more`.
  var firstNames: String {
    let shown = prefix(5).joined(separator: ", ")
    return count > 5 ? "\(shown) and \(count - 5) more" : shown
  }
}
