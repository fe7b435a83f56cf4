extension Configuration {
  /// A key and what is wrong with its value beside the others.
  typealias Conflict = (key: String, text: String)

  /// Values that are fine alone and impossible together.
  var conflicts: [Conflict] {
    var conflicts = samplerConflicts + varianceConflicts + densityConflicts
    if let shape = priorShape {
      conflicts += sourceConflicts(with: shape) + self.conflicts(imageShape: shape)
    } else if case .measurements(_, _, let shape?) = data.source {
      conflicts += self.conflicts(imageShape: shape)
    }
    return conflicts
  }

  /// [C, H, W] of the images the prior describes; nil where only its checkpoint or decoder tells.
  public var priorShape: [Int]? {
    guard prior.latent == nil else { return nil }
    return switch prior.model {
    case .guidedDiffusion(let network): network.architecture?.imageShape
    case .lsun: nil
    case .torchScript(let network): network.shape
    case .gaussian(let density): density.shape
    case .gaussianMixture(let density): density.shape
    }
  }

  private var varianceConflicts: [Conflict] {
    guard case .guidedDiffusion(let network) = prior.model, let layout = network.architecture,
      !layout.learnsVariance
    else { return [] }
    let type = prior.diffusion.varianceType
    guard type == .learned || type == .learnedRange else { return [] }
    return [
      (
        "prior.diffusion.model_var_type",
        "\(type.rawValue) needs a network with learn_sigma: true; use fixed_small or fixed_large"
      )
    ]
  }

  /// What would not fit into memory of a density in closed form.
  private var densityConflicts: [Conflict] {
    switch prior.model {
    case .gaussian(let density): density.conflicts
    case .gaussianMixture(let density): density.conflicts
    case .guidedDiffusion, .lsun, .torchScript: []
    }
  }

  private func sourceConflicts(with shape: [Int]) -> [Conflict] {
    guard case .measurements(_, _, let given?) = data.source, given != shape else { return [] }
    return [("data.shape", "\(given) does not fit the prior, whose images are \(shape)")]
  }
}

extension Configuration.Gaussian {
  /// Values of an image up to which there is a covariance matrix: with 2¹⁴ it takes 2 GiB.
  static let mostCorrelated = 1 << 14

  fileprivate var conflicts: [Configuration.Conflict] {
    let size = shape.reduce(1, *)
    let deviation: Double
    switch covariance {
    case .white(let std): return std.hasVariance ? [] : [("prior.covariance", std.noVariance)]
    case .smooth(let std, _): deviation = std
    case .file: deviation = 1
    }
    guard deviation.hasVariance else { return [("prior.covariance.std", deviation.noVariance)] }
    guard size > Self.mostCorrelated else { return [] }
    return [
      (
        "prior.covariance",
        "images of \(size) values need a matrix of \(size) × \(size); up to \(Self.mostCorrelated) values can have "
          + "one, larger images only a number"
      )
    ]
  }
}

extension Configuration.GaussianMixture {
  fileprivate var conflicts: [Configuration.Conflict] {
    if let index = components.firstIndex(where: { !$0.standardDeviation.hasVariance }) {
      let text = components[index].standardDeviation.noVariance
      return [("prior.components[\(index)].std", text)]
    }
    let size = components.count * shape.reduce(1, *)
    guard size > PNGHeader.mostSamples else { return [] }
    return [
      (
        "prior.components",
        "\(components.count) means of images \(shape) are \(size) values; at most \(PNGHeader.mostSamples) are taken"
      )
    ]
  }
}

extension Double {
  /// Whether the square of a standard deviation is a number in the precision that is computed with.
  fileprivate var hasVariance: Bool { Float(self * self).isFinite }

  fileprivate var noVariance: String {
    "\(self) is too large: its square must be a 32-bit number (up to 1.8e19)"
  }
}

// MARK: - With an image shape

extension Configuration {
  /// What cannot be for images [C, H, W].
  func conflicts(imageShape shape: [Int]) -> [Conflict] {
    guard shape.count == 3 else { return [("data", "images must be [C, H, W], not \(shape)")] }
    var conflicts: [Conflict] = []
    if let own = priorShape, own != shape {
      conflicts.append(("prior", "describes images \(own), but the images are \(shape)"))
    }
    return conflicts + measurement.operator.conflicts(imageShape: shape)
  }
}
