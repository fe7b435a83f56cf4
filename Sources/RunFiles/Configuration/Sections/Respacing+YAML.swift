extension Configuration.Respacing {
  /// Reads `steps` or `timestep_respacing`; neither means all of the prior's steps.
  static func read(_ section: SectionReader, of steps: Int?) -> Self? {
    let total = steps ?? 1000
    let limit = steps ?? Int(Int32.max)
    if section.entry("steps") != nil, section.entry("timestep_respacing") != nil {
      _ = section.exactlyOne(of: ["steps", "timestep_respacing"])
      return nil
    }
    if section.entry("steps") != nil {
      return section.value("steps", .integer(2...limit)).map { .sections([$0]) }
    }
    guard section.entry("timestep_respacing") != nil else { return .sections([total]) }
    guard let respacing = section.value("timestep_respacing", .respacing) else { return nil }
    return respacing.checked(section, of: steps)
  }

  private func checked(_ section: SectionReader, of steps: Int?) -> Self? {
    if self == .sections([]) { return .sections([steps ?? 1000]) }
    guard let text = keepsTooFew ?? steps.flatMap(problem(of:)) else { return self }
    section.problem("timestep_respacing", .conflict(text))
    return nil
  }

  private var keepsTooFew: String? {
    switch self {
    case .sections([1]), .strided(1): "keeps 1 step; a process needs at least 2"
    default: nil
    }
  }

  /// Why this many steps cannot be taken out of `steps`; nil if they can.
  private func problem(of steps: Int) -> String? {
    switch self {
    case .strided(let count):
      Self.stride(count: count, of: steps) == nil
        ? "no stride takes exactly \(count) of the prior's \(steps) steps" : nil
    case .sections(let counts): sectionProblem(counts, of: steps)
    }
  }

  private func sectionProblem(_ counts: [Int], of steps: Int) -> String? {
    for (index, count) in counts.enumerated() {
      let size = steps / counts.count + (index < steps % counts.count ? 1 : 0)
      if count > size {
        return "section \(index + 1) of \(counts.count) has \(size) of the prior's \(steps) steps, "
          + "not \(count)"
      }
    }
    return nil
  }

  /// The smallest stride that takes exactly `count` of `steps`.
  static func stride(count: Int, of steps: Int) -> Int? {
    (1..<max(2, steps)).first { (steps + $0 - 1) / $0 == count }
  }

  var yaml: (String, YAMLValue) {
    switch self {
    case .sections(let counts) where counts.count == 1: ("steps", .integer(counts[0]))
    case .sections(let counts):
      ("timestep_respacing", .text(counts.map(String.init).joined(separator: ",")))
    case .strided(let count): ("timestep_respacing", .text("ddim\(count)"))
    }
  }
}

extension ValueKind where Value == Configuration.Respacing {
  private static var longest: Int { 100_000 }

  /// A number, a list, "10,10,5", "ddim25", or "" for all steps.
  static var respacing: Self {
    let counts = ValueKind<[Int]>.commaList("", parse: stepCount)
    let words =
      "a number of steps from 1 to \(longest), up to \(ValueKind<[Int]>.longestCommaList) such as \"10,10,5\", or \"ddim25\""
    return Self(words) { node in
      if case .scalar(let text, _) = node.content, text.hasPrefix("ddim") {
        return stepCount(String(text.dropFirst(4))).map { .strided($0) }
      }
      return (try? counts.read(node)).map { .sections($0) }
    }
  }

  private static func stepCount(_ text: String) -> Int? {
    guard Numerals.isWhole(text), let count = Numerals.parse(text, as: Int.self) else { return nil }
    return (1...longest).contains(count) ? count : nil
  }
}
