import Foundation
import Synchronization
import Tensors
import Testing

@testable import Engine

@Suite struct UNetTests {
  typealias Architecture = GuidedDiffusionArchitecture

  // MARK: - Weights

  @Test func everyWeightThatDoesNotFitIsListed() throws {
    var tensors = try TestNetworks.weights(TestNetworks.small)
    tensors["out.0.bias"] = nil
    tensors["time_embed.2.weight"] = nil
    tensors["ema.decay"] = try Tensor.full(1, shape: [1])
    tensors["input_blocks.0.0.bias"] = try Tensor.full(1, shape: [31])
    let expected = WeightMismatch(
      missing: ["time_embed.2.weight", "out.0.bias"], surplus: ["ema.decay"],
      misshapen: [.init(name: "input_blocks.0.0.bias", expected: [32], found: [31])])
    #expect(throws: expected) {
      try GuidedDiffusionUNet(TestNetworks.small, weights: NetworkWeights(tensors))
    }
    #expect(
      "\(expected)"
        == "2 missing: time_embed.2.weight, out.0.bias; 1 not expected: ema.decay; "
        + "1 wrong shape: input_blocks.0.0.bias is [31] instead of [32]")
  }

  @Test func valuesThatNoNetworkCanComputeWithAreListed() throws {
    var tensors = try TestNetworks.weights(TestNetworks.small)
    tensors["out.0.bias"] = try tensors["out.0.bias"]! * .nan
    tensors["out.2.bias"] = try tensors["out.2.bias"]!.converted(to: .int64)
    var expected = WeightMismatch(missing: [], surplus: [], misshapen: [])
    expected.whole = ["out.2.bias"]
    expected.notFinite = ["out.0.bias"]
    #expect(throws: expected) {
      try GuidedDiffusionUNet(TestNetworks.small, weights: NetworkWeights(tensors))
    }
    #expect(
      "\(expected)"
        == "1 of whole numbers instead of floating-point ones: out.2.bias; "
        + "1 with NaN, infinities or numbers beyond float32: out.0.bias")
  }

  @Test func longListsAreCut() {
    let names = (0..<20).map { "w\($0)" }
    let text = "\(WeightMismatch(missing: names, surplus: [], misshapen: []))"
    #expect(text == "20 missing: w0, w1, w2, w3, w4, w5, w6, w7 … and 12 more")
  }

  @Test func anArchitectureIsCheckedBeforeItsWeights() {
    var architecture = TestNetworks.small
    architecture.modelChannels = 33
    #expect(throws: ArchitectureError.widthNotDivisible(channels: 33)) {
      try GuidedDiffusionUNet(architecture, weights: NetworkWeights([:]))
    }
  }

  // MARK: - Rows

  private func evaluate(
    _ network: GuidedDiffusionUNet, _ x: Tensor, time: Float = 400
  ) throws -> (value: Tensor, gradient: Tensor) {
    TorchRuntime.setThreads(1)
    let times = [Float](repeating: time, count: x.shape[0])
    let result = try valueAndGradient(at: x) { x in
      let output = try network.forward(x, times: times)
      return (
        try output.reshaped([x.shape[0], -1]).euclideanNorm(over: [1]), try output.detached()
      )
    }
    return (result.extra, result.gradient)
  }

  @Test(arguments: NetworkPrecision.allCases)
  func aRowDoesNotSeeItsNeighbours(precision: NetworkPrecision) throws {
    let network = try TestNetworks.network(precision: precision)
    let one = try evaluate(network, TestNetworks.images([0, 1, 2]))
    let other = try evaluate(network, TestNetworks.images([8, 1, 9]))
    #expect(try one.value.row(1).bits() == other.value.row(1).bits())
    #expect(try one.gradient.row(1).bits() == other.gradient.row(1).bits())
    #expect(try one.value.row(0).bits() != other.value.row(0).bits())
  }

  @Test func aNaNStaysInItsRow() throws {
    let network = try TestNetworks.network()
    let clean = try TestNetworks.images([0, 1])
    let poison = try Tensor([Float(0), .nan], shape: [2, 1, 1, 1])
    let found = try evaluate(network, clean + poison)
    let expected = try evaluate(network, clean)
    #expect(try found.value.row(0).bits() == expected.value.row(0).bits())
    #expect(try found.gradient.row(0).bits() == expected.gradient.row(0).bits())
    #expect(try found.value.row(1).floats().allSatisfy(\.isNaN))
  }

  /// Another batch size may take other convolution kernels: each of the 20 layers in a row then adds
  /// up to 600 products in another order, 600·2⁻²⁴ = 4·10⁻⁵ of its largest sum at worst. What rounding
  /// really does is 100 times less; 10⁻⁴ of the largest value is allowed.
  @Test func theBatchSizeCostsRoundingOnly() throws {
    let network = try TestNetworks.network()
    let alone = try evaluate(network, TestNetworks.images([1]))
    let among = try evaluate(network, TestNetworks.images([0, 1, 2, 3, 4]))
    let value = try alone.value.distance(to: among.value.row(1))
    let gradient = try alone.gradient.distance(to: among.gradient.row(1))
    #expect(try value <= 1e-4 * alone.value.largest())
    #expect(try gradient <= 1e-4 * alone.gradient.largest())
  }

  @Test func timesBelongToRows() throws {
    let network = try TestNetworks.network()
    let x = try TestNetworks.images([0, 1])
    let mixed = try network.forward(x, times: [10, 900])
    let early = try network.forward(x, times: [10, 10])
    let late = try network.forward(x, times: [900, 900])
    let allowed = try 1e-4 * mixed.largest()
    #expect(try mixed.row(0).distance(to: early.row(0)) <= allowed)
    #expect(try mixed.row(1).distance(to: late.row(1)) <= allowed)
    #expect(try mixed.row(0).distance(to: late.row(0)) > 100 * allowed)
  }

  @Test func predictionsAreTheHalvesOfTheOutput() throws {
    let network = try TestNetworks.network()
    let x = try TestNetworks.images([0])
    let whole = try network.forward(x, times: [5]).floats()
    let output = try network.predict(x, times: [5])
    #expect(try output.mean.floats() + (output.variance?.floats() ?? []) == whole)
    var architecture = TestNetworks.small
    architecture.learnsVariance = false
    #expect(try TestNetworks.network(architecture).predict(x, times: [5]).variance == nil)
  }

  // MARK: - The fast norm

  /// Norm weights with gaps between them take libtorch's own operators instead of the fused layer.
  private func withLibtorchNorms(_ weights: [String: Tensor]) throws -> NetworkWeights {
    NetworkWeights(
      try weights.mapValues { weight in
        guard weight.rank == 1 else { return weight }
        let gaps = Gaps(try weight.floats())
        return try Tensor(
          borrowing: gaps.bytes, type: .float32, shape: weight.shape, strides: [2], owner: gaps)
      })
  }

  static let options = [false, true].flatMap { scaleShift in
    [false, true].flatMap { resampling in
      [false, true].flatMap { newOrder in
        [nil, 7].map { (classes: Int?) in
          var architecture = TestNetworks.small
          architecture.scaleShiftNorm = scaleShift
          architecture.resamplingBlocks = resampling
          architecture.newAttentionOrder = newOrder
          architecture.learnsVariance = newOrder
          architecture.classes = classes
          return architecture
        }
      }
    }
  }

  /// 20 norms in a row, each good to 4·10⁻⁶ (sums of 64 terms in float32): 10⁻⁴ of the largest value.
  @Test(arguments: options) func fusedNormsAgreeWithLibtorchs(architecture: Architecture) throws {
    TorchRuntime.setThreads(1)
    let weights = try TestNetworks.weights(architecture, seed: 5)
    let fast = try GuidedDiffusionUNet(architecture, weights: NetworkWeights(weights))
    let plain = try GuidedDiffusionUNet(architecture, weights: withLibtorchNorms(weights))
    let labels = architecture.classes.map { [1, $0 - 1] }
    let results = try [fast, plain].map { network in
      try valueAndGradient(at: TestNetworks.images([0, 1])) {
        try network.forward($0, times: [3, 700], labels: labels)
      }
    }
    let (found, expected) = (results[0], results[1])
    #expect(found.value.shape == [2, architecture.outputChannels, 16, 16])
    #expect(try found.value.distance(to: expected.value) <= 1e-4 * expected.value.largest())
    #expect(
      try found.gradient.distance(to: expected.gradient) <= 1e-4 * expected.gradient.largest())
    #expect(try found.value.bits() != expected.value.bits(), "two different ways were taken")
  }

  /// bfloat16 has 8 significant bits: a rounding is 2⁻⁹ of a value, and some 60 layers each add one
  /// in random directions: √60·2⁻⁹ = 1.5 % of the usual size; four times that is allowed on average.
  /// The gradient goes back through as many.
  @Test(arguments: [true, false]) func bfloat16IsCloseToFloat32(resamplesInBlocks: Bool) throws {
    var architecture = TestNetworks.small
    architecture.resamplingBlocks = resamplesInBlocks
    let x = try TestNetworks.images([0, 1])
    let narrow = try evaluate(TestNetworks.network(architecture, precision: .bfloat16), x)
    let wide = try evaluate(TestNetworks.network(architecture), x)
    for (found, exact) in [(narrow.value, wide.value), (narrow.gradient, wide.gradient)] {
      let error = try found.relativeError(to: exact)
      #expect(error > 0 && error < 0.06)
      #expect(found.scalarType == .float32)
    }
  }

  /// Filters are packed when they are first used, in bfloat16.
  @Test(arguments: NetworkPrecision.allCases)
  func threadsThatStartTogetherGetTheSameBits(precision: NetworkPrecision) throws {
    let x = try TestNetworks.images([0, 1])
    let expected = try evaluate(TestNetworks.network(precision: precision), x)
    let bits = try [expected.value.bits(), expected.gradient.bits()]
    let network = try TestNetworks.network(precision: precision)
    let same = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      guard let found = try? evaluate(network, x),
        (try? [found.value.bits(), found.gradient.bits()]) == bits
      else { return }
      same.withLock { $0 += 1 }
    }
    #expect(same.withLock { $0 } == 4)
  }

  // MARK: - Labels

  @Test func labelsMustFitTheNetwork() throws {
    var conditional = TestNetworks.small
    conditional.classes = 7
    #expect(throws: LabelError.outOfRange(label: 7, classes: 7)) {
      try TestNetworks.network(conditional, label: 7)
    }
    #expect(throws: LabelError.outOfRange(label: -1, classes: 7)) {
      try TestNetworks.network(conditional, label: -1)
    }
    #expect(throws: LabelError.notConditional(label: 0)) { try TestNetworks.network(label: 0) }
    let unlabelled = try TestNetworks.network(conditional)
    let x = try TestNetworks.images([0])
    #expect(throws: LabelError.missing(classes: 7)) { try unlabelled.predict(x, times: [0]) }
  }

  @Test func labelsChangeTheImage() throws {
    var conditional = TestNetworks.small
    conditional.classes = 7
    let x = try TestNetworks.images([0])
    let three = try TestNetworks.network(conditional, label: 3).predict(x, times: [9]).mean
    let four = try TestNetworks.network(conditional, label: 4).predict(x, times: [9]).mean
    let given = try TestNetworks.network(conditional).forward(x, times: [9], labels: [3])
    #expect(try three.distance(to: four) > 0.01)
    #expect(try given.sliced(0..<3, along: 1).bits() == three.bits())
  }
}

/// Numbers in memory with one unused place after each.
private final class Gaps {
  let bytes: UnsafeRawBufferPointer
  private let memory: UnsafeMutableBufferPointer<Float>

  init(_ values: [Float]) {
    memory = .allocate(capacity: 2 * values.count)
    memory.initialize(repeating: .nan)
    for (index, value) in values.enumerated() { memory[2 * index] = value }
    bytes = UnsafeRawBufferPointer(memory)
  }

  deinit { memory.deallocate() }
}
