extension Configuration.Data {
  static func read(_ section: SectionReader) -> Self? {
    let source = readSource(section)
    let range = section.value("range", .selection)
    section.ignore("name", "the folder alone says which images are read")
    section.finish()
    return source.map { Self(source: $0, range: range) }
  }

  /// `root` is the published files' word for `images`.
  private static func readSource(_ section: SectionReader) -> Source? {
    let usesRoot = section.entry("root") != nil
    let key = section.exactlyOne(of: ["images", "measurements"] + (usesRoot ? ["root"] : []))
    let shape = section.value("shape", .shape)
    let truths = section.value("truths", .text("a folder"))
    guard let key, let folder = section.value(key, .text("a folder")) else { return nil }
    if key == "root" { section.notice("root", "read as data.images") }
    if key == "measurements" { return .measurements(folder: folder, truths: truths, shape: shape) }
    if section.entry("shape") != nil {
      section.problem("shape", .conflict("goes with 'measurements' only; images have a shape"))
    }
    if section.entry("truths") != nil {
      section.problem(
        "truths", .conflict("goes with 'measurements' only; images are the truths themselves"))
    }
    return .images(folder: folder)
  }

  var yaml: YAMLValue {
    let range: [(String, YAMLValue)] = range.map { [("range", .text($0.description))] } ?? []
    switch source {
    case .images(let folder): return .section([("images", .text(folder))] + range)
    case .measurements(let folder, let truths, let shape):
      let truths: [(String, YAMLValue)] = truths.map { [("truths", .text($0))] } ?? []
      let shape: [(String, YAMLValue)] = shape.map { [("shape", .integers($0))] } ?? []
      return .section([("measurements", .text(folder))] + truths + shape + range)
    }
  }
}

extension ValueKind where Value == [Int] {
  /// [C, H, W] with at most as many values as a picture may have.
  static var shape: Self {
    list(of: .integer(1...65536), count: 3...3)
      .satisfying("[channels, height, width] with at most \(PNGHeader.mostSamples) values") {
        $0.reduce(1, *) <= PNGHeader.mostSamples
      }
  }
}

extension ValueKind where Value == IndexSelection {
  /// Positions as a number, as a text such as "0-7,9", or as a list of both.
  static var selection: Self {
    let words = "positions from 0 to \(IndexSelection.limit) such as 3, \"0-7\" or \"0,3-4\""
    let one = ValueKind(words) { node in
      guard case .scalar(let text, _) = node.content else { return nil }
      return IndexSelection(text)
    }
    let many = ValueKind<[IndexSelection]>.list(of: one, count: 1...10_000)
      .map { IndexSelection($0.flatMap(\.ranges)) }
    return ValueKind(words) { (node) throws(ConfigurationReason) -> IndexSelection in
      if case .list = node.content { return try many.read(node) }
      return try one.read(node)
    }
  }
}
