extension ResolvedConfiguration {
  /// SHA-256, in hex, of everything that fixes the bits of the samples and the make-up of the parts.
  ///
  /// Two runs with the same hash may add to one another's results. Left out is
  /// * what only grows the work: `run.samples`, `data.range`;
  /// * what only places, times or shows it: `run.output`, `run.checkpoint`, `run.lease`, `compute.workers`, the folders
  ///   and file names of inputs, `sampler.record`, which quantiles are shown, and
  ///   `statistics.calibration`. Whether there are quantiles at all counts, as parts
  ///   carry their levels; `keep_samples` and `save_samples` count, as parts carry the kept samples.
  ///
  /// - Parameters:
  ///   - priorDigest: SHA-256, in hex, of the files the prior is read from (``Configuration/Prior/files``); any
  ///     fixed text for a prior without files.
  ///   - files: SHA-256, in hex, of each of ``Configuration/inputFiles``, by name.
  public func workHash(priorDigest: String, files: [String: String] = [:]) -> String {
    SHA256.hex(of: Array(workForm(priorDigest: priorDigest, files: files).utf8))
  }

  /// SHA-256, in hex, of what the law of the samples depends on: the measurement, the prior, the sampler and the
  /// number format. Seed, images and the make-up of the parts do not count.
  public func problemHash(priorDigest: String, files: [String: String] = [:]) -> String {
    let form = YAMLValue.section(lawForm(priorDigest: priorDigest, files: files))
    return SHA256.hex(of: Array((form.leaves().joined(separator: "\n") + "\n").utf8))
  }

  /// The canonical text that is hashed: one `key=value` a line, in a fixed order.
  func workForm(priorDigest: String, files: [String: String] = [:]) -> String {
    let form = YAMLValue.section(
      [
        ("format", .word("posterior-atlas-work-6")), ("seed", .integer(configuration.run.seed)),
        ("unit", .integer(shape.unit)), ("source", configuration.data.workForm),
      ] + lawForm(priorDigest: priorDigest, files: files) + [
        ("statistics", configuration.statistics.workForm.withDigests(files))
      ])
    return form.leaves().joined(separator: "\n") + "\n"
  }

  private func lawForm(priorDigest: String, files: [String: String]) -> [(String, YAMLValue)] {
    [
      ("measurement", configuration.measurement.workForm.withDigests(files)),
      ("prior", configuration.prior.workForm(digest: priorDigest)),
      ("sampler", configuration.sampler.yaml.withDigests(files)), ("compute", computeForm),
    ]
  }

  private var computeForm: YAMLValue {
    .section([
      ("device", .choice(device)), ("precision", .choice(precision)),
      ("threads", .integer(shape.threads)),
    ])
  }
}

extension Configuration.Data {
  fileprivate var workForm: YAMLValue {
    switch source {
    case .images: .word("images")
    case .measurements(_, nil, nil): .word("measurements")
    case .measurements(_, let truths, let shape):
      .section(
        [("kind", .word("measurements"))] + (truths.map { _ in [("truths", .flag(true))] } ?? [])
          + (shape.map { [("shape", .integers($0))] } ?? []))
    }
  }
}

extension Configuration.Measurement {
  /// Without `image_size`, which is a check and no parameter.
  fileprivate var workForm: YAMLValue {
    guard case .inpainting(var inpainting) = `operator` else { return yaml }
    inpainting.imageSize = nil
    return Self(operator: .inpainting(inpainting), noise: noise).yaml
  }
}

extension Configuration.Prior {
  /// With a digest in place of the names of files, and without `dropout`, which acts in training only.
  fileprivate func workForm(digest: String) -> YAMLValue {
    var prior = self
    prior.model = model.withoutFileNames
    prior.latent?.decoder = ""
    return .section([("digest", .text(digest)), ("model", prior.yaml)])
  }
}

extension Configuration.PriorModel {
  fileprivate var withoutFileNames: Self {
    switch self {
    case .guidedDiffusion(var network):
      network.checkpoint = ""
      network.architecture?.dropout = 0
      if network.lora != nil { network.lora = "" }
      return .guidedDiffusion(network)
    case .lsun(var network):
      network.checkpoint = ""
      if network.lora != nil { network.lora = "" }
      return .lsun(network)
    case .torchScript(var network):
      network.file = ""
      return .torchScript(network)
    case .gaussian(var density):
      density.mean = density.mean.withoutFileName
      if case .file = density.covariance { density.covariance = .file("") }
      return .gaussian(density)
    case .gaussianMixture(var density):
      for index in density.components.indices {
        density.components[index].mean = density.components[index].mean.withoutFileName
      }
      return .gaussianMixture(density)
    }
  }
}

extension Configuration.MeanImage {
  fileprivate var withoutFileName: Self {
    if case .file = self { .file("") } else { self }
  }
}

extension Configuration.Statistics {
  fileprivate var workForm: YAMLValue {
    .section([
      ("levels", .flag(!quantiles.isEmpty)), ("keep_samples", .integer(keepSamples)),
      ("save_samples", .flag(saveSamples)), ("derived", derivedYAML),
    ])
  }
}
