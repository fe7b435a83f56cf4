import Foundation
import Tensors

/// The sizes of a 3×3 convolution in a network.
struct ConvolutionSizes {
  let batch: Int
  let from: Int
  let to: Int
  let side: Int

  /// From the FFHQ-256 shape one image at a time, from fashion32 eight, the last from ImageNet-256.
  static let all = [
    Self(batch: 1, from: 128, to: 128, side: 256), Self(batch: 1, from: 256, to: 128, side: 256),
    Self(batch: 1, from: 256, to: 256, side: 64), Self(batch: 1, from: 512, to: 512, side: 16),
    Self(batch: 8, from: 64, to: 64, side: 32), Self(batch: 8, from: 128, to: 128, side: 16),
    Self(batch: 8, from: 128, to: 128, side: 8), Self(batch: 1, from: 512, to: 512, side: 8),
    Self(batch: 1, from: 1024, to: 1024, side: 8), Self(batch: 2, from: 512, to: 512, side: 8),
  ]

  /// Few pixels for many filters: packing them anew would take long beside the convolution.
  static let few = [
    Self(batch: 1, from: 512, to: 512, side: 8), Self(batch: 1, from: 512, to: 512, side: 16),
    Self(batch: 1, from: 256, to: 256, side: 64),
  ]

  var description: String { "\(batch), \(from) → \(to), \(side)²" }
}

/// One convolution as libtorch does it and as we do, on the same numbers.
struct ConvolutionTrial {
  private let sizes: ConvolutionSizes
  private let x: Tensor
  private let weight: Tensor
  private let filters: ConvolutionFilters
  private let cotangent: Tensor

  /// Any numbers will do: neither times nor errors over so many depend on the draw.
  init(_ sizes: ConvolutionSizes, _ type: ScalarType) throws {
    func uniform(_ shape: [Int], _ size: Float) throws -> Tensor {
      let values = (0..<shape.reduce(1, *)).map { _ in
        Float.random(in: -size...size)
      }
      return try Tensor(values, shape: shape).converted(to: type)
    }
    self.sizes = sizes
    let image = [sizes.side, sizes.side]
    x = try uniform([sizes.batch, sizes.from] + image, 1).channelsLast()
    weight = try uniform([sizes.to, sizes.from, 3, 3], 1 / Float(9 * sizes.from).squareRoot())
    filters = try ConvolutionFilters(weight, bias: nil, padding: 1)
    cotangent = try uniform([sizes.batch, sizes.to] + image, 1).channelsLast()
  }

  /// A row of the table: times, their ratio, root mean square errors over that of the result.
  func row() throws -> String {
    let direct: (Tensor) throws -> Tensor = { try $0.plainConvolution(weight: weight, padding: 1) }
    let ours: (Tensor) throws -> Tensor = { try $0.convolution(filters) }
    let exact = try x.converted(to: .float64)
      .plainConvolution(weight: weight.converted(to: .float64), padding: 1)
    let values = try Self.seconds({ _ = try direct(x) }, { _ = try ours(x) })
    let gradients = try Self.seconds({ try differentiate(direct) }, { try differentiate(ours) })
    return "| \(sizes.description) | \(milliseconds(values.0)) | \(milliseconds(values.1)) | "
      + "\(ratio(values)) | \(try error(direct(x), exact)) | \(try error(ours(x), exact)) | "
      + "\(ratio(gradients)) |"
  }

  private func differentiate(_ layer: (Tensor) throws -> Tensor) throws {
    _ = try vectorJacobianProduct(at: x, cotangent: cotangent) { try layer($0) }
  }

  /// The fewest seconds of either, taken in turns for three seconds.
  private static func seconds(
    _ first: () throws -> Void, _ second: () throws -> Void
  ) throws -> (Double, Double) {
    let end = ContinuousClock.now + .seconds(3)
    var best = (Double.infinity, Double.infinity)
    while ContinuousClock.now < end {
      best.0 = min(best.0, try ContinuousClock().measure(first) / .seconds(1))
      best.1 = min(best.1, try ContinuousClock().measure(second) / .seconds(1))
    }
    return best
  }

  private func error(_ found: Tensor, _ exact: Tensor) throws -> String {
    let (found, exact) = (try found.doubles(), try exact.doubles())
    let off = zip(found, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let size = exact.reduce(0) { $0 + $1 * $1 }
    return String(format: "%.1e", (off / size).squareRoot())
  }

  private func milliseconds(_ seconds: Double) -> String {
    String(format: "%.2f ms", 1000 * seconds)
  }

  private func ratio(_ seconds: (Double, Double)) -> String {
    String(format: "%.2f", seconds.0 / seconds.1)
  }
}
