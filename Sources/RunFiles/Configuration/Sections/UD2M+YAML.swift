import Foundation

extension Configuration.UD2M {
  private enum StartName: String, CaseIterable { case v1, head, network }

  static func read(_ section: SectionReader) -> Self {
    var settings = Self()
    section.value("steps", .integer(1...1000)).map { settings.steps = $0 }
    section.value("iterations", .integer(1...1000)).map { settings.iterations = $0 }
    section.value("grid", ValueKind<Grid>.choice).map { settings.grid = $0 }
    section.value("ddim", ValueKind<DDIM>.choice).map { settings.ddim = $0 }
    section.value("eta", .number(.from(0, to: 1))).map { settings.eta = $0 }
    section.value("perturb", .flag).map { settings.perturbs = $0 }
    section.value("proximal", ValueKind<ProximalForm>.choice).map { settings.proximal = $0 }
    section.value("descent_steps", .integer(1...100_000)).map { settings.descentSteps = $0 }
    section.value("descent_size", .number(.above(0))).map { settings.descentSize = $0 }
    settings.start = readStart(section)
    settings.scalars = Scalars.read(section, iterations: settings.iterations)
    return settings
  }

  private static func readStart(_ section: SectionReader) -> Start {
    let name = section.value("init", ValueKind<StartName>.choice) ?? .v1
    let file = section.value("init_network", .text(Configuration.torchScriptContent))
    switch (name, file) {
    case (.network, nil):
      section.missing("init_network", expected: "the TorchScript file of 'init: network'")
      return .v1
    case (.network, let file?): return .network(file)
    case (_, .some):
      section.problem("init_network", .conflict("goes with 'init: network' only"))
      return .v1
    case (.v1, nil): return .v1
    case (.head, nil): return .head
    }
  }

  var yaml: [(String, YAMLValue)] {
    [
      ("steps", .integer(steps)), ("iterations", .integer(iterations)), ("grid", .choice(grid)),
    ] + start.yaml + [
      ("ddim", .choice(ddim)), ("eta", .number(eta)), ("perturb", .flag(perturbs)),
    ] + scalars.yaml + [
      ("proximal", .choice(proximal)), ("descent_steps", .integer(descentSteps)),
      ("descent_size", .number(descentSize)),
    ]
  }
}

extension Configuration.UD2M.Start {
  var yaml: [(String, YAMLValue)] {
    switch self {
    case .v1: [("init", .word("v1"))]
    case .head: [("init", .word("head"))]
    case .network(let file):
      [
        ("init", .word("network")),
        (
          "init_network", .file(file, expected: Configuration.torchScriptContent)
        ),
      ]
    }
  }
}

extension Configuration.UD2M.Scalars {
  fileprivate static func read(_ section: SectionReader, iterations: Int) -> Self {
    func scalar(_ name: String, _ bounds: NumberBounds) -> [Double]? {
      let values = section.value(name, .perIteration(bounds))
      if let values, values.count > iterations {
        section.problem(name, .surplus(values.count, iterations: iterations))
      }
      return values
    }
    return Self(
      lambda: scalar("lambda", .above(0)), rhoScale: scalar("rho_scale", .above(0)),
      tauG: scalar("tau_g", .from(-1, to: 1)), tLat: scalar("t_lat", .from(-1, to: 1)))
  }

  var yaml: [(String, YAMLValue)] {
    [("lambda", lambda), ("rho_scale", rhoScale), ("tau_g", tauG), ("t_lat", tLat)].compactMap {
      key, values in values.map { (key, .list($0.map { .number($0) })) }
    }
  }
}

extension ConfigurationReason {
  /// Values of iterations that never come.
  fileprivate static func surplus(_ count: Int, iterations: Int) -> Self {
    .conflict("a list of \(count), but 'iterations' is \(iterations); give at most one for each")
  }
}

extension ValueKind where Value == [Double] {
  /// A number for all iterations, or a list of one for each.
  fileprivate static func perIteration(_ bounds: NumberBounds) -> Self {
    ValueKind<Double>.number(bounds).map { [$0] }
      .or(.list(of: .number(bounds), count: 1...1000))
  }
}

extension Configuration.LATINO {
  private enum TransportName: String, CaseIterable { case denoiser, flow }

  static func read(_ section: SectionReader) -> Self {
    var settings = Self()
    section.value("iterations", .integer(1...10_000_000)).map { settings.iterations = $0 }
    settings.delta = section.value("delta", .number(.above(0)))
    section.value("noise_ratio", .number(.above(0))).map { settings.noiseRatio = $0 }
    let name = section.value("transport", ValueKind<TransportName>.choice) ?? .denoiser
    let steps = section.value("flow_steps", .integer(1...1000))
    if name == .flow {
      settings.transport = .flow(steps: steps ?? 8)
    } else if steps != nil {
      section.problem("flow_steps", .conflict("goes with 'transport: flow' only"))
    }
    return settings
  }

  var yaml: [(String, YAMLValue)] {
    [("iterations", .integer(iterations))] + (delta.map { [("delta", .number($0))] } ?? [])
      + [("noise_ratio", .number(noiseRatio))] + transport.yaml
  }
}

extension Configuration.LATINO.Transport {
  var yaml: [(String, YAMLValue)] {
    switch self {
    case .denoiser: [("transport", .word("denoiser"))]
    case .flow(let steps): [("transport", .word("flow")), ("flow_steps", .integer(steps))]
    }
  }
}
