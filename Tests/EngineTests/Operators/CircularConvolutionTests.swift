import Tensors
import Testing

@testable import Engine

@Suite struct CircularConvolutionTests {
  private func random(_ shape: [Int], step: UInt32 = 0) throws -> Tensor {
    let stream = NoiseStream(seed: 3, image: 5, purpose: .probe, step: step)
    return try Tensor(
      stream.normals(shape.reduce(1, *)).map { Double($0) }, shape: shape)
  }

  private func kernel(_ height: Int, _ width: Int) throws -> ConvolutionKernel {
    let values = NoiseStream(seed: 1, image: 1, purpose: .probe).uniforms(height * width)
    let sum = values.reduce(0, +)
    return try ConvolutionKernel(
      values.map { Double($0 / sum) }, height: height, width: width)
  }

  private func largest(_ x: Tensor) throws -> Double {
    try x.doubles().reduce(0) { max($0, abs($1)) }
  }

  @Test(arguments: [[1, 1], [3, 3], [4, 4], [5, 2], [7, 9]])
  func isTheConvolutionWrittenOut(size: [Int]) throws {
    let (height, width) = (7, 9)
    let kernel = try kernel(size[0], size[1])
    let x = try random([1, 1, height, width])
    let got = try CircularConvolution(kernel: kernel, imageShape: [1, height, width]).apply(x)
      .doubles()
    let values = try x.doubles()
    for i in 0..<height {
      for j in 0..<width {
        var sum = 0.0
        for k in 0..<size[0] {
          for l in 0..<size[1] {
            let row = (i - (k - size[0] / 2) + 2 * height) % height
            let column = (j - (l - size[1] / 2) + 2 * width) % width
            sum += kernel[k, l] * values[row * width + column]
          }
        }
        #expect(abs(got[i * width + j] - sum) < 1e-13)
      }
    }
  }

  @Test(arguments: [0, 0.05, 0.3])
  func adjointIsExact(threshold: Double) throws {
    for shape in [[1, 6, 6], [3, 7, 9], [2, 8, 5]] {
      let blur = try CircularConvolution(
        kernel: kernel(4, 5), imageShape: shape, threshold: threshold)
      #expect(try blur.dotProductError(imageShape: shape) < 1e-12)
    }
  }

  /// At the proximal point Aᵀ(Az − y)/v + p(z − c) = 0.
  @Test(arguments: [0, 0.05])
  func proximalPointIsStationary(threshold: Double) throws {
    let blur = try CircularConvolution(
      kernel: kernel(4, 3), imageShape: [2, 7, 10], threshold: threshold)
    let (c, y) = (try random([3, 2, 7, 10]), try random([3, 2, 7, 10], step: 1))
    for (precision, variance) in [(1.0, 0.01), (30, 2), (1e-3, 1)] {
      let z = try blur.proximal(c, precision: precision, measurement: y, variance: variance)
      let gradient =
        try blur.adjoint(blur.apply(z) - y) / variance + (z - c) * precision
      #expect(try largest(gradient) < 1e-11 * (1 / variance + precision))
    }
  }

  @Test func pseudoInverseHasThePropertiesOfMoorePenrose() throws {
    let blur = try CircularConvolution(
      kernel: kernel(3, 3), imageShape: [1, 8, 8], threshold: 0.2)
    let (x, y) = (try random([1, 1, 8, 8]), try random([1, 1, 8, 8], step: 1))
    let inverse = blur.pseudoInverse
    #expect(try largest(blur.apply(inverse(blur.apply(x))) - blur.apply(x)) < 1e-12)
    #expect(try largest(inverse(blur.apply(inverse(y))) - inverse(y)) < 1e-12)
    // Thresholding lost something, or this would say nothing.
    #expect(try largest(inverse(blur.apply(x)) - x) > 1e-3)
  }

  @Test func rowsDoNotMix() throws {
    let blur = try CircularConvolution(kernel: kernel(3, 3), imageShape: [2, 8, 8])
    let x = try random([4, 2, 8, 8]).converted(to: .float32)
    let spoilt = try Tensor.concatenated(
      [x.rows([0]), x.rows([1]) * .nan, x.rows([2, 3])], along: 0)
    let (clean, other) = try (blur.apply(x), blur.apply(spoilt))
    #expect(try clean.rows([0, 2, 3]).floats() == other.rows([0, 2, 3]).floats())
  }

  /// y[i, j] = Σ k[a, b]·x[i + a − h/2, j + b − w/2], indices modulo the sides; double precision on both sides.
  @Test(arguments: [(5, 6), (4, 6), (5, 5), (2, 1)])
  func aBlurCorrelatesAlsoWithKernelsAsLargeAsTheImage(height: Int, width: Int) throws {
    let (kernel, x) = (try kernel(height, width), try random([1, 1, 5, 6]))
    let y = try CircularBlur(kernel: kernel, imageShape: [1, 5, 6]).apply(x).doubles()
    let values = try x.doubles()
    for place in 0..<30 {
      var sum = 0.0
      for (a, b) in (0..<height).flatMap({ a in (0..<width).map { (a, $0) } }) {
        let (i, j) = (place / 6 + a - height / 2 + 5, place % 6 + b - width / 2 + 6)
        sum += kernel[a, b] * values[i % 5 * 6 + j % 6]
      }
      #expect(abs(y[place] - sum) < 1e-13 * (1 + abs(sum)))
    }
  }

  @Test func refusesKernelsThatDoNotFit() throws {
    #expect(throws: ConvolutionKernelError.tooLarge(kernel: [5, 7], image: [5, 6])) {
      try CircularBlur(kernel: kernel(5, 7), imageShape: [1, 5, 6])
    }
    #expect(throws: ConvolutionKernelError.tooLarge(kernel: [9, 3], image: [8, 8])) {
      try CircularConvolution(kernel: kernel(9, 3), imageShape: [1, 8, 8])
    }
    #expect(throws: ConvolutionKernelError.count(values: 3, height: 2, width: 2)) {
      try ConvolutionKernel([1, 2, 3], height: 2, width: 2)
    }
    #expect(throws: ConvolutionKernelError.notFinite) {
      try ConvolutionKernel([.infinity], height: 1, width: 1)
    }
  }
}
