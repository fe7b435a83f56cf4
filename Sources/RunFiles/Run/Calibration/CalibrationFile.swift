import Statistics

/// The factors of calibrated intervals with what they claim, as a YAML file.
///
/// `posterior calibrate` writes it; `statistics.calibration` names it for later runs.
public struct CalibrationFile: Sendable, Equatable {
  static let format = "posterior-calibration"
  static let version = 1

  /// Hash of the measurement, the prior and the sampler it was made with.
  public var problem: String
  /// ε: the share of pixels that may be missed.
  public var missRate: Double
  /// δ: the probability that more are missed.
  public var delta: Double
  /// Images it was made from.
  public var images: Int
  /// Fewest and most samples of an image.
  public var samples: ClosedRange<Int>
  /// The factors.
  public var scaling: IntervalScaling

  /// Puts the content of a file together.
  public init(
    problem: String, missRate: Double, delta: Double, images: Int, samples: ClosedRange<Int>,
    scaling: IntervalScaling
  ) {
    (self.problem, self.missRate, self.delta) = (problem, missRate, delta)
    (self.images, self.samples, self.scaling) = (images, samples, scaling)
  }

  /// The text of the file.
  public var yaml: String {
    let groups = scaling.groups.map { group in
      YAMLValue.section(
        (group.stdBelow.isFinite ? [("std_below", .number(group.stdBelow))] : [])
          + [("factor", .number(group.factor))])
    }
    return """
      # Calibrated intervals: mean ± factor · max(std, 1/510), clipped to [0, 1]. With probability 1 − delta over the
      # images it was made from, they miss a share of at most miss_rate of the pixels of further images of the same
      # kind, on average, under the same measurement, prior, sampler and number of samples.

      """
        + YAMLValue.section([
          ("format", .word(Self.format)), ("version", .integer(Self.version)),
          ("problem", .text(problem)), ("miss_rate", .number(missRate)), ("delta", .number(delta)),
          ("images", .integer(images)),
          ("samples", .integers([samples.lowerBound, samples.upperBound])),
          ("intervals", .list(groups)),
        ]).block()
  }
}

// MARK: - Reading

extension CalibrationFile {
  /// Reads a file.
  ///
  /// - Throws: ``ConfigurationError`` with every problem found, with file, line and key.
  public static func read(path: String) throws(ConfigurationError) -> CalibrationFile {
    let text: String
    do { text = try ConfigurationText.read(path: path) } catch {
      throw ConfigurationError(.init(place: .file(path), key: "", reason: error))
    }
    return try read(text: text, name: path)
  }

  /// Reads a text; `name` stands for the file in messages.
  static func read(text: String, name: String) throws(ConfigurationError) -> CalibrationFile {
    let root = try Configuration.parse(text, name: name)
    let log = ProblemLog(file: name)
    let file = read(SectionReader(root.entries ?? [], key: "", origin: .unknown, log: log))
    try log.check()
    guard let file else {
      throw ConfigurationError(
        .init(place: .file(name), key: "", reason: .conflict("is not a calibration file")))
    }
    return file
  }

  private static func read(_ section: SectionReader) -> CalibrationFile? {
    let share = NumberBounds.between(0, 1)
    _ = section.required("format", .choice([(format, format)]))
    _ = section.required("version", .integer(version...version))
    let problem = section.required("problem", .text("a hash"))
    let missRate = section.required("miss_rate", .number(share))
    let delta = section.required("delta", .number(share))
    let images = section.required("images", .count)
    let samples = section.required("samples", .countRange)
    let scaling = readScaling(section)
    section.finish()
    guard let problem, let missRate, let delta, let images, let samples, let scaling else {
      return nil
    }
    return CalibrationFile(
      problem: problem, missRate: missRate, delta: delta, images: images, samples: samples,
      scaling: scaling)
  }

  private static func readScaling(_ section: SectionReader) -> IntervalScaling? {
    guard let entries = section.required("intervals", .list(of: .section, count: 1...100)) else {
      return nil
    }
    let groups = entries.enumerated().compactMap { index, entries -> IntervalScaling.Group? in
      let group = SectionReader(
        entries, key: "intervals[\(index)]", origin: entries.first?.origin ?? .unknown,
        log: section.log)
      let limit = group.value("std_below", .number(.above(0))) ?? .infinity
      let factor = group.required("factor", .number(.atLeast(0)))
      group.finish()
      return factor.map { IntervalScaling.Group(stdBelow: limit, factor: $0) }
    }
    guard groups.count == entries.count else { return nil }
    if let scaling = IntervalScaling(groups: groups) { return scaling }
    section.problem(
      "intervals", .conflict("std_below must rise from entry to entry, and the last has none"))
    return nil
  }
}

extension ValueKind where Value == ClosedRange<Int> {
  fileprivate static var countRange: Self {
    ValueKind<[Int]>.list(of: .count, count: 2...2)
      .satisfying("[fewest, most]") { $0[0] <= $0[1] }
      .map { $0[0]...$0[1] }
  }
}
