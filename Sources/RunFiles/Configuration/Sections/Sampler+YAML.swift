extension Configuration.Sampler {
  private enum Name: String, CaseIterable { case dps, exact }

  /// What the reader of a sampler must know of the other sections; nil where they are wrong themselves.
  struct Context {
    var diffusionSteps: Int?
    var `operator`: Configuration.Operator?
    /// The published files' block `conditioning`.
    var conditioning: SectionReader?
  }

  static func read(_ section: SectionReader, _ context: Context) -> Self? {
    guard let name = section.required("name", ValueKind<Name>.choice) else { return nil }
    let sampler = read(name, section, context)
    section.finish()
    return sampler
  }

  private static func read(_ name: Name, _ section: SectionReader, _ context: Context) -> Self? {
    switch name {
    case .dps: return Configuration.DPS.read(section, context).map { .dps($0) }
    case .exact:
      if let conditioning = context.conditioning {
        conditioning.log.add(
          .conflict("the sampler 'exact' has no conditioning"), key: conditioning.key,
          at: conditioning.origin)
      }
      return .exact
    }
  }

  var yaml: YAMLValue {
    switch self {
    case .dps(let settings): .section([("name", .choice(Name.dps))] + settings.yaml)
    case .exact: .section([("name", .choice(Name.exact))])
    }
  }
}

extension Configuration.DPS {
  /// The step size of the published files.
  static func defaultScale(for operator: Configuration.Operator?) -> Double {
    if case .inpainting = `operator` { 0.5 } else { 0.3 }
  }

  static func read(_ section: SectionReader, _ context: Configuration.Sampler.Context) -> Self? {
    let published = context.conditioning.map(readConditioning)
    let method = section.value("method", ValueKind<Method>.choice) ?? published?.method ?? .ps
    let scale =
      section.value("scale", .number(.atLeast(0))) ?? published?.scale
      ?? defaultScale(for: context.operator)
    var settings = Self(method: method, scale: scale, respacing: .sections([]))
    settings.process = readProcess(section)
    section.value("clip_denoised", .flag).map { settings.clipDenoised = $0 }
    section.value("dynamic_threshold", .flag).map { settings.dynamicThreshold = $0 }
    guard let respacing = Configuration.Respacing.read(section, of: context.diffusionSteps) else {
      return nil
    }
    settings.respacing = respacing
    return settings
  }

  private static func readConditioning(
    _ section: SectionReader
  ) -> (method: Method?, scale: Double?) {
    section.log.notice(
      "read as sampler.method and sampler.scale", key: section.key, at: section.origin)
    let method = section.value("method", ValueKind<Method>.choice)
    let parameters = section.section("params")
    let scale = parameters?.value("scale", .number(.atLeast(0)))
    parameters?.finish()
    section.finish()
    return (method, scale)
  }

  private enum ProcessName: String, CaseIterable { case ddpm, ddim }

  private static func readProcess(_ section: SectionReader) -> Process {
    let name = section.value("process", ValueKind<ProcessName>.choice) ?? .ddpm
    let eta = section.value("eta", .number(.from(0, to: 1)))
    if eta != nil, name == .ddpm {
      section.problem("eta", .conflict("goes with 'process: ddim' only"))
    }
    return name == .ddpm ? .ddpm : .ddim(eta: eta ?? 0)
  }

  var yaml: [(String, YAMLValue)] {
    [("method", .choice(method)), ("scale", .number(scale)), respacing.yaml] + process.yaml
      + [("clip_denoised", .flag(clipDenoised)), ("dynamic_threshold", .flag(dynamicThreshold))]
  }
}

extension Configuration.DPS.Process {
  var yaml: [(String, YAMLValue)] {
    switch self {
    case .ddpm: [("process", .word("ddpm"))]
    case .ddim(let eta): [("process", .word("ddim")), ("eta", .number(eta))]
    }
  }
}
