import Foundation
import Synchronization
import Testing

@testable import Tensors

/// A small network of the layers that samplers run.
private struct Network: Sendable {
  let first, second, weight, bias: Tensor

  init() throws {
    first = try TestTensors.narrow([32, 3, 3, 3], seed: 60)
    second = try TestTensors.narrow([3, 32, 3, 3], seed: 61)
    weight = try Tensor.full(1, shape: [32])
    bias = try Tensor.full(0, shape: [32])
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let h = try x.convolution(weight: first, bias: nil, padding: 1)
    let activated = try h.normActivation(groups: 32, weight: weight, bias: bias)
    return try activated.convolution(weight: second, bias: nil, padding: 1).squared()
      .reshaped([x.shape[0], -1]).sum(over: [1])
  }
}

@Suite struct ConcurrencyTests {
  @Test func threadsShareTensorsAndGetTheSameBits() throws {
    let network = try Network()
    let inputs = try (0..<4).map { try TestTensors.narrow([2, 3, 8, 8], seed: 70 + UInt64($0)) }
    let gradient = { @Sendable (index: Int) -> [UInt32]? in
      TorchRuntime.setThreads(1)
      return try? valueAndGradient(at: inputs[index % 4], of: network.callAsFunction).gradient
        .bits()
    }
    let expected = (0..<4).map(gradient)
    #expect(!expected.contains(nil))
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      if gradient(index) != expected[index % 4] { wrong.withLock { $0 += 1 } }
    }
    #expect(wrong.withLock { $0 } == 0)
  }

  /// Each thread has its own last message.
  @Test func errorsStayOnTheirThread() {
    let wrong = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 200) { index in
      do {
        _ = try Tensor.full(1, shape: [2]).reshaped([100 + index])
      } catch {
        let text = "\(error)"
        if !text.contains("shape '[\(100 + index)]'") { wrong.withLock { $0.append(text) } }
      }
    }
    #expect(wrong.withLock { $0 } == [])
  }

  /// Norms add in a fixed order whatever the number of threads; other layers change last bits only:
  /// each sums fewer than 300 terms, twice in a row.
  @Test func theNumberOfThreadsChangesLastBitsOnly() throws {
    let network = try Network()
    let x = try TestTensors.narrow([2, 3, 40, 40], seed: 80)
    let wide = try TestTensors.narrow([2, 32, 40, 40], seed: 81)
    let evaluate = { (threads: Int) throws -> (norm: [UInt32], gradient: Tensor) in
      TorchRuntime.setThreads(threads)
      defer { TorchRuntime.setThreads(1) }
      let norm = try valueAndGradient(at: wide) {
        try $0.normActivation(groups: 32, weight: network.weight, bias: network.bias)
      }
      let gradient = try valueAndGradient(at: x, of: network.callAsFunction).gradient
      return (try norm.value.bits() + norm.gradient.bits(), gradient)
    }
    let (one, two, three) = (try evaluate(1), try evaluate(2), try evaluate(3))
    #expect(one.norm == two.norm && one.norm == three.norm)
    let allowed = try 1e-4 * one.gradient.largest()
    #expect(try one.gradient.distance(to: two.gradient) <= allowed)
    #expect(try evaluate(1).gradient.bits() == one.gradient.bits())
  }

  /// A tensor that leaks in each step would cost at least 128 KiB each, 256 MiB in every round; other tests that run
  /// in this process meanwhile may need memory in some round, not half of that in each. That nothing holds on to
  /// an input is tested exactly where memory is borrowed.
  @Test func thousandsOfStepsLeaveNothingBehind() throws {
    TorchRuntime.setThreads(1)
    let weight = try TestTensors.narrow([8, 8, 1, 1], seed: 90)
    let (ones, zeros) = (try Tensor.full(1, shape: [8]), try Tensor.full(0, shape: [8]))
    let values = [Float](repeating: 0.5, count: 8 * 64 * 64)
    func steps(_ count: Int) throws {
      for _ in 0..<count {
        let x = try Tensor(values, shape: [1, 8, 64, 64])
        _ = try valueAndGradient(at: x) {
          try $0.convolution(weight: weight, bias: nil, padding: 0)
            .normActivation(groups: 4, weight: ones, bias: zeros)
        }
      }
    }
    try steps(100)
    let growths = try (0..<3).map { _ in
      let before = try residentBytes()
      try steps(2_000)
      return try residentBytes() - before
    }
    #expect(growths.contains { $0 < 128 << 20 }, "\(growths)")
  }

  private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = try #require(Int(text.split(separator: " ")[1]))
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
