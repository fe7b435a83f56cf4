import MockGPU
import Tensors
import Testing

@testable import Engine

/// What runs on a GPU stays on it: everything here is computed on the mock of one, which refuses tensors
/// of two devices in one operation and counts what is copied, and again on the processor.
///
/// One test after another, as the traffic of the one GPU is counted.
@Suite(.serialized, .enabled(if: mock_gpu_is_installed(), "this libtorch has CUDA itself"))
enum DeviceTests {
  static let gpu = Device.cuda(0)

  /// What `body` gives, and the traffic of the GPU meanwhile.
  static func counting<Result>(
    _ body: () throws -> Result
  ) rethrows -> (result: Result, traffic: MockGPUTraffic) {
    let before = mock_gpu_traffic(0)
    let result = try body()
    return (result, mock_gpu_traffic(0) - before)
  }

  /// On the GPU, in the shape and type of the processor's, and equal to a part `tolerance` of the largest.
  static func expectSame(
    _ found: Tensor, _ expected: Tensor, tolerance: Double, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(found.device == gpu, comment, sourceLocation: sourceLocation)
    #expect(found.shape == expected.shape, comment, sourceLocation: sourceLocation)
    #expect(found.scalarType == expected.scalarType, comment, sourceLocation: sourceLocation)
    let (distance, limit) = (
      try found.distance(to: expected), try tolerance * expected.largest()
    )
    #expect(distance <= limit, comment, sourceLocation: sourceLocation)
  }

  /// Nobody waited for the GPU.
  static func expectNoWaiting(
    _ traffic: MockGPUTraffic, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(traffic.reads == 0, comment, sourceLocation: sourceLocation)
    #expect(traffic.blockingUploads == 0, comment, sourceLocation: sourceLocation)
  }
}

extension MockGPUTraffic {
  static func - (left: MockGPUTraffic, right: MockGPUTraffic) -> MockGPUTraffic {
    MockGPUTraffic(
      uploads: left.uploads - right.uploads,
      uploadedBytes: left.uploadedBytes - right.uploadedBytes,
      blockingUploads: left.blockingUploads - right.blockingUploads,
      reads: left.reads - right.reads, readBytes: left.readBytes - right.readBytes)
  }
}

// MARK: - The mock itself

extension DeviceTests {
  @Suite struct MockGPUTests {
    @Test func twoDevicesInOneOperationAreRefused() throws {
      let (here, there) = (
        try Tensor.full(1, shape: [4, 4]), try Tensor.full(1, shape: [4, 4], device: gpu)
      )
      let weight = try Tensor.full(1, shape: [1, 1, 3, 3])
      #expect(throws: TensorError.self) { try here + there }
      #expect(throws: TensorError.self) { try there.matrixProduct(here) }
      #expect(throws: TensorError.self) { try here.matrixProduct(there) }
      #expect(throws: TensorError.self) { try there.linear(weight: here, bias: nil) }
      #expect(throws: TensorError.self) { try Tensor.concatenated([here, there], along: 0) }
      #expect(throws: TensorError.self) { try here.isLess(than: 2).choosing(there, else: there) }
      #expect(throws: TensorError.self) {
        try there.reshaped([1, 1, 4, 4]).plainConvolution(weight: weight)
      }
      #expect(throws: TensorError.self) { try there + there.moved(to: .cuda(1)) }
    }

    @Test func copiesAreCounted() throws {
      let values = try Tensor([Float](repeating: 1, count: 10), shape: [10])
      let moved = try DeviceTests.counting { try values.moved(to: gpu) }
      #expect(moved.traffic.uploads == 1 && moved.traffic.uploadedBytes == 40)
      #expect(moved.traffic.blockingUploads == 1)
      let sent = try DeviceTests.counting { try values.sent(to: gpu) }
      #expect(sent.traffic.uploads == 1 && sent.traffic.uploadedBytes == 40)
      #expect(sent.traffic.blockingUploads == 0 && sent.traffic.reads == 0)
      let read = try DeviceTests.counting { try (sent.result + 1).floats() }
      #expect(read.result == [Float](repeating: 2, count: 10))
      #expect(read.traffic.reads == 1 && read.traffic.readBytes == 40)
      #expect(read.traffic.uploads == 0)
    }

    /// A gradient is computed on a thread of the device's own.
    @Test func gradientsComeFromTheDevice() throws {
      let x = try Tensor([Float(1), 2, 3], shape: [3]).moved(to: gpu)
      let counted = try DeviceTests.counting { try valueAndGradient(at: x) { try $0.squared() } }
      DeviceTests.expectNoWaiting(counted.traffic)
      #expect(counted.result.gradient.device == gpu)
      #expect(try counted.result.gradient.floats() == [2, 4, 6])
    }
  }
}
