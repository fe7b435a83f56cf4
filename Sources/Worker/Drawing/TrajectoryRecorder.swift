import Engine
import RunFiles
import Tensors

/// Keeps states of some rows of a batch while it is drawn, and writes them once it is.
///
/// It only reads states, so recording changes no bit of the samples.
final class TrajectoryRecorder {
  private let recording: Configuration.Recording
  /// The recorded samples and their rows.
  private let rows: [(sample: Int, row: Int)]
  private let stepCount: Int
  private let shape: [Int]
  private let images: (Tensor) throws -> Tensor
  private var frames: [[Trajectory.Frame]]

  /// - Parameters:
  ///   - samples: the samples drawn, by row.
  ///   - wanted: those of them that are to be kept.
  ///   - shape: [C,H,W] of the image sought.
  ///   - images: turns states into images: those of a latent space are decoded.
  /// - Returns: nil where nothing is to be recorded.
  init?(
    _ recording: Configuration.Recording?, samples: [Int], wanted: [Int], shape: [Int],
    stepCount: Int, images: @escaping (Tensor) throws -> Tensor
  ) {
    guard let recording else { return nil }
    rows = samples.enumerated().compactMap { row, sample in
      sample < recording.samples && wanted.contains(sample) ? (sample, row) : nil
    }
    guard !rows.isEmpty else { return nil }
    self.recording = recording
    self.stepCount = stepCount
    self.shape = shape
    self.images = images
    frames = Array(repeating: [], count: rows.count)
  }

  /// Keeps the state if it is its turn.
  ///
  /// The start is left out, as there is no x̂0 yet. A sampler without estimates shows x twice, and
  /// one whose states are no images its estimate.
  func observe(_ state: SamplerState) throws {
    let step = state.completedSteps
    guard step > 0, step % recording.every == 0 || step == stepCount else { return }
    for (index, place) in rows.enumerated() {
      let x = try image(place.row, of: state.x)
      let x0Hat = try image(place.row, of: state.x0Hat)
      guard let shown = x ?? x0Hat else { continue }
      frames[index].append(.init(step: step, x: shown, x0Hat: x0Hat ?? shown))
    }
  }

  private func image(_ row: Int, of tensor: Tensor?) throws -> [Float]? {
    guard let tensor else { return nil }
    let state = try tensor.sliced(row..<row + 1, along: 0)
    let shown = isImage(state) ? state : try images(state)
    return isImage(shown) ? try shown.floats() : nil
  }

  private func isImage(_ tensor: Tensor) -> Bool {
    tensor.shape.dropFirst().elementsEqual(shape)
  }

  /// Writes what was kept.
  ///
  /// - Throws: ``FileError``.
  func write(_ image: ImageID, folder: String) throws {
    for (place, kept) in zip(rows, frames) where !kept.isEmpty {
      let trajectory = Trajectory(
        image: image, sample: place.sample, shape: shape, frames: kept)
      try trajectory.write(inRun: folder)
    }
  }
}
