extension Configuration.Run {
  static let longestWait = 1e6

  /// Reads the section; `name` is the experiment's, for the default output folder.
  static func read(_ section: SectionReader, name: String) -> Self {
    var run = Self(output: "runs/\(name)")
    let seconds = NumberBounds.from(0.001, to: longestWait)
    section.value("seed", .seed).map { run.seed = $0 }
    section.value("samples", .count).map { run.samples = $0 }
    section.value("unit", .integer(1...65536)).map { run.unit = $0 }
    section.value("output", .text("a folder")).map { run.output = $0 }
    section.value("checkpoint", .number(seconds)).map { run.checkpoint = $0 }
    section.value("lease", .number(seconds)).map { run.lease = $0 }
    section.finish()
    return run
  }

  var yaml: YAMLValue {
    .section([
      ("seed", .integer(seed)), ("samples", .integer(samples)), ("unit", .integer(unit)),
      ("output", .text(output)), ("checkpoint", .number(checkpoint)), ("lease", .number(lease)),
    ])
  }
}
