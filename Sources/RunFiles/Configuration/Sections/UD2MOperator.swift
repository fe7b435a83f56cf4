extension Configuration {
  /// The operators of UD2M, whose borders are periodic.
  public enum UD2MOperator: Sendable, Equatable {
    case deblurring(PeriodicBlur)
    /// Blur, then every `factor`-th row and column from the first.
    case superResolution(PeriodicBlur, factor: Int)
    /// Missing pixels are −1 in y.
    case inpainting(Hole)

    /// A convolution by Fourier transforms.
    public struct PeriodicBlur: Sendable, Equatable {
      /// Flipped, as in a convolution; one for all channels.
      public var kernel: Kernel
      /// Smaller coefficients count as 0.
      public var threshold: Threshold

      /// Makes a blur with the published threshold.
      public init(kernel: Kernel, threshold: Threshold = .published) {
        self.kernel = kernel
        self.threshold = threshold
      }
    }

    /// Below which Fourier coefficients of the kernel are cleared.
    public enum Threshold: Sendable, Equatable {
      /// 2.22e-6·(H·log₂H + W·log₂W).
      case published
      case fixed(Double)
    }

    /// The weights of the convolution.
    public enum Kernel: Sendable, Equatable {
      case gaussian(size: Int, variance: Double)
      case uniform(size: Int)
      /// 5×5, nearly uniform.
      case anisotropic
      /// 4·factor pixels a side.
      case bicubic(factor: Int)
      /// An npy file with a matrix.
      case file(String)
    }

    /// The pixels that are missing.
    public enum Hole: Sendable, Equatable {
      /// Each pixel is kept with this probability.
      case random(kept: Double)
      /// A square of int(share·height) pixels a side with its first corner there.
      case box(share: Double, row: Int, column: Int)
    }
  }
}
