import Engine
import Foundation
import RunFiles
import Testing

@testable import Worker

/// A folder that goes away with its test.
final class TestFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = "\(path)/\(name)"
    try AtomicFile.write(bytes, to: file)
    return file
  }

  func write(_ array: StoredArray, _ name: String) throws {
    _ = try write(Npy.encode(array), name)
  }
}

/// Small experiments on images of 1×4×4 made in code.
enum TestExperiments {
  static let shape = [1, 4, 4]

  /// The folder of reference values in the package.
  static let reference = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Reference").path

  /// Values in [0.1, 0.9], other ones for each `draw`.
  static func image(_ draw: UInt32 = 0, shape: [Int] = shape) -> StoredArray {
    let stream = NoiseStream(seed: 8, image: 9, sample: draw, purpose: .guidance)
    let values = stream.uniforms(shape.reduce(1, *)).map { 0.1 + 0.8 * $0 }
    return StoredArray(values, shape: shape)
  }

  static func folder(images: Int = 1) throws -> TestFolder {
    let folder = try TestFolder()
    for index in 0..<images { try folder.write(image(UInt32(index)), "\(index).npy") }
    return folder
  }

  static func white(mean: Double = 0, std: Double = 0.4) -> Configuration.PriorModel {
    .gaussian(
      .init(
        shape: shape, mean: .constant(mean), covariance: .white(standardDeviation: std)))
  }

  static func configuration(
    _ folder: TestFolder, prior: Configuration.PriorModel = white(),
    sampler: Configuration.Sampler = .exact, operation: Configuration.Operator = .denoising,
    sigma: Double = 0.3, measurements: Bool = false, run: Configuration.Run = run()
  ) -> Configuration {
    Configuration(
      run: run,
      data: .init(
        source: measurements
          ? .measurements(folder: folder.path, truths: nil, shape: nil)
          : .images(folder: folder.path)),
      measurement: .init(operator: operation, noise: .gaussian(sigma: sigma)),
      prior: .init(model: prior, diffusion: .init(varianceType: .fixedSmall)), sampler: sampler,
      statistics: .init(keepSamples: 4, saveSamples: true))
  }

  static func run(
    seed: UInt64 = 5, samples: Int = 16, unit: Int = 8
  ) -> Configuration.Run {
    .init(seed: seed, samples: samples, unit: .fixed(unit), output: "unused")
  }

  static func experiment(_ configuration: Configuration) throws -> Experiment {
    try Experiment(
      configuration.resolved(
        device: .cpu, precision: .float32, shape: UnitShape(unit: 8, threads: 1)), device: .cpu)
  }
}
