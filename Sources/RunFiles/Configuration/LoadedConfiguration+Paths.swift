import Foundation

extension LoadedConfiguration {
  /// Checks that every file and folder the experiment reads is there, relative to the current folder.
  ///
  /// - Throws: Every missing file or folder, and an output that is no folder, each with the line that names it.
  public func validatePaths() throws(ConfigurationError) {
    let problems = inputFolders + inputFiles + output
    if let error = ConfigurationError(problems) { throw error }
  }

  private var inputFolders: [ConfigurationProblem] {
    let images = "a folder of PNG or npy images, or an npy file with a stack of them"
    switch configuration.data.source {
    case .images(let path): return folder("data.images", path, images)
    case .measurements(let path, let truths, _):
      return folder(
        "data.measurements", path,
        "a folder of npy measurements, or an npy file with a stack of them")
        + (truths.map { folder("data.truths", $0, images) } ?? [])
    }
  }

  private var inputFiles: [ConfigurationProblem] {
    configuration.prior.files.flatMap { key, path, expected in file(key, path, expected) }
      + configuration.inputFiles.flatMap { file($0.key, $0.path, $0.expected) }
      + (configuration.statistics.calibration.map {
        file("statistics.calibration", $0, Configuration.Statistics.calibrationContent)
      } ?? [])
  }

  private var output: [ConfigurationProblem] {
    let path = configuration.run.output
    if Self.isFolder(path) == false {
      return [
        problem(
          at: "run.output", .conflict("\(Quoted.text(path)) is a file, not a folder; name another"))
      ]
    }
    return configuration.data.folders.filter { Self.isSearched($0.path, with: path) }.map {
      let inside = "\(Quoted.text(path)) is in the folder of \($0.key), \(Quoted.text($0.path))"
      let reason = "\(inside), where its maps would be taken for more of them; name another"
      return problem(at: "run.output", .conflict(reason))
    }
  }

  /// Whether a folder of data is searched with the output: with everything below it but what a dot hides.
  private static func isSearched(_ folder: String, with output: String) -> Bool {
    guard isFolder(folder) == true, let names = PathName.names(to: output, from: folder) else {
      return false
    }
    return !names.contains { $0.hasPrefix(".") }
  }

  private func folder(_ key: String, _ path: String, _ expected: String) -> [ConfigurationProblem] {
    guard let isFolder = Self.isFolder(path) else {
      return [problem(at: key, .missingPath(path, expected: expected))]
    }
    if isFolder || path.hasSuffix(".npy") { return [] }
    return [problem(at: key, .conflict("\(Quoted.text(path)) is a file; expected \(expected)"))]
  }

  private func file(_ key: String, _ path: String, _ expected: String) -> [ConfigurationProblem] {
    guard let isFolder = Self.isFolder(path) else {
      return [problem(at: key, .missingPath(path, expected: expected))]
    }
    guard let found = Self.misfit(path, isFolder: isFolder, expected) else { return [] }
    return [problem(at: key, .conflict("\(Quoted.text(path)) is \(found); expected \(expected)"))]
  }

  /// What is there instead of a file of the right kind, where that can be told without its reader.
  private static func misfit(_ path: String, isFolder: Bool, _ expected: String) -> String? {
    if isFolder { return "a folder" }
    let isProgram = expected == Configuration.torchScriptContent
    return isProgram && !mayBeTorchScript(path) ? "a file of another kind" : nil
  }

  /// Whether libtorch may find a program in the file; also if it cannot be read, which its reader explains.
  private static func mayBeTorchScript(_ path: String) -> Bool {
    guard let kind = try? FileKind(path: path) else { return true }
    if case .torchScript = kind { return true }
    return false
  }

  /// Whether a path is a folder; nil where there is nothing.
  private static func isFolder(_ path: String) -> Bool? {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists ? isFolder.boolValue : nil
  }
}

extension Configuration.Data {
  /// The folders, or stacks, that are read, by their keys.
  fileprivate var folders: [(key: String, path: String)] {
    switch source {
    case .images(let path): [("data.images", path)]
    case .measurements(let path, let truths, _):
      [("data.measurements", path)] + (truths.map { [("data.truths", $0)] } ?? [])
    }
  }
}

extension Configuration {
  /// What the file of a network together with its program should be.
  static let torchScriptContent = "a TorchScript file (torch.jit.save)"
}

extension Configuration.Prior {
  /// Files the prior is read from: key, path, what it should be.
  public var files: [(key: String, path: String, expected: String)] {
    let decoder = latent.map {
      [("prior.latent.decoder", $0.decoder, Configuration.torchScriptContent)]
    }
    return modelFiles + (decoder ?? [])
  }

  private var modelFiles: [(key: String, path: String, expected: String)] {
    switch model {
    case .guidedDiffusion(let network):
      [("prior.checkpoint", network.checkpoint, "a file of weights (.safetensors or .pt)")]
        + network.lora.files
    case .lsun(let network): network.files
    case .torchScript(let network):
      [("prior.file", network.file, Configuration.torchScriptContent)]
    case .gaussian(let density): density.mean.file("prior.mean") + density.covariance.files
    case .gaussianMixture(let density):
      density.components.enumerated().flatMap { $1.mean.file("prior.components[\($0)].mean") }
    }
  }
}

extension Configuration.MeanImage {
  fileprivate func file(_ key: String) -> [(key: String, path: String, expected: String)] {
    if case .file(let path) = self { [(key, path, "an npy file of the prior's shape")] } else { [] }
  }
}

extension Configuration.Gaussian.Covariance {
  fileprivate var files: [(key: String, path: String, expected: String)] {
    guard case .file(let path) = self else { return [] }
    return [("prior.covariance", path, "an npy file with the n × n matrix of n pixels")]
  }
}
