import Coordinator
import Foundation
import RunFiles

/// The run folder of a simulation: a real one of made-up work.
struct SimulationFolder: Sendable {
  let path: String
  let workHash: String
  private let isKept: Bool
  private let images: Int
  private let grid: UnitGrid
  private let shape: [Int]

  /// The folder given, or one that is the same for all ranks of this launcher on this machine and
  /// is deleted in the end.
  init(_ output: String?, of command: Simulate) {
    images = command.images
    grid = UnitGrid(unit: command.unit, samples: command.samples)
    shape = command.shape.sizes
    workHash = SHA256.hex(of: Array("simulation \(shape) \(command.unit)".utf8))
    isKept = output != nil
    path = output ?? "\(NSTemporaryDirectory())posterior-simulation-\(getppid())"
  }

  /// Opens the folder, looks at what is done, and plans the rest.
  func open() throws -> OpenedRun {
    remove()
    let directory = try RunDirectory.openOrCreate(at: path, description)
    let plan = try WorkPlan(
      images: (0..<images).map { try ImageID(name: Self.name($0)) }, grid: grid)
    let progress = try directory.tidy(directory.scan(), samples: grid.samples)
    return OpenedRun(directory: directory, plan: plan, progress: progress)
  }

  /// Deletes the folder unless it was asked for.
  func remove() {
    if !isKept { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func name(_ index: Int) -> String {
    let digits = String(index)
    return "image-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// What `posterior status` and `merge` can read; the folder of images is not there.
  private var description: RunDescription {
    RunDescription(
      workHash: workHash, program: Program.name,
      configuration: """
        run: {samples: \(grid.samples), unit: \(grid.unit)}
        data: {images: made-up}
        measurement: {operator: {name: denoising}, noise: {name: gaussian, sigma: 1}}
        prior: {kind: gaussian, shape: \(shape), mean: 0, covariance: 1}
        sampler: {name: exact}
        compute: {device: cpu, precision: float32}

        """)
  }
}
