extension Configuration {
  /// What stands beyond the border of a blurred image.
  public enum Boundary: String, Sendable, CaseIterable {
    /// The image, mirrored without repeating its edge.
    case reflect
    /// The other side of the image.
    case circular
  }

  /// How pixels become fewer.
  public enum DownsamplingFilter: Sendable, Equatable {
    /// Antialiased bicubic resizing, edges mirrored.
    case bicubic
    /// The mean of each block.
    case average
    /// Gaussian weights of standard deviation `intensity` pixels around the middle of each block.
    case gaussian(intensity: Double)
  }

  /// Blur with a kernel that is correlated with the image (not flipped).
  public struct Blur: Sendable, Equatable {
    /// The weights; those that are computed sum to 1. Sizes are odd numbers of pixels.
    public enum Kernel: Sendable, Equatable {
      /// The mean over a square.
      case uniform(size: Int)
      /// A Gaussian with two standard deviations in pixels, turned by `angle` degrees.
      case anisotropic(size: Int, vertical: Double, horizontal: Double, angle: Double)
      /// The path of a shaking camera, drawn for each image, or if `isShared` one for all.
      case motion(size: Int, intensity: Double, isShared: Bool)
      /// The weights in an .npy file [k, l], as they are.
      case file(String)
    }

    /// One for all channels.
    public var kernel: Kernel
    /// Mirrored by default.
    public var boundary: Boundary

    public init(kernel: Kernel, boundary: Boundary = .reflect) {
      self.kernel = kernel
      self.boundary = boundary
    }
  }

  /// The modulus of the centred orthonormal Fourier transform of the image between zeros.
  public struct PhaseRetrieval: Sendable, Equatable {
    /// The range of the values that are transformed.
    public enum InputRange: Sendable, Equatable {
      /// Images as they are, in [−1, 1] (DPS).
      case minusOneToOne
      /// Images moved to [0, 1] (DAPS).
      case zeroToOne
    }

    /// At each end of an axis ⌊oversample/8 · side⌋ zeros are added.
    public var oversample: Double
    /// What the Fourier transform is taken of.
    public var inputRange: InputRange
    /// The side that is meant above; nil for each axis its own.
    public var resolution: Int?

    public init(oversample: Double = 2, inputRange: InputRange, resolution: Int? = nil) {
      self.oversample = oversample
      self.inputRange = inputRange
      self.resolution = resolution
    }
  }
}
