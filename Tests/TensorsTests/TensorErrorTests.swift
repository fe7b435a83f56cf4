import Foundation
import Testing

@testable import Tensors

@Suite struct TensorErrorTests {
  private func message(_ body: () throws -> Tensor) -> String {
    do {
      _ = try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func valuesMustFillTheShape() {
    #expect(
      message { try Tensor([Float(1), 2, 3], shape: [2, 2]) }
        == "Tensor: 3 values do not fill the shape [2, 2]")
    #expect(message { try Tensor([Float(1)], shape: [-1, -1]) }.contains("do not fill"))
  }

  @Test func shapesThatDoNotBroadcastAreNamed() throws {
    let text = message { try Tensor.full(1, shape: [2, 3]) + Tensor.full(1, shape: [4, 3]) }
    #expect(text.hasPrefix("+: "))
    #expect(text.contains("(2)") && text.contains("(4)") && text.contains("dimension 0"))
  }

  /// libtorch's message has three sentences on what may have happened to the file.
  @Test func aFileThatIsNoTorchScriptIsNamedInOneSentence() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).pt").path
    try Data("not a network".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let error = #expect(throws: ScriptModuleError.self) { _ = try ScriptModule(path: path) }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("loading \(path) as TorchScript: "))
    #expect(text.contains("ZIP archive") && !text.contains("corrupted") && !text.hasSuffix("."))
  }

  @Test func aMatrixProductSaysWhichSizesMet() throws {
    let text = message {
      try Tensor.full(1, shape: [2, 3]).matrixProduct(Tensor.full(1, shape: [4, 5]))
    }
    #expect(text.hasPrefix("matrixProduct: "))
    #expect(text.contains("2x3") && text.contains("4x5"))
  }

  @Test func convolutionSaysWhichChannelsItWants() throws {
    let x = try Tensor.full(1, shape: [1, 3, 4, 4])
    let weight = try Tensor.full(1, shape: [2, 5, 3, 3])
    let text = message { try x.convolution(weight: weight, bias: nil, padding: 1) }
    #expect(text.hasPrefix("convolution: "))
    #expect(text.contains("5 channels") && text.contains("3 channels"))
  }

  @Test func messagesHaveNoStackTrace() throws {
    let text = message { try Tensor.full(1, shape: [2]).reshaped([3]) }
    #expect(text.hasPrefix("reshaped([3]): "))
    #expect(!text.contains("frame #") && !text.contains("Exception raised from"))
  }

  @Test func theValuesOfATensorWithoutMemoryCannotBeRead() throws {
    let shapes = try Tensor.full(1, shape: [2, 2], device: .meta)
    #expect(shapes.device == .meta && shapes.shape == [2, 2])
    #expect(throws: TensorError.self) { _ = try shapes.floats() }
  }

  @Test func tensorsOnDifferentDevicesDoNotMix() throws {
    let there = try Tensor.full(1, shape: [2, 2], device: .meta)
    let here = try Tensor.full(1, shape: [2, 2])
    #expect(throws: TensorError.self) { _ = try there.matrixProduct(here).floats() }
  }

  /// Nor has the mock of `Tests/Support/MockGPU` this one.
  @Test func aGPUThatIsNotThereIsAnError() throws {
    let (here, absent) = (try Tensor.full(1, shape: [2]), Device.cuda(TorchRuntime.gpuCount + 7))
    #expect(throws: TensorError.self) { _ = try here.moved(to: absent) }
    #expect(throws: TensorError.self) { _ = try here.sent(to: absent) }
    #expect(throws: TensorError.self) { _ = try Tensor.full(1, shape: [2], device: absent) }
  }

  @Test(arguments: [(0..<3, 0), (-1..<1, 0), (0..<1, 2), (0..<1, -1)])
  func slicesOutsideAreRefused(range: Range<Int>, dimension: Int) throws {
    let tensor = try Tensor.full(1, shape: [2, 3])
    #expect(throws: TensorError.self) { _ = try tensor.sliced(range, along: dimension) }
  }

  @Test(arguments: [[2], [-1], [0, 5]])
  func rowsOutsideAreRefused(numbers: [Int]) throws {
    let tensor = try Tensor.full(1, shape: [2, 3])
    #expect(throws: TensorError.self) { _ = try tensor.rows(numbers) }
  }

  @Test func joiningAndPermutingCheckTheirDimensions() throws {
    let (a, b) = (try Tensor.full(1, shape: [2, 3]), try Tensor.full(1, shape: [2, 4]))
    #expect(throws: TensorError.self) { _ = try Tensor.concatenated([a, b], along: 0) }
    #expect(throws: TensorError.self) { _ = try Tensor.concatenated([], along: 0) }
    #expect(throws: TensorError.self) { _ = try a.permuted([0, 0]) }
    #expect(throws: TensorError.self) { _ = try a.permuted([0]) }
    #expect(throws: TensorError.self) { _ = try Tensor.full(1, shape: [2]).transposed() }
  }

  @Test func layersCheckTheirShapes() throws {
    let x = try Tensor.full(1, shape: [2, 6, 4, 4])
    let six = try Tensor.full(1, shape: [6])
    let five = try Tensor.full(1, shape: [5])
    let wide = try Tensor.full(1, shape: [2, 7])
    #expect(
      message { try x.normActivation(groups: 4, weight: six, bias: six) }
        == "normActivation: normActivation: 6 channels do not divide into 4 groups")
    #expect(throws: TensorError.self) {
      _ = try x.normActivation(groups: 0, weight: six, bias: six)
    }
    #expect(throws: TensorError.self) {
      _ = try x.normActivation(groups: 3, weight: five, bias: six)
    }
    #expect(throws: TensorError.self) {
      _ = try x.normActivation(groups: 3, weight: six, bias: six, scale: wide)
    }
    #expect(throws: TensorError.self) {
      _ = try six.normActivation(groups: 3, weight: six, bias: six)
    }
    #expect(throws: TensorError.self) { _ = try six.upsampledNearest() }
    #expect(throws: TensorError.self) { _ = try six.averagePooled() }
  }

  @Test func aCotangentMustHaveTheShapeOfTheValue() throws {
    let x = try Tensor.full(1, shape: [3])
    let cotangent = try Tensor.full(1, shape: [2])
    #expect(throws: TensorError.self) {
      _ = try vectorJacobianProduct(at: x, cotangent: cotangent) { try $0.squared() }
    }
  }

  @Test func onlyFractionsHaveGradients() throws {
    let x = try Tensor([Int64(1), 2], shape: [2])
    #expect(throws: TensorError.self) { _ = try valueAndGradient(at: x) { try $0 * 2 } }
  }

  @Test func anErrorInsideAFunctionComesOut() throws {
    struct Mine: Error {}
    let x = try Tensor.full(1, shape: [2])
    #expect(throws: Mine.self) { _ = try valueAndGradient(at: x) { _ -> Tensor in throw Mine() } }
  }

  /// Our own kernels read memory: they must not get that of another device.
  @Test func fusedLayersRefuseWeightsOfAnotherDevice() throws {
    let x = try Tensor.full(1, shape: [1, 32, 16, 16])
    let (here, there) = (
      try Tensor.full(1, shape: [32]), try Tensor.full(1, shape: [32], device: .meta)
    )
    let row = try Tensor.full(1, shape: [1, 32], device: .meta)
    let kernel = try Tensor.full(1, shape: [32, 32, 3, 3])
    let kernelThere = try Tensor.full(1, shape: [32, 32, 3, 3], device: .meta)
    for body in [
      { try x.normActivation(groups: 32, weight: there, bias: here) },
      { try x.normActivation(groups: 32, weight: here, bias: there) },
      { try x.normActivation(groups: 32, weight: here, bias: here, scale: row) },
      { try x.normActivation(groups: 32, weight: here, bias: here, shift: row) },
      { try x.convolution(weight: kernelThere, bias: nil, padding: 1) },
      { try x.convolution(weight: kernel, bias: there, padding: 1) },
    ] as [() throws -> Tensor] {
      #expect(throws: TensorError.self) { _ = try body() }
    }
  }

  /// cuDNN's defaults are 10 bits, and whatever algorithm is fastest.
  @Test func gpusKeepFloat32() {
    TorchRuntime.prepareGPUs()
    #expect(TorchRuntime.gpusArePrepared)
  }
}
