import Foundation
import LinearAlgebra

extension ExactProblem {
  /// The Gaussian and the mixture prior under every linear operator on images of 8 × 8, and sparse
  /// signals of 64 values.
  static let all = closedForm + levy

  // MARK: - Gaussian and mixture

  private static let closedForm = [
    (
      "Gaussian",
      "{kind: gaussian, shape: [1, 8, 8], mean: 0.1, covariance: {std: 0.4, length: 1.5}}"
    ),
    (
      "mixture",
      """
      {kind: gaussian-mixture, shape: [1, 8, 8], components: [{weight: 1, mean: -0.5, std: 0.2}, \
      {weight: 2, mean: 0.4, std: 0.3}]}
      """
    ),
  ].flatMap { name, prior in
    mainOperators.map { make(name, prior, $0, isForAll: true) }
      + otherOperators.map { make(name, prior, $0, isForAll: false) }
  }

  private static func make(
    _ priorName: String, _ prior: String, _ chosen: (String, Measurement), isForAll: Bool
  ) -> ExactProblem {
    ExactProblem(
      priorName: priorName, operatorName: chosen.0, prior: .closedForm(prior),
      measurement: chosen.1, isForAll: isForAll)
  }

  private static let mainOperators: [(String, Measurement)] = [
    (
      "inpainting",
      .configured(
        "{name: inpainting, mask_type: box, mask_len_range: [3, 4], margin: 2, shared: true}")
    ),
    ("blur", .configured("{name: gaussian_blur, kernel_size: 5, intensity: 1.0}")),
    ("super-resolution", .configured("{name: super_resolution, scale_factor: 2}")),
    ("matrix", .dense(wave)),
  ]

  private static let otherOperators: [(String, Measurement)] =
    [
      ("denoising", "{name: denoising}"),
      (
        "random inpainting",
        "{name: inpainting, mask_type: random, mask_prob_range: [0.5, 0.5], shared: true}"
      ),
      (
        "periodic blur", "{name: gaussian_blur, kernel_size: 5, intensity: 1.0, boundary: circular}"
      ),
      ("uniform blur", "{name: uniform_blur, kernel_size: 3}"),
      (
        "anisotropic blur",
        "{name: anisotropic_blur, kernel_size: 5, intensity: [2, 0.5], angle: 30}"
      ),
      ("motion blur", "{name: motion_blur, kernel_size: 5, intensity: 0.5, shared: true}"),
      ("averaging", "{name: super_resolution, scale_factor: 2, filter: average}"),
      ("Gaussian decimation", "{name: super_resolution, scale_factor: 2, filter: gaussian}"),
      ("MRI", "{name: mri, acceleration: 2, center_fraction: 0.25}"),
      ("tomography", "{name: ct, angles: 6}"),
      ("UD2M blur", "{name: ud2m_deblur, kernel: gaussian}"),
      ("UD2M decimation", "{name: ud2m_super_resolution, kernel: gaussian, scale_factor: 2}"),
    ].map { ($0.0, .configured($0.1)) } + [("sparse matrix", .sparse(threeEntries))]

  /// 32 × 64, rows of norm about 1: entries cos(i² + 3ij + j)/√32.
  private static let wave = matrix(32, 64) { i, j in
    cos(Double(i * i + 3 * i * j + j)) / Double(32).squareRoot()
  }

  /// 40 × 64 with three entries a row.
  private static let threeEntries = matrix(40, 64) { i, j in
    switch (j + 64 - 5 * i % 64) % 64 {
    case 0: 1
    case 17: -0.5
    case 40: 0.25
    default: 0
    }
  }

  // MARK: - Sparse signals

  private static let length = 64

  private static let levy = [
    ("Laplace increments", IncrementLaw.laplace(scale: 0.1), true),
    ("Student increments", IncrementLaw.student(degrees: 3, scale: 0.05), false),
  ].flatMap { name, law, isForAll in
    levyOperators.map {
      ExactProblem(
        priorName: name, operatorName: $0.0, prior: .levy(law, length: length),
        measurement: $0.1, isForAll: isForAll)
    }
  }

  private static let levyOperators: [(String, Measurement)] = [
    ("denoising", .configured("{name: denoising}")),
    (
      "imputation",
      .configured(
        "{name: inpainting, mask_type: random, mask_prob_range: [0.6, 0.6], shared: true}")
    ),
    ("deconvolution", .dense(blur)),
  ]

  /// 64 × 64: a Gaussian of 2 samples, cut at 6, rows adding up to 1.
  private static let blur = {
    var rows = matrix(length, length) { i, j in
      abs(i - j) > 6 ? 0 : exp(-0.125 * Double((i - j) * (i - j)))
    }
    for i in 0..<length {
      let total = (0..<length).reduce(0) { $0 + rows[i, $1] }
      for j in 0..<length { rows[i, j] /= total }
    }
    return rows
  }()

  private static func matrix(
    _ rows: Int, _ columns: Int, _ entry: (Int, Int) -> Double
  ) -> Matrix {
    let entries = (0..<rows).flatMap { i in (0..<columns).map { entry(i, $0) } }
    return Matrix(rows: rows, columns: columns, elements: entries)
  }
}
