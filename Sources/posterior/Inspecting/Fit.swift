import Engine
import RunFiles
import Tensors
import Worker

/// Whether a file can take the place it would have in an experiment.
struct Fit {
  private let loaded: LoadedConfiguration

  init(_ loaded: LoadedConfiguration) { self.loaded = loaded }

  /// - Returns: as what it fits.
  /// - Throws: why it does not.
  func check(_ file: InspectedFile) throws -> String {
    switch file.content {
    case .weights: return try weights(file.path)
    case .script: return try script(file.path)
    case .array(let array): return try self.array(array)
    case .picture(let picture):
      return try image([picture.channels, picture.height, picture.width])
    case .arrays: throw Mismatch("an npz archive is no prior, image or measurement")
    }
  }

  // MARK: - Priors

  private func weights(_ path: String) throws -> String {
    var prior = loaded.configuration.prior
    switch prior.model {
    case .guidedDiffusion(var network):
      network.checkpoint = path
      prior.model = .guidedDiffusion(network)
    case .lsun(var network):
      network.checkpoint = path
      prior.model = .lsun(network)
    case .torchScript, .gaussian, .gaussianMixture:
      throw Mismatch("its prior is not made of weights for a network")
    }
    return try self.prior(prior)
  }

  private func script(_ path: String) throws -> String {
    var prior = loaded.configuration.prior
    guard case .torchScript(var network) = prior.model else {
      throw Mismatch("its prior is not of kind torchscript")
    }
    network.file = path
    prior.model = .torchScript(network)
    return try self.prior(prior)
  }

  /// Loads the prior as a run does, and holds its images against operator and data.
  private func prior(_ prior: Configuration.Prior) throws -> String {
    let shape = try LoadedPrior(prior, precision: .float32, device: .cpu).imageShape
    try loaded.check(imageShape: shape)
    return "as prior of images \(shape)"
  }

  // MARK: - Data

  private func array(_ array: StoredArray) throws -> String {
    guard case .measurements = loaded.configuration.data.source else {
      return try image(array.shape)
    }
    let wanted = try measurementShape()
    guard array.shape == wanted || array.shape == [1] + wanted else {
      if loaded.configuration.data.hasTruths, let fit = try? image(array.shape) { return fit }
      throw Mismatch("as a measurement it must be \(wanted), not \(array.shape)")
    }
    return "as measurement \(wanted)"
  }

  private func image(_ shape: [Int]) throws -> String {
    let wanted = try imageShape()
    guard shape == wanted else {
      throw Mismatch("as an image it must be \(wanted), not \(shape)")
    }
    return "as image \(wanted)"
  }

  private func imageShape() throws -> [Int] {
    if let shape = loaded.configuration.priorShape { return shape }
    return try LoadedPrior(
      loaded.configuration.prior, precision: .float32, device: .cpu
    ).imageShape
  }

  private func measurementShape() throws -> [Int] {
    let shape = try imageShape()
    return try loaded.configuration.measurementShape(ofImage: shape)
  }

  struct Mismatch: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
