import Statistics
import Testing

@testable import RunFiles

@Suite struct StatisticsSectionTests {
  typealias Samples = ConfigurationSamples

  private func statistics(_ derived: String) throws -> Configuration.Statistics {
    try Samples.load(Samples.minimal, ["statistics.derived=[\(derived)]"]).statistics
  }

  private func problems(_ derived: String) -> String {
    do {
      _ = try statistics(derived)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func quantitiesAreRead() throws {
    let read = try statistics(
      "{name: a, quantity: mean}, {name: b, quantity: contrast, mask: m.npy, background: n.png}, "
        + "{name: c, quantity: total_variation}, {name: d, quantity: histogram, bins: 3, range: [0, 2]}"
    ).derived
    #expect(
      read == [
        .init(name: "a", kind: .mean(mask: nil)),
        .init(name: "b", kind: .contrast(mask: "m.npy", background: "n.png")),
        .init(name: "c", kind: .totalVariation),
        .init(name: "d", kind: .histogram(mask: nil, bins: 3, range: 0...2)),
      ])
  }

  @Test(arguments: [
    ("{name: a, quantity: mean}, {name: a, quantity: mean}", "derived[1].name"),
    (
      "{name: x, quantity: histogram, bins: 2}, {name: x-1, quantity: mean}",
      "derived[1].name: x-1 is the name of another quantity"
    ),
    (
      "{name: x-0, quantity: mean}, {name: x, quantity: histogram, bins: 1}",
      "derived[1].name: x-0 is the name of another quantity"
    ),
    ("{name: tarp, quantity: histogram, bins: 1}", "tarp-0 is a quantity of the program"),
    ("{name: x, quantity: histogram, bins: 2}, {name: x-2, quantity: mean}", "none"),
    ("{name: norm, quantity: mean}", "norm is a quantity of the program"),
    ("{name: tarp-x, quantity: mean}", "tarp-x is a quantity of the program"),
    ("{name: \"a,b\", quantity: mean}", "letters, digits, - and _"),
    ("{name: a, quantity: contrast, mask: m.npy}", "background"),
    ("{name: a, quantity: mean, mask: m.jpg}", ".npy or .png"),
    ("{name: a, quantity: mean, bins: 3}", "derived[0].bins"),
    ("{name: a, quantity: meen}", "mean"),
    ("{name: a, quantity: histogram, range: [1, 1]}", "low < high"),
    ("3", "a section of keys"),
  ])
  func mistakesAreNamed(_ derived: String, _ words: String) {
    #expect(problems(derived).contains(words), "\(problems(derived))")
  }

  @Test func masksAreInputFiles() throws {
    let configuration = try Samples.load(
      Samples.minimal, ["statistics.derived=[{name: a, quantity: mean, mask: m.npy}]"])
    #expect(
      configuration.inputFiles.contains {
        $0.key == "statistics.derived[0].mask" && $0.path == "m.npy"
      })
  }
}

@Suite struct CalibrationFileTests {
  private let file: CalibrationFile

  init() throws {
    let scaling = try #require(
      IntervalScaling(groups: [
        .init(stdBelow: 0.01, factor: 2.25), .init(stdBelow: .infinity, factor: 1.5),
      ]))
    file = CalibrationFile(
      problem: "abc", missRate: 0.1, delta: 0.05, images: 200, samples: 8...16, scaling: scaling)
  }

  @Test func isReadAsWritten() throws {
    #expect(try CalibrationFile.read(text: file.yaml, name: "c.yaml") == file)
  }

  @Test(arguments: [
    ("factor: 2.25", "factor: -1", "intervals[0].factor"),
    ("factor: 2.25", "factor: .inf", "intervals[0].factor"),
    ("std_below: 0.01, ", "", "intervals: std_below must rise"),
    ("miss_rate: 0.1", "miss_rate: 1", "miss_rate"),
    ("version: 1", "version: 2", "version"),
    ("posterior-calibration", "other", "posterior-calibration"),
    ("samples: [8, 16]", "samples: [16, 8]", "samples"),
    ("images: 200", "images: many", "images"),
    ("delta:", "dleta:", "dleta"),
  ])
  func damageIsNamedWithItsLine(_ old: String, _ new: String, _ words: String) throws {
    let text = file.yaml.replacing(old, with: new)
    #expect(text != file.yaml)
    do {
      _ = try CalibrationFile.read(text: text, name: "c.yaml")
      Issue.record("it was read")
    } catch {
      #expect("\(error)".contains(words) && "\(error)".contains("c.yaml"), "\(error)")
    }
  }
}
