import Tensors
import Testing

@testable import Engine

@Suite struct LSUNTests {
  static let small = LSUNArchitecture(
    imageSize: 16, imageChannels: 1, outputChannels: 1, channels: 32, multipliers: [1, 2],
    residualBlocks: 1, attentionResolutions: [8])

  /// The networks for LSUN at 256×256 pixels.
  static let published = LSUNArchitecture(
    imageSize: 256, channels: 128, multipliers: [1, 1, 2, 2, 4, 4], residualBlocks: 2,
    attentionResolutions: [16])

  static func weights(_ architecture: LSUNArchitecture = small) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (index, weight) in architecture.stateDictionary.enumerated() {
      let stream = NoiseStream(seed: 2, image: UInt64(index), purpose: .probe)
      let normal = try Tensor(
        stream.normals(weight.shape.reduce(1, *)), shape: weight.shape)
      let fanIn = Double(weight.shape.dropFirst().reduce(1, *))
      tensors[weight.name] =
        weight.shape.count > 1
        ? try normal / fanIn.squareRoot()
        : try normal * 0.1 + (weight.name.hasSuffix("weight") ? 1 : 0)
    }
    return tensors
  }

  static func network(precision: NetworkPrecision = .float32) throws -> LSUNUNet {
    try LSUNUNet(small, weights: NetworkWeights(weights()), precision: precision)
  }

  @Test func publishedSize() {
    #expect(Self.published.parameterCount == 113_673_219)
    #expect(Self.published.stateDictionary.count == 450)
  }

  @Test func architectureShowsInTheShapes() throws {
    for (architecture, size) in [(Self.published, nil), (Self.small, 16)] {
      var shapes: [String: [Int]] = [:]
      for weight in architecture.stateDictionary { shapes[weight.name] = weight.shape }
      #expect(try LSUNArchitecture(inferredFrom: shapes, imageSize: size) == architecture)
      shapes["mid.block_1.conv1.weight"] = nil
      #expect(throws: LSUNInferenceError.inconsistent) {
        try LSUNArchitecture(inferredFrom: shapes, imageSize: size)
      }
    }
    #expect(throws: LSUNInferenceError.notLSUN(tensor: "conv_in.weight")) {
      try LSUNArchitecture(inferredFrom: [:])
    }
  }

  @Test func aNaNStaysInItsRow() throws {
    let network = try Self.network()
    let x = try TestNetworks.images([0, 1, 2], shape: network.imageShape)
    let poison = try Tensor([Float(0), .nan, 0], shape: [3, 1, 1, 1])
    let clean = try network.predict(x, times: [3, 3, 3]).mean
    let spoilt = try network.predict(x + poison, times: [3, 3, 3]).mean
    for row in [0, 2] { #expect(try clean.row(row).bits() == spoilt.row(row).bits()) }
    #expect(try spoilt.row(1).floats().allSatisfy(\.isNaN))
  }

  /// Float32 sums in another order.
  @Test func rowsWithTheirOwnTimesAreThoseOfSingleImages() throws {
    let network = try Self.network()
    let x = try TestNetworks.images([0, 1], shape: network.imageShape)
    let both = try network.predict(x, times: [7, 500]).mean
    for (row, time) in [(0, Float(7)), (1, 500)] {
      let alone = try network.predict(x.row(row), times: [time]).mean
      let difference = zip(try both.row(row).floats(), try alone.floats()).map { abs($0 - $1) }
      #expect((difference.max() ?? 1) < 1e-4)
    }
  }

  /// Some 30 layers on the way there and as many back round to 2⁻⁹ of their values (``UNetTests``).
  @Test func bfloat16IsCloseToFloat32() throws {
    let x = try TestNetworks.images([0, 1], shape: Self.network().imageShape)
    let evaluate = { (network: LSUNUNet) in
      try vectorJacobianProduct(at: x, cotangent: x) { try network.forward($0, times: [7, 7]) }
    }
    let narrow = try evaluate(Self.network(precision: .bfloat16))
    let wide = try evaluate(Self.network())
    for (found, exact) in [(narrow.value, wide.value), (narrow.gradient, wide.gradient)] {
      let error = try found.relativeError(to: exact)
      #expect(error > 0 && error < 0.06)
      #expect(found.scalarType == .float32)
    }
  }

  // MARK: - Fine-tuning

  @Test func factorsAreFoldedAndWeightsReplaced() throws {
    let base = NetworkWeights(try Self.weights())
    let a = try Tensor((0..<128).map { Float($0) / 100 }, shape: [64, 2])
    let b = try Tensor((0..<128).map { Float(64 - $0) / 100 }, shape: [2, 64])
    let bias = try Tensor([Float(5)], shape: [1])
    let lora = LoRA([
      "mid.attn_1.q.parametrizations.weight.0.lora_A": a,
      "mid.attn_1.q.parametrizations.weight.0.lora_B": b, "conv_out.bias": bias,
      "nothing.like.it": bias,
    ])
    let (weights, report) = try lora.folded(into: base)
    #expect(report.folded == ["mid.attn_1.q"])
    #expect(report.replaced == ["conv_out.bias"])
    #expect(report.unexpected == ["nothing.like.it"])
    #expect(report.rank == 2)
    #expect(report.parameters == 257)
    #expect(try weights("conv_out.bias").floats() == [5])
    let (old, new) = (try base("mid.attn_1.q.weight").floats(), try weights("mid.attn_1.q.weight"))
    let (af, bf) = (try a.floats(), try b.floats())
    for (index, value) in try new.floats().enumerated() {
      let (i, j) = (index / 64, index % 64)
      let product = af[2 * i] * bf[j] + af[2 * i + 1] * bf[64 + j]
      #expect(abs(value - old[index] - 0.75 * product) < 1e-5)
    }
    #expect(try weights("mid.attn_1.k.weight").bits() == base("mid.attn_1.k.weight").bits())
    _ = try LSUNUNet(Self.small, weights: weights)
  }

  /// A factor, a replaced weight, and finite factors whose product is not; what has no place is passed over.
  @Test func refusesFactorsThatAreNotFinite() throws {
    let base = NetworkWeights(try Self.weights())
    let name = "mid.attn_1.q.parametrizations.weight.0.lora_"
    let (a, b) = (try Tensor.full(1, shape: [64, 2]), try Tensor.full(1, shape: [2, 64]))
    #expect(throws: LoRAError.notFinite(name: name + "B")) {
      try LoRA([name + "A": a, name + "B": b * .nan]).folded(into: base)
    }
    #expect(throws: LoRAError.notFinite(name: "mid.attn_1.q.weight with its factors")) {
      try LoRA([name + "A": a * 1e30, name + "B": b * 1e30]).folded(into: base)
    }
    let bias = try Tensor([Float.infinity], shape: [1])
    #expect(throws: LoRAError.notFinite(name: "conv_out.bias")) {
      try LoRA(["conv_out.bias": bias]).folded(into: base)
    }
    #expect(try LoRA(["none": bias]).folded(into: base).report.unexpected == ["none"])
  }

  @Test func refusesFactorsThatDoNotFit() throws {
    let base = NetworkWeights(try Self.weights())
    let a = try Tensor.full(1, shape: [64, 2])
    let name = "mid.attn_1.q.parametrizations.weight.0.lora_"
    #expect(throws: LoRAError.incomplete(layer: "mid.attn_1.q")) {
      try LoRA([name + "A": a]).folded(into: base)
    }
    #expect(
      throws: LoRAError.shape(
        name: "mid.attn_1.q", expected: [64, 64, 1, 1], found: [64, 2, 64, 2])
    ) {
      try LoRA([name + "A": a, name + "B": a]).folded(into: base)
    }
    #expect(throws: LoRAError.shape(name: "conv_out.bias", expected: [1], found: [64, 2])) {
      try LoRA(["conv_out.bias": a]).folded(into: base)
    }
  }
}
