import Engine
import RunFiles
import Tensors

extension Configuration.UD2MOperator {
  /// The operator for one image; random masks are drawn from the run's seed and the image.
  func engine(shape: [Int], seed: UInt64, image: ImageID) throws -> any MeasurementOperator {
    switch self {
    case .deblurring(let blur): return try blur.engine(shape: shape)
    case .superResolution(let blur, let factor):
      return try CircularSuperResolution(blur: blur.engine(shape: shape), factor: factor)
    case .inpainting(let hole):
      let mask = try hole.mask(height: shape[1], width: shape[2], seed: seed, image: image)
      return try ClippedInpainting(mask: mask)
    }
  }
}

extension Configuration.UD2MOperator.PeriodicBlur {
  fileprivate func engine(shape: [Int]) throws -> CircularConvolution {
    let threshold: Double
    switch self.threshold {
    case .published:
      threshold = CircularConvolution.publishedThreshold(height: shape[1], width: shape[2])
    case .fixed(let value): threshold = value
    }
    return try CircularConvolution(
      kernel: kernel.engine(), imageShape: shape, threshold: threshold)
  }
}

extension Configuration.UD2MOperator.Kernel {
  fileprivate func engine() throws -> ConvolutionKernel {
    switch self {
    case .gaussian(let size, let variance): return try .gaussian(size: size, variance: variance)
    case .uniform(let size): return try .uniform(size: size)
    case .anisotropic: return try .anisotropic()
    case .bicubic(let factor): return try .bicubic(factor: factor)
    case .file(let path):
      let array = try Npy.read(path: path)
      guard array.shape.count == 2 else {
        throw OperatorFileError(
          path: path, text: "the array is \(array.shape); it must be [height, width]")
      }
      return try ConvolutionKernel(
        array.doubles(), height: array.shape[0], width: array.shape[1])
    }
  }
}

extension Configuration.UD2MOperator.Hole {
  fileprivate func mask(
    height: Int, width: Int, seed: UInt64, image: ImageID
  ) throws -> InpaintingMask {
    switch self {
    case .random(let kept):
      let uniform = NoiseStream(seed: seed, image: image.key, purpose: .mask)
        .uniforms(height * width)
      return try .kept(rate: kept, uniform: uniform, height: height, width: width)
    case .box(let share, let row, let column):
      return try .squareHole(
        side: Int(share * Double(height)), row: row, column: column, height: height,
        width: width)
    }
  }
}
