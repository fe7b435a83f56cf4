extension Configuration.Compute {
  static func read(_ section: SectionReader) -> Self {
    var compute = Self()
    section.value("device", .automatic(ValueKind<Device>.choices)).map { compute.device = $0 }
    section.value("precision", .automatic(ValueKind<Precision>.choices))
      .map { compute.precision = $0 }
    section.value("threads", .automaticInteger(1...4096)).map { compute.threads = $0 }
    section.value("workers", .automaticInteger(1...4096)).map { compute.workers = $0 }
    section.finish()
    return compute
  }

  var yaml: YAMLValue {
    .section([
      ("device", device.yaml { .choice($0) }), ("precision", precision.yaml { .choice($0) }),
      ("threads", threads.yaml { .integer($0) }), ("workers", workers.yaml { .integer($0) }),
    ])
  }
}

extension Configuration.Automatic {
  func yaml(_ write: (Value) -> YAMLValue) -> YAMLValue {
    switch self {
    case .auto: .word("auto")
    case .fixed(let value): write(value)
    }
  }
}

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
  static var choices: [(String, Value)] { Value.allCases.map { ($0.rawValue, $0) } }
}

extension ValueKind {
  /// `auto` or one of the words.
  static func automatic<Word>(
    _ words: [(String, Word)]
  ) -> Self where Value == Configuration.Automatic<Word> {
    choice([("auto", .auto)] + words.map { ($0, .fixed($1)) })
  }
}

extension ValueKind where Value == Configuration.Automatic<Int> {
  /// `auto` or a whole number.
  static func automaticInteger(_ range: ClosedRange<Int>) -> Self {
    let auto = ValueKind("auto") { $0.plain == "auto" ? Value.auto : nil }
    return auto.or(ValueKind<Int>.integer(range).map { .fixed($0) })
  }
}
