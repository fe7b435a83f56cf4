extension Configuration {
  /// A network in a TorchScript file, and what it takes and gives.
  public struct TorchScriptPrior: Sendable, Equatable {
    /// What the network answers with.
    public enum Prediction: String, Sendable, CaseIterable {
      /// The noise ε.
      case epsilon
      /// The clean image.
      case x0
      /// v = √ᾱ·ε − √(1−ᾱ)·x0.
      case v
      /// The clean image, asked as a denoiser D(x, σ).
      case denoiser
      /// The raw network F inside EDM's preconditioning, which is done outside of it.
      case edm
    }

    /// How the network is told how noisy its input is.
    public enum Time: String, Sendable, CaseIterable {
      /// The step 0 … N−1, with fractions between steps.
      case index
      /// The time in 0…1 of the continuous process.
      case continuous
      /// σ.
      case sigma
      /// ln(σ)/4, EDM's c_noise.
      case logSigma = "log-sigma"
    }

    /// What the network is shown.
    public enum Scaling: String, Sendable, CaseIterable {
      /// √ᾱ·x0 + √(1−ᾱ)·ε.
      case vp
      /// x0 + σ·ε.
      case ve
    }

    /// The file.
    public var file: String
    /// [C, H, W] of an image.
    public var shape: [Int]
    /// Decides ``time`` and ``scaling`` where the file leaves them out.
    public var predicts: Prediction
    /// The second argument of the network, one number a row.
    public var time: Time
    /// What the network is shown; without meaning for `edm`, whose c_in sets it.
    public var scaling: Scaling
    /// σ_data of EDM's preconditioning.
    public var dataSigma: Double

    /// Makes the description; what is left out follows from `predicts`.
    public init(
      file: String, shape: [Int], predicts: Prediction, time: Time? = nil,
      scaling: Scaling? = nil, dataSigma: Double = 0.5
    ) {
      self.file = file
      self.shape = shape
      self.predicts = predicts
      self.time = time ?? predicts.defaultTime
      self.scaling = scaling ?? predicts.defaultScaling
      self.dataSigma = dataSigma
    }
  }
}

extension Configuration.TorchScriptPrior.Prediction {
  var defaultTime: Configuration.TorchScriptPrior.Time {
    switch self {
    case .epsilon, .x0, .v: .index
    case .denoiser: .sigma
    case .edm: .logSigma
    }
  }

  var defaultScaling: Configuration.TorchScriptPrior.Scaling {
    switch self {
    case .epsilon, .x0, .v: .vp
    case .denoiser, .edm: .ve
    }
  }
}

extension Configuration.TorchScriptPrior {
  static func read(_ section: SectionReader) -> Self? {
    let file = section.required("file", .text(Configuration.torchScriptContent))
    let shape = section.required("shape", .shape)
    let predicts = section.required("predicts", ValueKind<Prediction>.choice)
    let time = section.value("time", ValueKind<Time>.choice)
    let scaling = section.value("scaling", ValueKind<Scaling>.choice)
    let dataSigma = section.value("sigma_data", .number(.above(0)))
    guard let file, let shape, let predicts else { return nil }
    if predicts == .edm, scaling != nil {
      section.problem("scaling", .conflict("does not go with 'predicts: edm', whose c_in sets it"))
    }
    if predicts == .v, scaling == .ve {
      section.problem("scaling", .conflict("'predicts: v' needs 'vp'"))
    }
    if predicts != .edm, dataSigma != nil {
      section.problem("sigma_data", .conflict("goes with 'predicts: edm' only"))
    }
    return Self(
      file: file, shape: shape, predicts: predicts, time: time, scaling: scaling,
      dataSigma: dataSigma ?? 0.5)
  }

  var yaml: [(String, YAMLValue)] {
    let own: [(String, YAMLValue)] =
      predicts == .edm
      ? [("sigma_data", .number(dataSigma))] : [("scaling", .choice(scaling))]
    return [
      ("file", .text(file)), ("shape", .integers(shape)), ("predicts", .choice(predicts)),
      ("time", .choice(time)),
    ] + own
  }
}
