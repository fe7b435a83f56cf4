/// States on the way to one sample, as they are kept in a run folder.
///
/// `trajectories/IMAGE/sample-000.npy` holds [K, 2, C, H, W] float32: for each of K states x_t and
/// x̂0, in the sampler's own units, where images are in [−1, 1]. `sample-000-steps.npy` holds how many
/// steps had been taken, [K] int64. `sample-000.png` shows x_t above x̂0, clipped to [−1, 1].
public struct Trajectory: Sendable {
  /// One state.
  public struct Frame: Sendable {
    /// Steps taken so far.
    public let step: Int
    /// x_t, C·H·W values.
    public let x: [Float]
    /// The estimate of the clean image, C·H·W values.
    public let x0Hat: [Float]

    public init(step: Int, x: [Float], x0Hat: [Float]) {
      self.step = step
      self.x = x
      self.x0Hat = x0Hat
    }
  }

  let image: ImageID
  /// Index of the sample.
  public let sample: Int
  /// [C, H, W].
  public let shape: [Int]
  let frames: [Frame]

  /// - Precondition: `frames` is not empty, and its states have `shape`.
  public init(image: ImageID, sample: Int, shape: [Int], frames: [Frame]) {
    let size = shape.reduce(1, *)
    precondition(
      !frames.isEmpty && frames.allSatisfy { $0.x.count == size && $0.x0Hat.count == size },
      "a trajectory has states, all of its shape")
    self.image = image
    self.sample = sample
    self.shape = shape
    self.frames = frames
  }

  /// Writes the three files below the run folder, each whole or not at all; those of an earlier
  /// drawing of the same sample are replaced.
  public func write(inRun folder: String) throws {
    let place = "\(folder)/trajectories/\(image.name)"
    let base = "\(place)/\(name)"
    try FolderCalls.makeFolder(place)
    try RunDirectory.removeAbandonedFiles(in: place)
    let values = frames.flatMap { $0.x + $0.x0Hat }
    let states = StoredArray(values, shape: [frames.count, 2] + shape)
    try AtomicFile.write(Npy.encode(states), to: "\(base).npy")
    let steps = StoredArray(frames.map { Int64($0.step) }, shape: [frames.count])
    try AtomicFile.write(Npy.encode(steps), to: "\(base)-steps.npy")
    try AtomicFile.write(PNGFile.encode(strip()), to: "\(base).png")
  }

  private var name: String {
    let digits = String(sample)
    return "sample-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }
}

// MARK: - Picture

extension Trajectory {
  private static let gap = 2
  private static let widest = 16_384

  /// One column a state; where they are too many, evenly chosen ones with the first and the last.
  func strip() -> RasterImage {
    let (height, width) = (shape[1], shape[2])
    let shown = columns(of: width)
    var picture = RasterImage(
      width: shown.count * (width + Self.gap) - Self.gap, height: 2 * height + Self.gap,
      channels: shape[0] == 3 ? 3 : 1, filledWith: 255)
    for (column, frame) in shown.enumerated() {
      let left = column * (width + Self.gap)
      draw(frame.x, in: &picture, left: left, top: 0)
      draw(frame.x0Hat, in: &picture, left: left, top: height + Self.gap)
    }
    return picture
  }

  private func columns(of width: Int) -> [Frame] {
    let room = max(2, Self.widest / (width + Self.gap))
    guard frames.count > room else { return frames }
    return (0..<room).map { frames[$0 * (frames.count - 1) / (room - 1)] }
  }

  /// RGB as it is, other numbers of channels as their mean.
  private func draw(_ values: [Float], in picture: inout RasterImage, left: Int, top: Int) {
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    let area = height * width
    for pixel in 0..<area {
      let own = (0..<channels).map { values[$0 * area + pixel] }
      let shown = picture.channels == 3 ? own : [own.reduce(0, +) / Float(channels)]
      for (channel, value) in shown.enumerated() {
        picture[left + pixel % width, top + pixel / width, channel] = Self.level(value)
      }
    }
  }

  private static func level(_ value: Float) -> UInt8 {
    guard value.isFinite else { return 0 }
    return UInt8((min(1, max(0, (value + 1) / 2)) * 255).rounded())
  }
}
