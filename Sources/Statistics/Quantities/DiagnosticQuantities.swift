/// The quantities whose ranks tell whether samples are calibrated.
///
/// * `norm`;
/// * `projection-0` … : projections on directions of random signs;
/// * `tarp-fine`, `tarp-coarse`: distances to random reference points (Lemos et al. 2023), uniform in [0, 1]
///   for every pixel and for patches of a quarter of the image.
///
/// Directions and points follow from the image alone: not from the truth, nor from the samples.
public struct DiagnosticQuantities: Sendable {
  /// Names of distances to reference points begin so.
  public static let tarpPrefix = "tarp-"
  /// Names of projections begin so.
  static let projectionPrefix = "projection-"
  /// The name of the norm.
  static let norm = "norm"
  /// Number of projections.
  static let projections = 4

  private let imageKey: UInt64
  private let shape: [Int]

  /// - Parameter shape: [C, H, W].
  init(imageKey: UInt64, shape: [Int]) { (self.imageKey, self.shape) = (imageKey, shape) }

  var all: [ScalarQuantity] {
    [ScalarQuantity(Self.norm, .norm)]
      + (0..<Self.projections).map {
        ScalarQuantity(Self.projectionPrefix + "\($0)", .projection(signs: signs($0)))
      }
      + [
        ScalarQuantity(Self.tarpPrefix + "fine", .distance(to: point(patches: nil))),
        ScalarQuantity(Self.tarpPrefix + "coarse", .distance(to: point(patches: 4))),
      ]
  }

  private func signs(_ index: Int) -> [Float] {
    var generator = SplitMix64(seed: imageKey &+ UInt64(index) &+ 1)
    return (0..<shape.reduce(1, *)).map { _ in generator.next() >> 63 == 0 ? -1 : 1 }
  }

  /// - Parameter patches: so many along each side share a value; nil gives every pixel its own.
  private func point(patches: Int?) -> [Float] {
    var generator = SplitMix64(seed: ~imageKey &+ UInt64(patches ?? 0))
    let (height, width) = (shape[1], shape[2])
    let (rows, columns) = (min(patches ?? height, height), min(patches ?? width, width))
    let values = (0..<shape[0] * rows * columns).map { _ in Float(generator.unit()) }
    return (0..<shape.reduce(1, *)).map { index in
      let (channel, row, column) = (index / (height * width), index / width % height, index % width)
      return values[(channel * rows + row * rows / height) * columns + column * columns / width]
    }
  }
}
