extension Configuration.Run {
  static let longestWait = 1e6

  /// Reads the section; `name` is the experiment's, for the default output folder.
  static func read(_ section: SectionReader, name: String) -> Self {
    var run = Self(output: "runs/\(name)")
    let seconds = NumberBounds.from(0.001, to: longestWait)
    section.value("seed", .seed).map { run.seed = $0 }
    run.readSamples(section)
    section.value("unit", .automaticInteger(1...65536)).map { run.unit = $0 }
    section.value("output", .text("a folder")).map { run.output = $0 }
    section.value("checkpoint", .number(seconds)).map { run.checkpoint = $0 }
    section.value("lease", .number(seconds)).map { run.lease = $0 }
    section.finish()
    return run
  }

  var yaml: YAMLValue {
    .section([
      ("seed", .integer(seed)), ("samples", samplesYAML), ("unit", unit.yaml { .integer($0) }),
      ("output", .text(output)), ("checkpoint", .number(checkpoint)), ("lease", .number(lease)),
    ])
  }
}

// MARK: - Samples

extension Configuration.Run {
  /// A number, or `{min: …, max: …, until: {mcse: …}}`.
  private mutating func readSamples(_ section: SectionReader) {
    guard section.entry("samples")?.value.entries != nil else {
      section.value("samples", .sampleCount).map { samples = $0 }
      return
    }
    guard let inside = section.section("samples") else { return }
    let minimum = inside.required("min", .integer(2...Int(Int32.max)))
    let maximum = inside.required("max", .count)
    let until = inside.requiredSection("until")
    let error = until?.required("mcse", .number(.above(0)))
    until?.finish()
    inside.finish()
    guard let minimum, let maximum, let error else { return }
    if minimum > maximum {
      inside.problem("max", .conflict("\(maximum) is less than min, \(minimum)"))
    }
    samples = maximum
    stopping = StoppingRule(minimum: minimum, monteCarloError: error)
  }

  private var samplesYAML: YAMLValue {
    guard let stopping else { return .integer(samples) }
    return .section([
      ("min", .integer(stopping.minimum)), ("max", .integer(samples)),
      ("until", .section([("mcse", .number(stopping.monteCarloError))])),
    ])
  }
}

extension ValueKind where Value == Int {
  fileprivate static var sampleCount: Self {
    count.or(Self("a section of min, max and until") { _ in nil })
  }
}
