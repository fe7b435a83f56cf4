import Tensors
import Testing

@testable import Engine

/// What the operators do to images whose measurement is known.
@Suite struct OperatorValueTests {
  private func random(_ shape: [Int]) throws -> Tensor {
    let stream = NoiseStream(seed: 3, image: 2, purpose: .probe)
    return try Tensor(stream.normals(shape.reduce(1, *)), shape: shape)
  }

  /// Correlation with the square kernel, the image reflected without its edge, pixel by pixel.
  private func correlated(_ image: [Float], _ height: Int, _ width: Int, _ kernel: GaussianKernel)
    -> [Double]
  {
    func reflected(_ index: Int, _ length: Int) -> Int {
      index < 0 ? -index : index >= length ? 2 * (length - 1) - index : index
    }
    let (square, size) = (kernel.square(), kernel.size)
    return (0..<height * width).map { pixel in
      (0..<size * size).reduce(0.0) { sum, tap in
        let row = reflected(pixel / width + tap / size - size / 2, height)
        let column = reflected(pixel % width + tap % size - size / 2, width)
        return sum + square[tap] * Double(image[row * width + column])
      }
    }
  }

  @Test(arguments: [(9, 1.0), (9, 3), (13, 2)])
  func blurIsTheTwoDimensionalCorrelation(size: Int, intensity: Double) throws {
    let (height, width) = (7, 10)
    let blur = try GaussianBlur(
      kernelSize: size, intensity: intensity, imageShape: [1, height, width])
    let x = try random([1, 1, height, width])
    let expected = correlated(try x.floats(), height, width, blur.kernel)
    for (value, wanted) in zip(try blur.apply(x).doubles(), expected) {
      #expect(abs(value - wanted) < 1e-6)
    }
  }

  @Test func constantImagesKeepTheirValue() throws {
    let x = try Tensor.full(0.75, shape: [1, 3, 31, 37])
    let operators: [any LinearOperator] = [
      try GaussianBlur(kernelSize: 61, intensity: 3, imageShape: [3, 31, 37]),
      try SuperResolution(scaleFactor: 4, imageShape: [3, 31, 37]), Denoising(),
    ]
    for linear in operators {
      #expect(try linear.apply(x).floats().allSatisfy { abs($0 - 0.75) < 1e-6 })
    }
  }

  /// A symmetric kernel leaves a ramp alone away from the border.
  @Test func rampsKeepTheirSlope() throws {
    let ramp = (0..<64).map { Float($0) / 64 }
    let x = try Tensor([[Float]](repeating: ramp, count: 64).flatMap { $0 }, shape: [1, 1, 64, 64])
    let small = try SuperResolution(scaleFactor: 4, imageShape: [1, 64, 64]).apply(x).floats()
    for column in 2..<14 {
      #expect(abs(small[7 * 16 + column] - (4 * Float(column) + 1.5) / 64) < 1e-6)
    }
  }

  @Test func inpaintingHidesThePixelsOfAllChannels() throws {
    let mask = try InpaintingMask(values: [1, 0, 0, 1, 1, 0], height: 2, width: 3)
    let inpainting = try Inpainting(mask: mask)
    let x = try random([2, 3, 2, 3])
    let expected = zip(try x.floats(), (0..<6).flatMap { _ in mask.values }).map { $0 * $1 }
    #expect(try inpainting.apply(x).floats() == expected)
    #expect(try inpainting.measurementShape(ofImage: [3, 2, 3]) == [3, 2, 3])
  }

  /// The transfer of one axis at frequency 0 is ½ for a factor of 4.
  @Test func normsOfSuperResolution() throws {
    for factor in [2, 4] {
      let shape = [1, 8 * factor, 8 * factor]
      let norm = try SuperResolution(scaleFactor: factor, imageShape: shape)
        .operatorNorm(imageShape: shape, iterations: 2000, tolerance: 1e-12)
      #expect(abs(norm - 1 / Double(factor)) < 1e-4)
    }
  }

  @Test func normsOfMasksAndTheIdentity() throws {
    #expect(abs(try Denoising().operatorNorm(imageShape: [1, 4, 4]) - 1) < 1e-12)
    let mask = try InpaintingMask(values: [1, 0, 1, 1], height: 2, width: 2)
    #expect(abs(try Inpainting(mask: mask).operatorNorm(imageShape: [3, 2, 2]) - 1) < 1e-12)
    let nothing = try InpaintingMask(values: [0, 0], height: 1, width: 2)
    #expect(try Inpainting(mask: nothing).operatorNorm(imageShape: [1, 1, 2]) == 0)
  }

  @Test func projectionOntoAMaskReplacesTheKeptPixels() throws {
    let mask = try InpaintingMask(values: [1, 0, 0, 1], height: 2, width: 2)
    let (x, y) = (
      try random([1, 1, 2, 2]), try Tensor([5, 6, 7, 8] as [Float], shape: [1, 1, 2, 2])
    )
    let projected = try Inpainting(mask: mask).project(x, onto: y).floats()
    let start = try x.floats()
    #expect(projected[1...2] == start[1...2])
    #expect(abs(projected[0] - 5) < 1e-6 && abs(projected[3] - 8) < 1e-6)
  }

  @Test func repeatingFillsSizesTheFactorDoesNotDivide() throws {
    let shape = [1, 5, 3]
    let small = try SuperResolution(scaleFactor: 2, imageShape: shape)
    let y = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [1, 1, 3, 2])
    #expect(
      try small.repeated(y).floats() == [1, 1, 2, 1, 1, 2, 3, 3, 4, 3, 3, 4, 5, 5, 6])
    #expect(try small.project(random([1] + shape), onto: y).shape == [1] + shape)
  }

  @Test func impossibleOperatorsAreRefused() {
    #expect(throws: OperatorError.imageTooSmall(height: 30, width: 64, kernelSize: 61)) {
      _ = try GaussianBlur(kernelSize: 61, intensity: 3, imageShape: [3, 30, 64])
    }
    #expect(throws: OperatorError.notAnImageShape([32, 32])) {
      _ = try GaussianBlur(kernelSize: 9, intensity: 3, imageShape: [32, 32])
    }
    #expect(throws: OperatorError.notAnImageShape([3, 0, 32])) {
      _ = try SuperResolution(scaleFactor: 4, imageShape: [3, 0, 32])
    }
    for factor in [Int.min, 0, 1025] {
      #expect(throws: OperatorError.scaleFactor(factor)) {
        _ = try SuperResolution(scaleFactor: factor, imageShape: [3, 32, 32])
      }
    }
  }

  @Test func errorsSayWhatToDo() {
    #expect(
      OperatorError.imageTooSmall(height: 28, width: 64, kernelSize: 61).description
        == "A blur kernel of 61 pixels needs images larger than 30 pixels a side; these have "
        + "28×64. Use a kernel of at most 55 pixels.")
    #expect(
      OperatorError.shape(operation: "Inpainting", wanted: "[…, 2, 3]", found: [1, 2]).description
        == "Inpainting takes a tensor of shape […, 2, 3], not [1, 2].")
  }
}
