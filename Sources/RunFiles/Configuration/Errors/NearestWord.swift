/// Finds the word a typo was probably meant to be.
enum NearestWord {
  static let longest = 40

  /// The candidate with the smallest edit distance, if it is near enough to be a typo; the first of equals.
  static func of(_ word: String, among candidates: [String]) -> String? {
    guard word.utf8.count <= longest else { return nil }
    let limit = max(1, word.count / 3)
    let near = candidates.map { (distance(word.lowercased(), $0), $0) }.filter { $0.0 <= limit }
    return near.min { $0.0 < $1.0 }?.1
  }

  /// Fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
  ///
  /// Optimal string alignment; O(|a|·|b|) time.
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars)
    let b = Array(b.unicodeScalars)
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        row.append(best)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
