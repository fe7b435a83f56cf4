/// Reads one section key by key, noting every problem and every key asked for.
///
/// A section that is read to its end is closed with ``finish()``, which reports the keys nobody asked for.
final class SectionReader {
  /// The section's own key with its sections; empty for the file as a whole.
  let key: String
  let origin: ConfigurationNode.Origin
  let log: ProblemLog
  private let entries: [ConfigurationNode.Entry]
  private var asked: [String] = []

  init(
    _ entries: [ConfigurationNode.Entry], key: String, origin: ConfigurationNode.Origin,
    log: ProblemLog
  ) {
    self.entries = entries
    self.key = key
    self.origin = origin
    self.log = log
  }

  /// The entry of a key; the key counts as known from here on.
  func entry(_ name: String) -> ConfigurationNode.Entry? {
    if !asked.contains(name) { asked.append(name) }
    return entries.first { $0.key == name }
  }

  /// Whether a key is there; unlike ``entry(_:)`` this does not make it a known one.
  func isGiven(_ name: String) -> Bool { entries.contains { $0.key == name } }

  /// Whether a key was asked for before.
  func isKnown(_ name: String) -> Bool { asked.contains(name) }

  /// The key with its sections.
  func path(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

  /// The value of an optional key; nil where it is missing or wrong, and wrong ones are noted.
  func value<Value>(_ name: String, _ kind: ValueKind<Value>) -> Value? {
    guard let entry = entry(name) else { return nil }
    do {
      return try kind.read(entry.value)
    } catch {
      log.add(error, key: path(name), at: entry.value.origin)
      return nil
    }
  }

  /// The value of a key that must be there; nil where it is missing or wrong, and both are noted.
  func required<Value>(_ name: String, _ kind: ValueKind<Value>) -> Value? {
    if entry(name) == nil { missing(name, expected: kind.expected) }
    return value(name, kind)
  }

  /// The reader of a section inside; nil where it is missing or no section, and the latter is noted.
  func section(_ name: String) -> SectionReader? {
    guard let entry = entry(name), let inside = value(name, .section) else { return nil }
    return SectionReader(inside, key: path(name), origin: entry.origin, log: log)
  }

  /// The reader of a section inside, empty where it is missing.
  func optionalSection(_ name: String) -> SectionReader? {
    guard entry(name) == nil else { return section(name) }
    return SectionReader([], key: path(name), origin: .unknown, log: log)
  }

  /// The reader of a section that must be there.
  func requiredSection(_ name: String) -> SectionReader? {
    if entry(name) == nil { missing(name, expected: "a section") }
    return section(name)
  }
}

// MARK: - Problems

extension SectionReader {
  /// Notes that a key is missing.
  func missing(_ name: String, expected: String) {
    log.add(.missingKey(name, expected: expected), key: key, at: origin)
  }

  /// Notes a problem of a key, at its line or else at the section's.
  func problem(_ name: String, _ reason: ConfigurationReason) {
    let place = entries.first { $0.key == name }?.value.origin ?? origin
    log.add(reason, key: path(name), at: place)
  }

  /// Notes something about a key that stops nothing.
  func notice(_ name: String, _ text: String) {
    log.notice(text, key: path(name), at: entry(name)?.origin ?? origin)
  }

  /// Accepts a key of a published file that means nothing here, with a notice that says why.
  func ignore(_ name: String, _ why: String) {
    if entry(name) != nil { notice(name, "ignored; \(why)") }
  }

  /// The one of several keys that is given; none and several are noted.
  func exactlyOne(of names: [String]) -> String? {
    let given = names.filter { entry($0) != nil }
    if given.isEmpty { log.add(.noneGiven(names), key: key, at: origin) }
    if given.count > 1 { log.add(.excluding(given), key: key, at: entry(given[1])!.origin) }
    return given.count == 1 ? given[0] : nil
  }

  /// Reports the keys nobody asked for.
  func finish() {
    for entry in entries where !asked.contains(entry.key) && !log.isFull {
      let nearest = NearestWord.of(entry.key, among: asked)
      let section = nearest == nil ? KnownKeys.section(of: entry.key, not: key) : nil
      let reason =
        section.map { ConfigurationReason.misplacedKey(section: $0) }
        ?? .unknownKey(nearest: nearest, allowed: asked)
      log.add(reason, key: path(entry.key), at: entry.origin)
    }
  }
}

/// Sections of keys that are often written elsewhere, as in the files of the published codes; "" is the file as a
/// whole.
enum KnownKeys {
  private static let sections: [(String, [String])] = [
    (
      "",
      [
        "run", "data", "measurement", "prior", "sampler", "conditioning", "statistics", "compute",
      ]
    ),
    ("run", ["seed", "samples", "unit", "output", "checkpoint", "lease"]),
    ("run.samples", ["min", "max", "until"]),
    ("run.samples.until", ["mcse"]),
    ("data", ["images", "measurements", "truths", "range"]),
    ("measurement", ["operator", "noise", "mask_opt"]),
    (
      "sampler",
      [
        "scale", "timestep_respacing", "clip_denoised", "dynamic_threshold", "eta", "num_sampling",
        "noise_time",
      ]
    ),
    (
      "prior.diffusion",
      ["noise_schedule", "model_mean_type", "model_var_type", "rescale_timesteps"]
    ),
    (
      "prior.architecture",
      ["image_size", "num_channels", "num_res_blocks", "channel_mult", "attention_resolutions"]
    ),
    ("compute", ["device", "precision", "threads", "workers"]),
    (
      "statistics",
      ["quantiles", "keep_samples", "save_samples", "pictures", "derived", "calibration"]
    ),
  ]

  /// The section a key belongs to, unless it is the one given.
  static func section(of key: String, not current: String) -> String? {
    sections.first { $0.0 != current && $0.1.contains(key) }?.0
  }
}
