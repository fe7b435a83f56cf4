import Statistics

extension Configuration.DerivedQuantity {
  private enum Word: String, CaseIterable {
    case mean, contrast, histogram, network
    case totalVariation = "total_variation"
  }

  static let maskContent = "an .npy or .png file [height, width], 1 (white) where a pixel counts"

  /// Reads the list `derived`, and notes names that occur twice, in the table as well.
  static func readAll(_ statistics: SectionReader) -> [Self] {
    let sections = statistics.value("derived", .list(of: .section, count: 0...1000)) ?? []
    var taken: Set<String> = []
    return sections.enumerated().compactMap { index, entries in
      let section = SectionReader(
        entries, key: "\(statistics.path("derived"))[\(index)]",
        origin: entries.first?.origin ?? statistics.origin, log: statistics.log)
      guard let quantity = read(section) else { return nil }
      if let problem = quantity.nameProblem(beside: taken) {
        section.problem("name", .conflict(problem))
        return nil
      }
      taken.formUnion(quantity.names)
      return quantity
    }
  }

  /// Its own name, and those of its rows.
  private var names: [String] { [name] + rowNames }

  /// Why it cannot be called so where other names are taken; nil if it can.
  private func nameProblem(beside taken: Set<String>) -> String? {
    if let reserved = names.first(where: QuantitySet.isReserved) {
      return "\(reserved) is a quantity of the program; name it otherwise"
    }
    return names.first(where: taken.contains).map {
      "\($0) is the name of another quantity, or of a bin of a histogram; name it otherwise"
    }
  }

  private static func read(_ section: SectionReader) -> Self? {
    let name = section.required("name", .quantityName)
    guard let word = section.required("quantity", ValueKind<Word>.choice) else { return nil }
    let kind = readKind(word, section)
    section.finish()
    guard let name, let kind else { return nil }
    return Self(name: name, kind: kind)
  }

  private static func readKind(_ word: Word, _ section: SectionReader) -> Kind? {
    switch word {
    case .mean: return .mean(mask: section.value("mask", .mask))
    case .totalVariation: return .totalVariation
    case .contrast:
      let mask = section.required("mask", .mask)
      let background = section.required("background", .mask)
      guard let mask, let background else { return nil }
      return .contrast(mask: mask, background: background)
    case .histogram:
      return .histogram(
        mask: section.value("mask", .mask), bins: section.value("bins", .integer(1...256)) ?? 10,
        range: section.value("range", .risingRange) ?? 0...1)
    case .network:
      let file = section.required("network", .text(Configuration.torchScriptContent))
      let range = section.value("range", .risingRange) ?? 0...1
      let comparesWithTruth = section.value("with_truth", .flag) ?? false
      return file.map {
        .network(file: $0, range: range, comparesWithTruth: comparesWithTruth)
      }
    }
  }

  var yaml: YAMLValue {
    .section([("name", .text(name)), ("quantity", .choice(word))] + parameters)
  }

  private var word: Word {
    switch kind {
    case .mean: .mean
    case .contrast: .contrast
    case .totalVariation: .totalVariation
    case .histogram: .histogram
    case .network: .network
    }
  }

  private var parameters: [(String, YAMLValue)] {
    switch kind {
    case .mean(let mask): Self.file("mask", mask)
    case .contrast(let mask, let background):
      Self.file("mask", mask) + Self.file("background", background)
    case .totalVariation: []
    case .histogram(let mask, let bins, let range):
      Self.file("mask", mask) + [("bins", .integer(bins)), ("range", Self.list(range))]
    case .network(let file, let range, let comparesWithTruth):
      [
        ("network", .file(file, expected: Configuration.torchScriptContent)),
        ("range", Self.list(range)),
        ("with_truth", .flag(comparesWithTruth)),
      ]
    }
  }

  private static func list(_ range: ClosedRange<Double>) -> YAMLValue {
    .list([.number(range.lowerBound), .number(range.upperBound)])
  }

  private static func file(_ key: String, _ path: String?) -> [(String, YAMLValue)] {
    path.map { [(key, .file($0, expected: maskContent))] } ?? []
  }
}

extension ValueKind where Value == String {
  /// A name that fits the column of a table.
  fileprivate static var quantityName: Self {
    text("a name").satisfying("a name of at most 60 letters, digits, - and _") { name in
      name.utf8.count <= 60
        && name.unicodeScalars.allSatisfy { scalar in
          scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            || scalar == "-" || scalar == "_"
        }
    }
  }

  fileprivate static var mask: Self {
    text(Configuration.DerivedQuantity.maskContent).satisfying("a name that ends in .npy or .png") {
      $0.hasSuffix(".npy") || $0.hasSuffix(".png")
    }
  }
}

extension ValueKind where Value == ClosedRange<Double> {
  fileprivate static var risingRange: Self {
    ValueKind<[Double]>.list(of: .number(.any), count: 2...2)
      .satisfying("[low, high] with low < high") { $0[0] < $0[1] }
      .map { $0[0]...$0[1] }
  }
}
