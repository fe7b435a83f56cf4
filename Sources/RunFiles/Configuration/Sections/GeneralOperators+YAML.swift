extension Configuration.GeneralOperator {
  enum Name: String, CaseIterable {
    case torchScript = "torchscript"
    case matrix, mri, ct, jpeg
    case nonlinearBlur = "nonlinear_blur"
  }

  /// What the files should be.
  fileprivate enum Content {
    static let matrix = "a matrix: dense in an .npy file or sparse in an .npz file (scipy)"
    static let mask = "an .npy or .png file [height, width], 1 (white) where measured"
    static let code = "an .npy file with the blur code"
    static let weights = "a file of KernelWizard's weights (.safetensors or .pth)"
  }

  static func read(_ name: Name, _ section: SectionReader) -> Self? {
    switch name {
    case .torchScript: readScript(section)
    case .matrix: readMatrix(section)
    case .mri: Configuration.MRI.read(section).map { .mri($0) }
    case .ct: Configuration.CT.read(section).map { .ct($0) }
    case .jpeg: readJPEG(section)
    case .nonlinearBlur: Configuration.NonlinearBlur.read(section).map { .nonlinearBlur($0) }
    }
  }

  private static func readScript(_ section: SectionReader) -> Self? {
    let isLinear = section.value("linear", .flag) ?? false
    return section.required("file", .text(Configuration.torchScriptContent))
      .map { .torchScript(file: $0, isLinear: isLinear) }
  }

  private static func readMatrix(_ section: SectionReader) -> Self? {
    let shape = section.value("shape", .shape)
    let file = ValueKind.text(Content.matrix).satisfying("a name that ends in .npy or .npz") {
      $0.hasSuffix(".npy") || $0.hasSuffix(".npz")
    }
    return section.required("file", file).map { .matrix(file: $0, shape: shape) }
  }

  private static func readJPEG(_ section: SectionReader) -> Self? {
    let gradients = Configuration.JPEGGradient.allCases.map { ($0.rawValue, $0) }
    let gradient = section.value(
      "gradient", .choice(gradients, aliases: [("published", .identity)]))
    guard let key = section.exactlyOne(of: ["quality", "qf"]) else { return nil }
    return section.value(key, .integer(1...100))
      .map { .jpeg(quality: $0, gradient: gradient ?? .straightThrough) }
  }

  var yaml: YAMLValue {
    switch self {
    case .torchScript(let file, let isLinear):
      .section([
        ("name", .choice(Name.torchScript)),
        ("file", .file(file, expected: Configuration.torchScriptContent)),
        ("linear", .flag(isLinear)),
      ])
    case .matrix(let file, let shape):
      .section(
        [("name", .choice(Name.matrix)), ("file", .file(file, expected: Content.matrix))]
          + (shape.map { [("shape", .integers($0))] } ?? []))
    case .mri(let mri): .section([("name", .choice(Name.mri))] + mri.yaml)
    case .ct(let ct): .section([("name", .choice(Name.ct))] + ct.yaml)
    case .jpeg(let quality, let gradient):
      .section([
        ("name", .choice(Name.jpeg)), ("quality", .integer(quality)),
        ("gradient", .choice(gradient)),
      ])
    case .nonlinearBlur(let blur): .section([("name", .choice(Name.nonlinearBlur))] + blur.yaml)
    }
  }
}

// MARK: - Magnetic resonance imaging

extension Configuration.MRI {
  private typealias Content = Configuration.GeneralOperator.Content

  static func read(_ section: SectionReader) -> Self? {
    let isCentered = section.value("centered", .flag) ?? true
    let mask =
      section.exactlyOne(of: ["mask", "acceleration"]) == "mask"
      ? readFile(section) : readCartesian(section)
    return mask.map { Self(mask: $0, isCentered: isCentered) }
  }

  private static func readFile(_ section: SectionReader) -> Mask? {
    section.ignore("center_fraction", "the mask comes from a file")
    section.ignore("seed", "the mask comes from a file")
    let file = ValueKind.text(Content.mask).satisfying("a name that ends in .npy or .png") {
      $0.hasSuffix(".npy") || $0.hasSuffix(".png")
    }
    return section.value("mask", file).map { .file($0) }
  }

  private static func readCartesian(_ section: SectionReader) -> Mask? {
    let acceleration = section.value("acceleration", .number(.from(1, to: 1000)))
    let fraction = section.value("center_fraction", .number(.from(0, to: 1))) ?? 0.08
    let seed = section.value("seed", .seed) ?? 0
    return acceleration.map {
      .cartesian(acceleration: $0, centerFraction: fraction, seed: seed)
    }
  }

  var yaml: [(String, YAMLValue)] { maskYAML + [("centered", .flag(isCentered))] }

  private var maskYAML: [(String, YAMLValue)] {
    switch mask {
    case .file(let path): [("mask", .file(path, expected: Content.mask))]
    case .cartesian(let acceleration, let fraction, let seed):
      [
        ("acceleration", .number(acceleration)), ("center_fraction", .number(fraction)),
        ("seed", .integer(seed)),
      ]
    }
  }
}

// MARK: - Computed tomography

extension Configuration.CT {
  private static let limit = 16384

  static func read(_ section: SectionReader) -> Self? {
    let range = section.value("angle_range", .angleRange)
    let detectors = section.value("detectors", .integer(1...limit))
    let spacing = section.value("spacing", .number(.from(1.0 / 64, to: 1024))) ?? 1
    let isNormalized = section.value("normalize", .flag) ?? true
    guard let angles = readAngles(section, range) else { return nil }
    return Self(
      angles: angles, detectors: detectors, spacing: spacing, isNormalized: isNormalized)
  }

  private static func readAngles(_ section: SectionReader, _ range: [Double]?) -> Angles? {
    let range = range ?? [0, 180]
    let count = ValueKind.integer(1...limit).map { Angles.count($0, from: range[0], to: range[1]) }
    let list = ValueKind<[Double]>.list(of: .number(.from(-36000, to: 36000)), count: 1...limit)
    let angles = section.required("angles", count.or(list.map { .list($0) }))
    if case .list? = angles { section.ignore("angle_range", "the angles are given one by one") }
    return angles
  }

  var yaml: [(String, YAMLValue)] {
    let count: [(String, YAMLValue)] = detectors.map { [("detectors", .integer($0))] } ?? []
    return angles.yaml + count
      + [("spacing", .number(spacing)), ("normalize", .flag(isNormalized))]
  }
}

extension Configuration.CT.Angles {
  fileprivate var yaml: [(String, YAMLValue)] {
    switch self {
    case .count(let count, let first, let last):
      [("angles", .integer(count)), ("angle_range", .list([.number(first), .number(last)]))]
    case .list(let angles): [("angles", .list(angles.map { .number($0) }))]
    }
  }
}

extension ValueKind where Value == [Double] {
  /// Two different angles in degrees.
  fileprivate static var angleRange: Self {
    list(of: .number(.from(-36000, to: 36000)), count: 2...2)
      .satisfying("[first, last], two different angles in degrees") { $0[0] != $0[1] }
  }
}

// MARK: - Non-linear blur

extension Configuration.NonlinearBlur {
  private typealias Content = Configuration.GeneralOperator.Content

  static func read(_ section: SectionReader) -> Self? {
    section.ignore("opt_yml_path", "the network's layout follows from its weights")
    let kernel = readKernel(section)
    let weights = section.required("weights", .text(Content.weights))
    guard let weights, let kernel else { return nil }
    return Self(weights: weights, kernel: kernel)
  }

  private static func readKernel(_ section: SectionReader) -> Kernel? {
    let seed = section.value("seed", .seed)
    guard section.entry("kernel") != nil else { return .fixed(seed: seed ?? 0) }
    let kind = ValueKind.text("fixed, redrawn or the name of an .npy file").satisfying(
      "fixed, redrawn or the name of an .npy file"
    ) { ["fixed", "redrawn"].contains($0) || $0.hasSuffix(".npy") }
    guard let word = section.value("kernel", kind) else { return nil }
    switch word {
    case "fixed": return .fixed(seed: seed ?? 0)
    case "redrawn":
      section.ignore("seed", "redrawn kernels follow from run.seed")
      return .redrawn
    default:
      section.ignore("seed", "the kernel comes from a file")
      return .file(word)
    }
  }

  var yaml: [(String, YAMLValue)] {
    [("weights", .file(weights, expected: Content.weights))] + kernelYAML
  }

  private var kernelYAML: [(String, YAMLValue)] {
    switch kernel {
    case .fixed(let seed): [("kernel", .word("fixed")), ("seed", .integer(seed))]
    case .file(let path): [("kernel", .file(path, expected: Content.code))]
    case .redrawn: [("kernel", .word("redrawn"))]
    }
  }
}

// MARK: - Checks

extension Configuration.GeneralOperator {
  /// What cannot be for images [C, H, W].
  func conflicts(imageShape shape: [Int]) -> [Configuration.Conflict] {
    switch self {
    case .jpeg where !Self.isJPEGShape(shape):
      [
        (
          "measurement.operator.name",
          "jpeg takes images of 3 channels with sides that are multiples of 16, or of 1 channel "
            + "with multiples of 8, not \(shape)"
        )
      ]
    default: []
    }
  }

  private static func isJPEGShape(_ shape: [Int]) -> Bool {
    let multiple = shape[0] == 3 ? 16 : 8
    return [1, 3].contains(shape[0]) && shape.dropFirst().allSatisfy { $0 % multiple == 0 }
  }
}
