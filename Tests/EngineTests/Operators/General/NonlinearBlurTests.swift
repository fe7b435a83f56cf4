import Foundation
import Tensors
import Testing

@testable import Engine

/// The recorded case of the published network is one of `posterior validate`; here is what it does not show.
@Suite struct NonlinearBlurTests {
  /// Weights of a small network: `levels` levels, as many channels everywhere as `channels`.
  static func weights(
    levels: Int = 2, channels f: Int = 2, code: Int = 3, trunk: Int = 2, blocks: Int = 1
  ) throws -> NetworkWeights {
    var tensors: [String: Tensor] = [:]
    func add(_ name: String, _ shape: [Int]) throws {
      let draw = UInt32(tensors.count)
      tensors[name] = try OperatorChecks.random(shape, draw: draw) * 0.15
    }
    func convolution(_ name: String, _ outputs: Int, _ inputs: Int) throws {
      try add("\(name).weight", [outputs, inputs, 3, 3])
      try add("\(name).bias", [outputs])
    }
    for (index, inputs) in [("0", 1), ("2", f), ("4", f)] {
      try convolution("feature_extractor.\(index)", f, inputs)
    }
    for block in 0..<blocks {
      for part in ["conv1", "conv2"] {
        try convolution("feature_extractor.\(6 + block).\(part)", f, f)
        try convolution("recon_trunk.\(block).\(part)", f, f)
      }
    }
    try convolution("recon_trunk.\(blocks)", 4 * trunk, f)
    try convolution("recon_trunk.\(blocks + 3)", 4 * trunk, trunk)
    try convolution("recon_trunk.\(blocks + 6)", trunk, trunk)
    try convolution("recon_trunk.\(blocks + 8)", 1, trunk)
    for level in 0..<levels {
      let scope = "adapter.model." + String(repeating: "submodule.", count: level)
      let below = level == levels - 1 ? f + code : 2 * f
      try add("\(scope)down.\(level == 0 ? 0 : 1).weight", [f, f, 4, 4])
      try add("\(scope)up.1.weight", [below, f, 4, 4])
    }
    try add("adapter.model.up.1.bias", [f])
    try add("kernel_extractor.0.weight", [1])
    return NetworkWeights(tensors)
  }

  static let shape = [1, 16, 32]

  static func blur(seed: UInt64 = 0) throws -> NonlinearBlur {
    try NonlinearBlur(KernelWizard(weights()), seed: seed, imageShape: shape)
  }

  @Test func theLayoutFollowsFromTheWeights() throws {
    let network = try KernelWizard(Self.weights(levels: 3))
    #expect(network.multiple == 32)
    #expect(network.imageChannels == 1)
    #expect(try network.codeShape(height: 64, width: 96) == [3, 2, 3])
    #expect(throws: KernelWizardError.imageSize(height: 48, width: 64, multiple: 32)) {
      _ = try network.codeShape(height: 48, width: 64)
    }
  }

  /// A network of two levels, written out. The published code works in place: the passage of a level
  /// holds LeakyReLU(x), not x; the ReLU that follows makes both the same.
  @Test func theAdapterIsAUNetAroundTheCode() throws {
    let weights = try Self.weights().scoped("adapter.model")
    let features = try OperatorChecks.random([2, 2, 8, 4])
    let code = try OperatorChecks.random([1, 3, 2, 1], draw: 1)
    let leaky = { (x: Tensor) in try x.maximum(x * 0.2) }
    let outer = try features.plainConvolution(
      weight: weights("down.0.weight"), stride: 2, padding: 1)
    let active = try leaky(outer)
    let bottom = try Tensor.concatenated(
      [
        active.plainConvolution(weight: weights("submodule.down.1.weight"), stride: 2, padding: 1),
        code.expanded([2, 3, 2, 1]),
      ], along: 1)
    let raised = try bottom.relu().plainConvolution(
      weight: weights("submodule.up.1.weight"), stride: 2, padding: 1, transposed: true)
    func expected(_ passage: Tensor) throws -> [Float] {
      try Tensor.concatenated([raised, passage], along: 1).relu().plainConvolution(
        weight: weights("up.1.weight"), bias: weights("up.1.bias"), stride: 2, padding: 1,
        transposed: true
      ).hyperbolicTangent().floats()
    }
    let found = try KernelWizardAdapter(weights)(features, code: code).floats()
    #expect(try found == expected(active))
    #expect(try found == expected(outer))
  }

  @Test func theGradientIsTheDifferenceQuotient() throws {
    try OperatorChecks.expectDifferenceQuotient(
      Self.blur(), Self.shape, step: 1e-6, tolerance: 1e-5)
  }

  @Test func rowsAreIndependent() throws {
    try OperatorChecks.expectRowsAlone(Self.blur(), Self.shape)
    try OperatorChecks.expectBatchSizeIsRounding(Self.blur(), Self.shape, tolerance: 1e-5)
    OperatorChecks.expectShapesChecked(try Self.blur(), wrong: [1, 32, 32])
  }

  @Test func theSeedFixesTheCode() throws {
    let code = try Self.blur(seed: 1).code
    #expect(code.shape == [1, 3, 1, 2])
    #expect(try code.floats() == Self.blur(seed: 1).code.floats())
    #expect(try code.floats() != Self.blur(seed: 2).code.floats())
  }

  /// 4000 of them: the standard deviation has an error of 1.2/√8000, or 0.013.
  @Test func codesHaveTheirDeviation() throws {
    let network = try KernelWizard(Self.weights())
    let blur = try NonlinearBlur(network, seed: 4, imageShape: [1, 320, 1120])
    let values = try blur.code.doubles()
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(values.count == 4200)
    #expect(abs(variance.squareRoot() - 1.2) < 4 * 0.0135)
  }

  @Test func weightsThatAreNotFiniteAreNamedWhereTheyAreUsed() throws {
    let spoilt = { (name: String) in
      let clean = try Self.weights()
      let tensor = try clean(name)
      return NetworkWeights([name: try tensor * .nan].merging(clean.tensors) { first, _ in first })
    }
    _ = try KernelWizard(spoilt("kernel_extractor.0.weight"))
    var expected = WeightMismatch(missing: [], surplus: [], misshapen: [])
    expected.notFinite = ["adapter.model.up.1.bias"]
    #expect(throws: expected) { try KernelWizard(spoilt("adapter.model.up.1.bias")) }
  }

  @Test func weightsThatMakeNoNetworkAreRefused() throws {
    #expect(throws: KernelWizardError.noAdapter) { _ = try KernelWizard(NetworkWeights([:])) }
    let mixed = try Self.weights(trunk: 2)
    #expect(throws: KernelWizardError.self) {
      _ = try KernelWizard(
        mixed.mapped { $0.shape == [8, 2, 3, 3] ? try OperatorChecks.random([8, 3, 3, 3]) : $0 })
    }
    #expect(throws: KernelWizardError.self) {
      _ = try KernelWizard(mixed.mapped { try $0.rank == 4 ? $0.reshaped([-1]) : $0 })
    }
    let network = try KernelWizard(mixed)
    #expect(throws: KernelWizardError.imageChannels(3, expected: 1)) {
      _ = try NonlinearBlur(network, seed: 0, imageShape: [3, 16, 16])
    }
    #expect(throws: KernelWizardError.code([1, 3, 2, 2], expected: [1, 3, 1, 2])) {
      _ = try NonlinearBlur(
        network, code: OperatorChecks.random([1, 3, 2, 2]), imageShape: Self.shape)
    }
  }
}

@Suite struct RedrawnOperatorTests {
  private func redrawn() throws -> RedrawnNonlinearBlur {
    try RedrawnNonlinearBlur(
      KernelWizard(NonlinearBlurTests.weights()), imageShape: NonlinearBlurTests.shape)
  }

  private func values(_ measured: any MeasurementOperator, rows: Int = 1) throws -> [Float] {
    let x = try OperatorChecks.random([1] + NonlinearBlurTests.shape)
    return try measured.apply(x.expanded([rows] + NonlinearBlurTests.shape)).floats()
  }

  @Test func eachImageAndStepHasItsOwnCode() throws {
    let blur = try redrawn()
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0])
    let all = try [
      values(blur.drawn(seed: 1, image: 1)), values(blur.drawn(seed: 1, image: 2)),
      values(blur.drawn(step: 0, noise: noise)), values(blur.drawn(step: 1, noise: noise)),
    ]
    #expect(Set(all).count == 4)
    #expect(try values(blur.drawn(seed: 1, image: 2)) == all[1])
    #expect(try values(blur.drawn(step: 1, noise: noise)) == all[3])
  }

  /// The same sample sees the same operator at a step, whichever samples are drawn beside it.
  @Test func aSamplesOperatorDoesNotDependOnTheBatch() throws {
    let blur = try redrawn()
    let size = NonlinearBlurTests.shape.reduce(1, *)
    let pair = try blur.drawn(step: 3, noise: PhiloxNoise(seed: 1, image: 2, samples: [5, 6]))
    let other = try blur.drawn(step: 3, noise: PhiloxNoise(seed: 1, image: 2, samples: [9, 6]))
    let (left, right) = (try values(pair, rows: 2), try values(other, rows: 2))
    #expect(left[size...] == right[size...])
    #expect(left[..<size] != right[..<size])
    #expect(left[..<size] != left[size...])
  }

  private struct Peek: Sampler {
    let stepCount = 2
    func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
      SamplerState(
        x: try OperatorChecks.random([1] + NonlinearBlurTests.shape), completedSteps: 0,
        evaluations: 0)
    }
    func advance(
      _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
    ) throws -> SamplerState {
      let start = try OperatorChecks.random([1] + NonlinearBlurTests.shape)
      return state.advanced(
        x: state.x, x0Hat: try problem.measurementOperator.apply(start), evaluations: 0)
    }
  }

  /// A sampler sees the draw of each step, and one that is not redrawn as it is.
  @Test func samplersSeeTheDrawOfEachStep() throws {
    let blur = try redrawn()
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0])
    let prior = try GaussianPrior(
      imageShape: NonlinearBlurTests.shape, mean: [Double](repeating: 0, count: 512),
      covariance: .isotropic(std: 1), alphaBar: [0.5])
    var seen: [[Float]] = []
    let problem = InverseProblem(
      prior: prior, measurementOperator: blur,
      measurement: try Tensor.full(0, shape: [1] + NonlinearBlurTests.shape), noise: .clean)
    _ = try Peek().sample(
      problem, noise: noise,
      observe: { state in
        if let x0Hat = state.x0Hat { seen.append(try x0Hat.floats()) }
      })
    let expected = try (0..<2).map { try values(blur.drawn(step: $0, noise: noise)) }
    #expect(seen == expected)
  }
}
