import Foundation
import RunFiles

/// An experiment of seconds: a normal prior on a few small images.
struct TinyExperiment {
  var images = 4
  var size = 16
  var samples = 8
  var unit = 2
  /// Seconds between commits.
  var checkpoint = 60.0
  /// Seconds of silence after which a rank counts as lost.
  var lease = 120.0
  var `operator` = "{name: inpainting, mask_type: random, mask_prob_range: [0.5, 0.5]}"
  var covariance = "0.5"
  /// The time of a unit grows with its steps: some 0.2 ms each.
  var sampler = "{name: dps, method: ps, scale: 0.3, steps: 20}"

  /// Samples of all images.
  var sampleCount: Int { images * samples }

  /// Writes images and configuration into a folder.
  ///
  /// - Returns: the path of the configuration.
  @discardableResult
  func write(into folder: TemporaryFolder) throws -> String {
    for image in 0..<images {
      try folder.write(pixels(of: image), shape: [1, size, size], to: imageName(image))
    }
    return try folder.write(yaml(images: folder("images")), to: "experiment.yaml")
  }

  /// The file of an image in the experiment's folder.
  func imageName(_ image: Int) -> String { String(format: "images/image-%03d.npy", image) }

  private func pixels(of image: Int) -> [Float] {
    (0..<size * size).map { pixel in
      let (row, column) = (Float(pixel / size), Float(pixel % size))
      return 0.5 + 0.4 * sin(row * Float(image + 1) / 5) * cos(column / 3)
    }
  }

  func yaml(images: String) -> String {
    """
    run:
      seed: 7
      samples: \(samples)
      unit: \(unit)
      checkpoint: \(checkpoint)
      lease: \(lease)
      output: runs/unused
    data:
      images: \(images)
    measurement:
      operator: \(`operator`)
      noise: {name: gaussian, sigma: 0.2}
    prior:
      kind: gaussian
      shape: [1, \(size), \(size)]
      mean: 0
      covariance: \(covariance)
    sampler: \(sampler)
    compute:
      device: cpu
      precision: float32
    statistics:
      quantiles: [0.05, 0.5, 0.95]
      keep_samples: 2

    """
  }
}
