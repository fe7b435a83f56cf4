extension Configuration.Prior {
  private enum Kind: String, CaseIterable {
    case guidedDiffusion = "guided-diffusion"
    case lsun
    case torchScript = "torchscript"
    case gaussian
    case gaussianMixture = "gaussian-mixture"
  }

  static func read(_ section: SectionReader) -> Self? {
    let diffusionSection = section.optionalSection("diffusion")
    guard let kind = section.required("kind", ValueKind<Kind>.choice) else { return nil }
    let model = readModel(kind, section)
    let latentSection = section.section("latent")
    let latent = latentSection.flatMap(Configuration.Latent.read)
    section.finish()
    let diffusion = diffusionSection.flatMap {
      Configuration.Diffusion.read(
        $0, isClosedForm: kind == .gaussian || kind == .gaussianMixture,
        isScript: kind == .torchScript, learnsVariance: kind == .guidedDiffusion)
    }
    guard let model, let diffusion, (latentSection == nil) == (latent == nil) else { return nil }
    return Self(model: model, diffusion: diffusion, latent: latent)
  }

  private static func readModel(_ kind: Kind, _ section: SectionReader) -> Configuration.PriorModel?
  {
    switch kind {
    case .guidedDiffusion: Configuration.GuidedDiffusion.read(section).map { .guidedDiffusion($0) }
    case .lsun: Configuration.LSUN.read(section).map { .lsun($0) }
    case .torchScript:
      Configuration.TorchScriptPrior.read(section).map { .torchScript($0) }
    case .gaussian: Configuration.Gaussian.read(section).map { .gaussian($0) }
    case .gaussianMixture: Configuration.GaussianMixture.read(section).map { .gaussianMixture($0) }
    }
  }

  var yaml: YAMLValue {
    .section(
      modelYAML + [("diffusion", diffusion.yaml)]
        + (latent.map { [("latent", $0.yaml)] } ?? []))
  }

  private var modelYAML: [(String, YAMLValue)] {
    switch model {
    case .guidedDiffusion(let network): [("kind", .choice(Kind.guidedDiffusion))] + network.yaml
    case .lsun(let network): [("kind", .choice(Kind.lsun))] + network.yaml
    case .torchScript(let network): [("kind", .choice(Kind.torchScript))] + network.yaml
    case .gaussian(let density): [("kind", .choice(Kind.gaussian))] + density.yaml
    case .gaussianMixture(let density): [("kind", .choice(Kind.gaussianMixture))] + density.yaml
    }
  }
}

extension Configuration.Latent {
  static func read(_ section: SectionReader) -> Self? {
    let decoder = section.required("decoder", .text(Configuration.torchScriptContent))
    section.finish()
    return decoder.map { Self(decoder: $0) }
  }

  var yaml: YAMLValue { .section([("decoder", .text(decoder))]) }
}

extension Configuration.GuidedDiffusion {
  static func read(_ section: SectionReader) -> Self? {
    let checkpoint = section.required(
      "checkpoint", .text("a file of weights (.safetensors or .pt)"))
    let block = section.section("architecture")
    let architecture = block.flatMap { UNetArchitecture.read($0, isStrict: true) }
    let label = section.value("class_label", .integer(0...(UNetArchitecture.classes - 1)))
    if let architecture { checkLabel(label, architecture, section) }
    let lora = section.value("lora", .lora)
    return checkpoint.map {
      Self(checkpoint: $0, architecture: architecture, classLabel: label, lora: lora)
    }
  }

  private static func checkLabel(
    _ label: Int?, _ architecture: UNetArchitecture, _ section: SectionReader
  ) {
    if label == nil, architecture.isClassConditional {
      section.missing("class_label", expected: "the class to draw, as class_cond is true")
    }
    if label != nil, !architecture.isClassConditional {
      section.problem("class_label", .conflict("needs a network with class_cond: true"))
    }
  }

  var yaml: [(String, YAMLValue)] {
    [("checkpoint", .text(checkpoint))]
      + (architecture.map { [("architecture", $0.yaml)] } ?? [])
      + (classLabel.map { [("class_label", .integer($0))] } ?? [])
      + (lora.map { [("lora", .text($0))] } ?? [])
  }
}
