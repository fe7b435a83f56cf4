import Foundation

/// The interpolation kernels of image resizing.
///
/// Source: the kernels of MATLAB's `imresize`; the cubic is Keys 1981 with a = −½.
public enum ResizingKernel: String, Sendable, CaseIterable {
  case cubic
  case lanczos2
  case lanczos3
  case box
  case linear

  /// The width of the interval where the kernel is not zero, in input pixels.
  public var width: Double {
    switch self {
    case .cubic, .lanczos2: 4
    case .lanczos3: 6
    case .box: 1
    case .linear: 2
    }
  }

  /// The value of the kernel at a distance in input pixels.
  public func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .cubic: Self.keys(abs(x))
    case .lanczos2: Self.lanczos(x, lobes: 2)
    case .lanczos3: Self.lanczos(x, lobes: 3)
    case .box: x >= -0.5 && x < 0.5 ? 1 : 0
    case .linear: max(0, 1 - abs(x))
    }
  }

  private static func keys(_ x: Double) -> Double {
    let (square, cube) = (x * x, x * x * x)
    if x <= 1 { return 1.5 * cube - 2.5 * square + 1 }
    if x <= 2 { return -0.5 * cube + 2.5 * square - 4 * x + 2 }
    return 0
  }

  /// sinc(x)·sinc(x/lobes); the ε keeps the quotient 1 at zero.
  private static func lanczos(_ x: Double, lobes: Double) -> Double {
    guard abs(x) < lobes else { return 0 }
    let epsilon = Double(Float.ulpOfOne)
    let numerator = sin(.pi * x) * sin(.pi * x / lobes) + epsilon
    return numerator / (.pi * .pi * x * x / lobes + epsilon)
  }
}
