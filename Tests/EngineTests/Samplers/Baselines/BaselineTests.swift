import Tensors
import Testing

@testable import Engine

/// What all baselines must do.
@Suite struct BaselineTests {
  static func noise(_ samples: [Int], image: UInt64 = 72) throws -> PhiloxNoise {
    try PhiloxNoise(seed: 71, image: image, samples: samples)
  }

  enum Kind: String, CaseIterable, Sendable {
    case unconditional, ddnm, diffPIR, pnpULA

    func sampler(_ problem: InverseProblem) throws -> any Sampler {
      switch self {
      case .unconditional: return Unconditional(try DPSTests.reverse(steps: 4))
      case .ddnm: return try DDNM(DPSTests.reverse(steps: 4), problem: problem)
      case .diffPIR:
        return DiffPIR(
          try BaselineTests.wholeProcess(), times: DiffPIR.quadraticTimes(4, of: 1000), lambda: 1,
          zeta: 0.3)
      case .pnpULA:
        return try PnPULA(PnPULATests.settings(iterations: 4, start: .noise), problem: problem)
      }
    }
  }

  static func wholeProcess(clips: Bool = false) throws -> ReverseProcess {
    ReverseProcess(
      try DiffusionProcess(schedule: .linear), meanType: .epsilon, varianceType: .fixedSmall,
      clipsDenoised: clips)
  }

  /// A network with attention and group norms, and an operator that mixes pixels.
  static func networkProblem() throws -> InverseProblem {
    let shape = TestNetworks.small.imageShape
    let linear = try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: shape)
    return try ExactPosteriorTests.problem(linear, model: TestNetworks.network(), sigma: 0.1)
  }

  @Test(arguments: Kind.allCases) func aSampleIsTheSameAmongOthers(kind: Kind) throws {
    let problem = try Self.networkProblem()
    let sampler = try kind.sampler(problem)
    TorchRuntime.setThreads(1)
    let results = try [[0, 1], [7, 1]].map {
      try sampler.sample(problem, noise: Self.noise($0))
    }
    #expect(try results[0].x.row(1).bits() == results[1].x.row(1).bits())
    #expect(try results[0].x.row(0).bits() != results[1].x.row(0).bits())
    #expect(results[0].evaluations == 4 && results[0].completedSteps == 4)
    #expect(results[0].x0Hat?.shape == results[0].x.shape)
  }

  /// A neighbour of NaN changes no bit, in any step.
  @Test(arguments: Kind.allCases) func aBrokenNeighbourChangesNoBit(kind: Kind) throws {
    let problem = try Self.networkProblem()
    let sampler = try kind.sampler(problem)
    let good = try sampler.start(problem, noise: Self.noise([0, 1]))
    let broken = SamplerState(
      x: try Tensor.concatenated(
        [good.x.row(0), Tensor.full(.nan, shape: [1] + problem.model.imageShape)], along: 0),
      completedSteps: 0, evaluations: 0)
    let results = try [good, broken].map { start in
      var state = start
      while state.completedSteps < sampler.stepCount {
        state = try sampler.advance(state, problem: problem, noise: Self.noise([0, 1]))
      }
      return try state.x.row(0).bits()
    }
    #expect(results[0] == results[1])
  }

  /// Batch size costs rounding only: 4 steps, each with a network of some 30 layers that lose about
  /// 2⁻²⁴ a layer and a first step that divides by √ᾱ = 1/150. The operator is one whose proximal
  /// point does not magnify rounding, as that of a blur does where it hardly sees anything.
  @Test(arguments: Kind.allCases) func aloneOrAmongEight(kind: Kind) throws {
    let mask = (0..<256).map { Float($0 % 3 == 0 ? 0 : 1) }
    let problem = try ExactPosteriorTests.problem(
      Inpainting(mask: InpaintingMask(values: mask, height: 16, width: 16)),
      model: TestNetworks.network(), sigma: 0.1)
    let sampler = try kind.sampler(problem)
    let alone = try sampler.sample(problem, noise: Self.noise([3])).x
    let among = try sampler.sample(problem, noise: Self.noise(Array(0..<8))).x.row(3)
    let size = try max(1, alone.largest())
    let allowed: Double = 4 * 30 * 150 * 0x1p-24
    #expect(try alone.distance(to: among) < allowed * size)
  }

  @Test func whatTheyCannotDoIsSaid() throws {
    let clean = InverseProblem(
      prior: try DPSTests.gaussian(), measurementOperator: Denoising(),
      measurement: try Tensor.full(0, shape: [1] + DPSTests.shape), noise: .clean)
    #expect(throws: SamplerError.notGaussian(sampler: "pnp-ula")) {
      try PnPULA(PnPULATests.settings(), problem: clean)
    }
    let curved = InverseProblem(
      prior: try DPSTests.gaussian(), measurementOperator: Squaring(),
      measurement: try Tensor.full(0, shape: [1] + DPSTests.shape), noise: .gaussian(sigma: 0.1))
    // The operator is linear here, and the decoder in the way.
    let ofLatents = InverseProblem(
      prior: try DPSTests.gaussian(),
      measurementOperator: DecodedOperator(Denoising(), decoder: SameImage(shape: DPSTests.shape)),
      measurement: try Tensor.full(0, shape: [1] + DPSTests.shape), noise: .gaussian(sigma: 0.1))
    #expect(throws: SamplerError.notLinear(sampler: "ddnm")) {
      try DDNM(DPSTests.reverse(steps: 4), problem: curved)
    }
    #expect(throws: SamplerError.notLinear(sampler: "diffpir")) {
      try Kind.diffPIR.sampler(curved).check(curved)
    }
    #expect(throws: SamplerError.self) { try PnPULA(PnPULATests.settings(), problem: curved) }
    #expect(throws: SamplerError.latents(sampler: "ddnm")) {
      try DDNM(DPSTests.reverse(steps: 4), problem: ofLatents)
    }
    let steps = PnPULATests.settings(delta: 1e-3, lambda: 1)
    #expect(throws: SamplerError.notLinear(sampler: "pnp-ula, start: adjoint")) {
      try PnPULA(steps, problem: curved).check(curved)
    }
  }
}

/// A decoder whose images are the latents.
private struct SameImage: Decoder {
  let shape: [Int]
  var latentShape: [Int] { shape }
  var imageShape: [Int] { shape }
  func decode(_ z: Tensor) throws -> Tensor { z }
}
