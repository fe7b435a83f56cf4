import RunFiles
import Tensors
import Testing

@testable import Engine
@testable import Worker

/// Operators as the configuration describes them.
@Suite struct ImagingOperatorTests {
  private func made(
    _ operation: Configuration.Operator, shape: [Int] = [3, 16, 12], image: String = "a"
  ) throws -> any MeasurementOperator {
    try operation.engine(shape: shape, seed: 3, image: ImageID(name: image))
  }

  private func y(
    _ operation: Configuration.Operator, shape: [Int] = [3, 16, 12], image: String = "a"
  ) throws -> [Float] {
    let values = NoiseStream(seed: 1, image: 1, purpose: .probe).normals(shape.reduce(1, *))
    return try made(operation, shape: shape, image: image)
      .apply(Tensor(values, shape: [1] + shape)).floats()
  }

  @Test func boundariesDifferAtTheBorderOnly() throws {
    let kernels: [Configuration.Blur.Kernel] = [
      .uniform(size: 3), .anisotropic(size: 3, vertical: 2, horizontal: 0.5, angle: 0),
      .anisotropic(size: 3, vertical: 2, horizontal: 0.5, angle: 20),
      .motion(size: 3, intensity: 0.5, isShared: false),
    ]
    let operators =
      kernels.map { kernel in
        { Configuration.Operator.blur(.init(kernel: kernel, boundary: $0)) }
      } + [{ .gaussianBlur(kernelSize: 3, intensity: 1, boundary: $0) }]
    for operation in operators {
      let (reflect, circular) = (try y(operation(.reflect)), try y(operation(.circular)))
      for pixel in reflect.indices {
        let (row, column) = (pixel / 12 % 16, pixel % 12)
        if (1..<15).contains(row), (1..<11).contains(column) {
          #expect(abs(reflect[pixel] - circular[pixel]) < 3e-6)
        }
      }
      #expect(zip(reflect, circular).contains { abs($0 - $1) > 1e-3 })
    }
  }

  @Test func sharedDrawsServeAllImages() throws {
    func mask(_ isShared: Bool) -> Configuration.Operator {
      .inpainting(.init(mask: .random(probability: 0.5...0.5), isShared: isShared))
    }
    func motion(_ isShared: Bool) -> Configuration.Operator {
      .blur(.init(kernel: .motion(size: 9, intensity: 0.5, isShared: isShared)))
    }
    for operation in [mask, motion] {
      #expect(try y(operation(true)) == y(operation(true), image: "b"))
      #expect(try y(operation(false)) != y(operation(false), image: "b"))
      #expect(operation(false).isDrawnForEachImage && !operation(true).isDrawnForEachImage)
    }
  }

  @Test func kernelsAndMasksComeFromFiles() throws {
    let folder = try TestFolder()
    try folder.write(StoredArray([0, 0, 0, 0, 0, 1] as [Float], shape: [1, 2, 3]), "k.npy")
    let blur = Configuration.Blur(kernel: .file(folder.path + "/k.npy"))
    let shifted = try y(.blur(blur))
    let x = NoiseStream(seed: 1, image: 1, purpose: .probe).normals(3 * 16 * 12)
    // The centre of the kernel is at row 1, column 1: its one weight takes the pixel to the right.
    for row in 0..<48 { #expect(abs(shifted[row * 12] - x[row * 12 + 1]) < 3e-6) }
    #expect(!Configuration.Operator.blur(blur).isDrawnForEachImage)

    let ones = (0..<192).map { Float($0 % 2) }
    try folder.write(StoredArray(ones, shape: [16, 12]), "m.npy")
    let inpainting = Configuration.Inpainting(mask: .file(folder.path + "/m.npy"))
    let kept = try y(.inpainting(inpainting))
    #expect(kept.indices.allSatisfy { kept[$0] == ($0 % 2 == 0 ? 0 : x[$0]) })
  }

  @Test func filesThatDoNotFitAreNamed() throws {
    let folder = try TestFolder()
    try folder.write(StoredArray([1, 2, 3] as [Float], shape: [3]), "k.npy")
    try folder.write(StoredArray([Float](repeating: 1, count: 99 * 99), shape: [99, 99]), "l.npy")
    try folder.write(StoredArray([.nan, 1] as [Float], shape: [1, 2]), "n.npy")
    for (name, text) in [("k", "[3]"), ("l", "larger than 49"), ("n", "not finite")] {
      let path = folder.path + "/\(name).npy"
      do {
        _ = try made(.blur(.init(kernel: .file(path))))
        Issue.record("\(name) was taken")
      } catch {
        #expect("\(error)".hasPrefix(path) && "\(error)".contains(text), "\(error)")
      }
    }
  }

  @Test func filtersOfSuperResolution() throws {
    for filter in [Configuration.DownsamplingFilter.bicubic, .average, .gaussian(intensity: 2)] {
      let operation = Configuration.Operator.superResolution(scaleFactor: 4, filter: filter)
      #expect(try made(operation).measurementShape(ofImage: [3, 16, 12]) == [3, 4, 3])
    }
    #expect(
      try y(.superResolution(scaleFactor: 4, filter: .average))
        != y(.superResolution(scaleFactor: 4)))
  }

  @Test func phaseRetrievalKeepsItsScalingAndPlane() throws {
    let dps = Configuration.PhaseRetrieval(inputRange: .minusOneToOne, resolution: 32)
    let operation = try #require(try made(.phaseRetrieval(dps)) as? PhaseRetrieval)
    #expect(operation.inputRange == .minusOneToOne && operation.padding == (8, 8))
    let daps = Configuration.PhaseRetrieval(inputRange: .zeroToOne)
    let other = try #require(try made(.phaseRetrieval(daps)) as? PhaseRetrieval)
    #expect(other.inputRange == .zeroToOne && other.padding == (4, 3))
  }
}
