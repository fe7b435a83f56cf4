import ArgumentParser

extension ParsableArguments {
  /// - Throws: what the parser shows as wrong usage, for a number outside `range`.
  func check(_ option: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
    guard let value, !range.contains(value) else { return }
    throw ValidationError("\(option) \(value) must be \(range.lowerBound) to \(range.upperBound).")
  }

  /// - Throws: what the parser shows as wrong usage, for words that make no line of a script.
  func check(_ option: String, _ words: String?) throws {
    guard let words, words.isEmpty || words.hasControlCharacters else { return }
    throw ValidationError(
      "\(option) \(words.debugDescription) must be one line that is not empty, without control characters."
    )
  }
}

extension String {
  /// Whether there is one, such as a line break.
  var hasControlCharacters: Bool {
    unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
