extension Configuration.Gaussian {
  static func read(_ section: SectionReader) -> Self? {
    let shape = section.required("shape", .shape)
    let mean = section.value("mean", .meanImage) ?? .constant(0)
    guard let covariance = readCovariance(section), let shape else { return nil }
    return Self(shape: shape, mean: mean, covariance: covariance)
  }

  private static func readCovariance(_ section: SectionReader) -> Covariance? {
    if section.entry("covariance")?.value.entries != nil {
      return section.section("covariance").flatMap(readSmooth)
    }
    return section.required("covariance", .covariance)
  }

  private static func readSmooth(_ section: SectionReader) -> Covariance? {
    let deviation = section.required("std", .number(.above(0)))
    let length = section.required("length", .number(.above(0)))
    section.finish()
    guard let deviation, let length else { return nil }
    return .smooth(standardDeviation: deviation, length: length)
  }

  var yaml: [(String, YAMLValue)] {
    [("shape", .integers(shape)), ("mean", mean.yaml), ("covariance", covariance.yaml)]
  }
}

extension Configuration.Gaussian.Covariance {
  var yaml: YAMLValue {
    switch self {
    case .white(let deviation): .number(deviation)
    case .smooth(let deviation, let length):
      .section([("std", .number(deviation)), ("length", .number(length))])
    case .file(let path): .text(path)
    }
  }
}

extension Configuration.MeanImage {
  var yaml: YAMLValue {
    switch self {
    case .constant(let value): .number(value)
    case .file(let path): .text(path)
    }
  }
}

extension Configuration.GaussianMixture {
  static func read(_ section: SectionReader) -> Self? {
    let shape = section.required("shape", .shape)
    let components = readComponents(section)
    guard let shape, let components else { return nil }
    return Self(shape: shape, components: components)
  }

  private static func readComponents(_ section: SectionReader) -> [Component]? {
    let kind = ValueKind<[[ConfigurationNode.Entry]]>.list(of: .section, count: 1...1000)
    guard let components = section.required("components", kind) else { return nil }
    let read = components.enumerated().map { index, entries in
      let origin = entries.first?.origin ?? section.entry("components")?.origin ?? section.origin
      let key = section.path("components[\(index)]")
      return Component.read(SectionReader(entries, key: key, origin: origin, log: section.log))
    }
    return read.contains { $0 == nil } ? nil : read.compactMap { $0 }
  }

  var yaml: [(String, YAMLValue)] {
    [("shape", .integers(shape)), ("components", .list(components.map(\.yaml)))]
  }
}

extension Configuration.GaussianMixture.Component {
  static func read(_ section: SectionReader) -> Self? {
    let weight = section.value("weight", .number(.above(0))) ?? 1
    let mean = section.required("mean", .meanImage)
    let deviation = section.required("std", .number(.above(0)))
    section.finish()
    guard let mean, let deviation else { return nil }
    return Self(weight: weight, mean: mean, standardDeviation: deviation)
  }

  var yaml: YAMLValue {
    .section([
      ("weight", .number(weight)), ("mean", mean.yaml), ("std", .number(standardDeviation)),
    ])
  }
}

extension ValueKind where Value == String {
  /// The name of an npy file.
  static var npy: Self {
    ValueKind("the name of an .npy file") { node in
      guard case .scalar(let text, _) = node.content, text.hasSuffix(".npy") else { return nil }
      return text.unicodeScalars.contains("\0") ? nil : text
    }
  }
}

extension ValueKind where Value == Configuration.MeanImage {
  /// A number for the whole image, or an npy file.
  static var meanImage: Self {
    ValueKind<Double>.number(.any).map { .constant($0) }
      .or(ValueKind<String>.npy.map { .file($0) })
  }
}

extension ValueKind where Value == Configuration.Gaussian.Covariance {
  /// A standard deviation or an npy file; the form {std, length} is read as a section.
  static var covariance: Self {
    let expected = "a standard deviation above 0, {std, length} or the name of an .npy file"
    let either = ValueKind<Double>.number(.above(0)).map { .white(standardDeviation: $0) }
      .or(ValueKind<String>.npy.map { Value.file($0) })
    return ValueKind(expected) { (node) throws(ConfigurationReason) -> Value in
      do throws(ConfigurationReason) { return try either.read(node) } catch {
        guard case .wrongType(let found, _) = error else { throw error }
        throw .wrongType(found: found, expected: expected)
      }
    }
  }
}
