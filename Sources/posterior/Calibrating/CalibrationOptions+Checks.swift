import Foundation
import RunFiles
import Worker

extension CalibrationOptions {
  /// Refuses an experiment that no calibration can be made of, before anything is drawn.
  ///
  /// - Throws: a ``ConfigurationError`` with the line that is in the way, or a ``Failure``.
  func check(_ read: LoadedConfiguration) throws {
    try read.validatePaths()
    try checkFiles(runFolder: read.configuration.run.output)
    try checkImages(read)
    guard read.configuration.run.samples > 1 else {
      throw read.error(at: "run.samples", "a calibration needs at least two samples of each image")
    }
    let statistics = read.configuration.statistics
    guard fid == nil || statistics.saveSamples || statistics.keepSamples > 0 else {
      throw read.error(
        at: "statistics.keep_samples",
        "the FID needs a kept sample of each image (statistics.keep_samples: 1)")
    }
  }

  /// Refuses a run folder of whose samples nothing follows, before its maps are written.
  func check(_ standing: Standing) throws {
    let truths = Set(try standing.configuration.data.imageFolder().images.map(\.id))
    guard standing.configuration.data.hasTruths,
      standing.progress.images.values.count(where: {
        $0.covered.count - $0.failedCount > 1 && truths.contains($0.image)
      }) > 1
    else { throw Self.tooLittle }
  }

  static var tooLittle: Failure {
    Failure(
      "a calibration needs at least two images with truth and two samples of each "
        + "(data.images, or data.measurements with data.truths)", .badInput)
  }

  private func checkImages(_ read: LoadedConfiguration) throws {
    let data = read.configuration.data
    guard data.hasTruths else {
      throw read.error(
        at: "data.measurements",
        "a calibration needs at least two images with truth (data.images, or data.truths with these)"
      )
    }
    let count = try data.imageFolder().images.count
    guard count > 1 else {
      throw read.error(
        at: data.range == nil ? data.key : "data.range",
        "a calibration needs at least two images with truth, found \(count)")
    }
  }
}

// MARK: - Files

extension CalibrationOptions {
  /// Refuses a network that cannot be loaded, and a place where no file can be written.
  ///
  /// - Parameter runFolder: need not exist yet.
  func checkFiles(runFolder: String) throws {
    if let fid, let range {
      try FeatureDistance(network: fid, range: range).checkNetwork()
    }
    if let write { try Self.checkPlace(of: write, runFolder: runFolder) }
  }

  private static func checkPlace(of file: String, runFolder: String) throws {
    let place = PathName.folder(of: file)
    guard !file.hasSuffix("/"), !FileManager.default.isFolder(file) else {
      throw Failure("--write \(file) is a folder; name a file", .badInput)
    }
    guard absolute(place) != absolute(runFolder) else { return }
    guard FileManager.default.isFolder(place) else {
      throw Failure("--write \(file): there is no folder \(place); make it first", .badInput)
    }
    guard access(place, W_OK) == 0 else {
      throw FileError(path: file, operation: .create, errno: errno)
    }
  }

  private static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    return (whole as NSString).standardizingPath
  }
}
