import LinearAlgebra
import Tensors

/// The singular value decomposition of a separable map Y = V X Uᵀ.
///
/// With V = P·diag(s)·Qᵀ and U = R·diag(t)·Sᵀ its singular values are the products sᵢ·tⱼ, and its singular
/// vectors the outer products of theirs. So functions of the map cost four products with the sides of an
/// image.
struct SeparableDecomposition: SingularSpectrum {
  /// Pᵀ and Q.
  private let measured, seen: ConstantMatrix
  /// Rᵀ and S.
  private let measuredAcross, seenAcross: ConstantMatrix
  /// The products sᵢ·tⱼ.
  private let values: ConstantMatrix
  /// The same, where they can be read without asking a device.
  private let products: [Double]
  private let largest: Double

  var largestSingularValue: Double { largest }

  init(vertical: SingularValues, horizontal: SingularValues) throws {
    products = vertical.values.flatMap { s in horizontal.values.map { s * $0 } }
    measured = try ConstantMatrix(vertical.left.transposed)
    seen = try ConstantMatrix(vertical.right.transposed)
    measuredAcross = try ConstantMatrix(horizontal.left.transposed)
    seenAcross = try ConstantMatrix(horizontal.right.transposed)
    values = try ConstantMatrix(
      products, rows: vertical.values.count, columns: horizontal.values.count)
    largest = products.max() ?? 0
  }

  private init(
    _ vertical: (ConstantMatrix, ConstantMatrix), _ horizontal: (ConstantMatrix, ConstantMatrix),
    values: ConstantMatrix, products: [Double]
  ) {
    (measured, seen) = vertical
    (measuredAcross, seenAcross) = horizontal
    self.values = values
    self.products = products
    largest = products.max() ?? 0
  }

  func moved(to device: Device) throws -> SeparableDecomposition {
    SeparableDecomposition(
      (try measured.moved(to: device), try seen.moved(to: device)),
      (try measuredAcross.moved(to: device), try seenAcross.moved(to: device)),
      values: try values.moved(to: device), products: products)
  }

  /// A⁺ y, singular values up to `cut` times the largest counting as 0.
  func pseudoInverse(_ y: Tensor, cut: Double) throws -> Tensor {
    let s = values(for: y)
    let lost = try s.isAtMost(cut * largest)
    let one = try s * 0 + 1
    return try filtered(y, gain: lost.choosing(s * 0, else: one / lost.choosing(one, else: s)))
  }

  /// Aᵀ(A Aᵀ + λ)⁻¹ y for λ > 0.
  func regularisedInverse(_ y: Tensor, _ lambda: Double) throws -> Tensor {
    let s = values(for: y)
    return try filtered(y, gain: s / (s.squared() + lambda))
  }

  /// Directions without a singular vector of their own are in the null space: they are scaled with the
  /// rest of x, and the others by what their factor differs from that.
  func scaled(_ x: Tensor, by gain: (Double) -> Double) throws -> Tensor {
    let rest = gain(0)
    let gains = try ConstantMatrix(
      products.map { gain($0) - rest }, rows: values.double.shape[0],
      columns: values.double.shape[1]
    ).sent(to: x.device)
    let (rows, columns) = (seen(for: x), seenAcross(for: x))
    let weights = try rows.transposed().matrixProduct(x.matrixProduct(columns))
    let own = try rows.matrixProduct((weights * gains(for: x)).linear(weight: columns, bias: nil))
    return try x * rest + own
  }

  /// Σᵢ gainᵢ·vᵢ·⟨uᵢ, y⟩ over singular vectors u of measurements and v of images.
  private func filtered(_ y: Tensor, gain: Tensor) throws -> Tensor {
    let weights = try measured(for: y)
      .matrixProduct(y.linear(weight: measuredAcross(for: y), bias: nil))
    return try seen(for: y)
      .matrixProduct((weights * gain).linear(weight: seenAcross(for: y), bias: nil))
  }
}
