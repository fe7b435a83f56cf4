extension Configuration {
  /// Operators that users bring, by a file or by the geometry of an instrument, and JPEG and the blur network.
  public enum GeneralOperator: Sendable, Equatable {
    /// y = f(x), f the TorchScript module in `file`; `isLinear` makes its vector-Jacobian product the adjoint.
    case torchScript(file: String, isLinear: Bool)
    /// y = A·vec(x), A dense (.npy) or sparse (.npz); `shape` is that of y, [1, 1, rows] if nil.
    case matrix(file: String, shape: [Int]?)
    /// Single-coil magnetic resonance imaging, undersampled.
    case mri(MRI)
    /// Parallel-beam computed tomography.
    case ct(CT)
    /// JPEG of a quality 1…100.
    case jpeg(quality: Int, gradient: JPEGGradient)
    /// Blur by the KernelWizard network.
    case nonlinearBlur(NonlinearBlur)
  }

  /// Which spatial frequencies are measured.
  public struct MRI: Sendable, Equatable {
    /// Where the mask comes from.
    public enum Mask: Sendable, Equatable {
      /// An .npy or .png file [H, W], 1 (white) where a frequency is measured.
      case file(String)
      /// Whole columns: 1/`acceleration` of them, the share `centerFraction` in the middle, the others drawn.
      case cartesian(acceleration: Double, centerFraction: Double, seed: UInt64)
    }

    /// The same for every channel and every image.
    public var mask: Mask
    /// Whether frequency zero is in the middle of mask and measurement, else at (0, 0).
    public var isCentered: Bool

    public init(mask: Mask, isCentered: Bool = true) {
      self.mask = mask
      self.isCentered = isCentered
    }
  }

  /// The geometry of a parallel-beam scan, lengths in pixels.
  public struct CT: Sendable, Equatable {
    /// The directions of the beams.
    public enum Angles: Sendable, Equatable {
      /// So many from the first bound on, equally far apart, the second bound left out; degrees.
      case count(Int, from: Double, to: Double)
      /// Degrees.
      case list([Double])
    }

    /// One projection of the image for each.
    public var angles: Angles
    /// Number of detectors; nil for as many as see the whole image.
    public var detectors: Int?
    /// Width of a detector.
    public var spacing: Double
    /// Whether A is divided by its norm.
    public var isNormalized: Bool

    public init(
      angles: Angles, detectors: Int? = nil, spacing: Double = 1, isNormalized: Bool = true
    ) {
      self.angles = angles
      self.detectors = detectors
      self.spacing = spacing
      self.isNormalized = isNormalized
    }
  }

  /// What stands for the derivative of JPEG.
  public enum JPEGGradient: String, Sendable, CaseIterable {
    case straightThrough = "straight-through"
    case identity
    case zero
  }

  /// Blur by the KernelWizard network.
  public struct NonlinearBlur: Sendable, Equatable {
    /// Where the blur code comes from.
    public enum Kernel: Sendable, Equatable {
      /// One blur code for all images and steps, drawn from the seed.
      case fixed(seed: UInt64)
      /// One blur code for all images and steps, an .npy file [1, K, h, w].
      case file(String)
      /// Another code for the measurement of each image and for each step of each sample.
      case redrawn
    }

    /// A file of the network's weights.
    public var weights: String
    /// The code of seed 0 by default.
    public var kernel: Kernel

    public init(weights: String, kernel: Kernel = .fixed(seed: 0)) {
      self.weights = weights
      self.kernel = kernel
    }
  }
}
