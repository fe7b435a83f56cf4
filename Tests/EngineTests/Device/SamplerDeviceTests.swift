import Synchronization
import Tensors
import Testing

@testable import Engine

extension DeviceTests {
  @Suite struct SamplerDeviceTests {
    struct Case: Sendable, CustomTestStringConvertible {
      let name: String
      /// The sampler looks at numbers of each step; then this says which.
      var waitsFor: String?
      /// Bytes sent a step beside the noise and an evaluation's time.
      var sentBytes: Int64 = 0
      let problem: @Sendable (Device) throws -> InverseProblem
      let sampler: @Sendable (InverseProblem) throws -> any Sampler
      var testDescription: String { name }
    }

    static let shape = [2, 16, 16]

    static func problem(
      _ operation: any MeasurementOperator, noise: MeasurementNoise = .gaussian(sigma: 0.1)
    ) -> @Sendable (Device) throws -> InverseProblem {
      { device in
        let prior = try DPSTests.gaussian(shape: shape).moved(to: device)
        let y = try operation.apply(TestNetworks.images([7], shape: shape) * 0.4)
        return InverseProblem(
          prior: prior, measurementOperator: try operation.moved(to: device),
          measurement: try y.moved(to: device), noise: noise)
      }
    }

    /// The factors of the singular values are computed on the processor, in float64 and float32.
    private static let factorBytes = Int64(3 * 8 * 16 * 16)

    static let cases: [Case] = {
      do {
        return try network() + dps() + daps() + annealedLangevin() + unfolded() + baselines()
      } catch { fatalError("\(error)") }
    }()

    private static func blur() throws -> GaussianBlur {
      try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: shape)
    }

    private static func mask() throws -> Inpainting {
      try Inpainting(
        mask: .draw(.random(missing: 0.4...0.6), height: 16, width: 16, seed: 1, image: 1))
    }

    /// With a UNet that learns its variances.
    private static func network() throws -> [Case] {
      let problem: @Sendable (Device) throws -> InverseProblem = { device in
        let small = TestNetworks.small
        let weights = NetworkWeights(try TestNetworks.weights(small))
        let network = try GuidedDiffusionUNet(
          small, weights: weights, device: device)
        let blur = try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: small.imageShape)
        let y = try TestNetworks.images([9]) * 0.5
        return InverseProblem(
          model: network, denoiser: VPDenoiser(network),
          measurementOperator: try blur.moved(to: device), measurement: try y.moved(to: device),
          noise: .gaussian(sigma: 0.05))
      }
      return [
        Case(name: "dps, network", problem: problem) { _ in
          DPS(try DPSTests.reverse(steps: 3, variance: .learnedRange, clips: true), scale: 0.5)
        },
        Case(name: "daps, network", problem: problem) { _ in try DAPSTests.sampler(levels: 2) },
        Case(name: "unconditional, network", problem: problem) { _ in
          Unconditional(try DPSTests.reverse(steps: 3, variance: .learnedRange, clips: true))
        },
      ]
    }

    private static func dps() throws -> [Case] {
      let guidance = { (norm: DPS.Guidance.Norm, perturbations: Int) in
        DPS.Guidance(scale: 0.3, norm: norm, perturbations: perturbations)
      }
      let ways: [(String, DPS.Conditioning)] = [
        ("plain", .ps(guidance(.plain, 0))), ("squared", .ps(guidance(.squared, 0))),
        ("poisson", .ps(guidance(.poisson, 0))), ("ps+", .ps(guidance(.plain, 2))),
        ("mcg", .mcg(guidance(.plain, 0))), ("projection", .projection(.published)),
      ]
      let blurred = try problem(blur())
      return ways.map { name, conditioning in
        Case(name: "dps \(name)", problem: blurred) { _ in
          DPS(try DPSTests.reverse(steps: 3), conditioning: conditioning)
        }
      } + [
        Case(
          name: "dps of phase retrieval, ddim",
          problem: problem(try PhaseRetrieval(inputRange: .zeroToOne, imageShape: shape))
        ) { _ in DPS(try DPSTests.reverse(steps: 3, rule: .ddim(eta: 0.5)), scale: 0.3) },
        Case(name: "dps, dynamic threshold", problem: blurred) { _ in
          var reverse = try DPSTests.reverse(steps: 3, variance: .fixedLarge)
          reverse.dynamicThreshold = true
          return DPS(reverse, scale: 0.3)
        },
        Case(
          name: "dps of tomography", waitsFor: "sparse matrix",
          problem: problem(
            try Tomography(TomographyTests.scan(angles: 5, detectors: 20), imageShape: shape))
        ) { _ in DPS(try DPSTests.reverse(steps: 3), scale: 0.3) },
      ]
    }

    private static func daps() throws -> [Case] {
      let algorithms: [ConditionalChain.Algorithm] = [
        .langevin, .hamiltonian(momentum: 0.4), .metropolis,
      ]
      let chains =
        algorithms.map { ConditionalChain($0, stepCount: 3, tau: 0.01) }
        + ConditionalChain.PriorScore.allCases.map {
          ConditionalChain(stepCount: 3, tau: 0.01, priorScore: $0, gradientLimit: 10)
        }
      let blurred = try problem(blur())
      return try chains.map { chain in
        Case(
          name: "daps \(chain.algorithm), \(chain.priorScore)",
          waitsFor: chain.algorithm == .metropolis ? "acceptance" : nil, problem: blurred
        ) { _ in try DAPSTests.sampler(levels: 2, chain: chain, solver: .heun) }
      } + inClosedForm()
    }

    private static func inClosedForm() throws -> [Case] {
      let operators: [(String, any LinearOperator)] = [("blur", try blur()), ("mask", try mask())]
      return operators.map { name, linear in
        Case(
          name: "daps in closed form, \(name)", sentBytes: factorBytes, problem: problem(linear)
        ) { problem in
          let chain = ConditionalChain(.hamiltonian(momentum: 0.4), stepCount: 3, tau: 0.01)
          return try DAPSTests.sampler(
            levels: 2, chain: chain, closedForm: problem.measurementOperator)
        }
      }
    }

    private static func annealedLangevin() throws -> [Case] {
      let (masked, blurred) = (try problem(mask()), try problem(blur()))
      let dps = try AnnealedLangevinTests.dps(steps: 2)
      return [
        Case(name: "ald from the prior", problem: masked) { _ in
          try AnnealedLangevinTests.sampler(start: nil, steps: 2)
        },
        Case(name: "ald from dps", problem: blurred) { _ in
          try AnnealedLangevinTests.sampler(
            start: .init(dps, renoising: .paper(level: 1)), steps: 3)
        },
        Case(name: "ald as published", problem: blurred) { _ in
          try AnnealedLangevinTests.sampler(
            start: .init(dps, renoising: .code(level: 1)), steps: 3, transpose: .published,
            chain: .independent)
        },
      ]
    }

    private static func unfolded() throws -> [Case] {
      let operators =
        try UD2MTests.operators() + [
          ("kernel", KernelBlur(kernel: .random(3, 4), imageShape: shape))
        ]
      return operators.flatMap { name, operation in
        let waits = name == "kernel" ? "conjugate gradients" : nil
        return [UD2MStart.v1, .head].map { start in
          Case(name: "ud2m \(name) \(start)", waitsFor: waits, problem: problem(operation)) { _ in
            try UD2MTests.sampler(start: start)
          }
        }
          + [LATINO.Transport.denoiser, .flow(steps: 2)].map { transport in
            Case(name: "latino \(name) \(transport)", waitsFor: waits, problem: problem(operation))
            {
              _ in
              try LATINO(
                iterations: 3, delta: 0.01, noiseRatio: 1, transport: transport)
            }
          }
      }
    }

    private static func baselines() throws -> [Case] {
      let spectral: [(String, any MeasurementOperator)] = try [
        ("mask", mask()), ("blur", blur()),
        ("circular", CircularConvolution(kernel: .random(3, 4), imageShape: shape)),
        ("×2", SuperResolution(scaleFactor: 2, imageShape: shape)),
      ]
      let ddnm = spectral.map { name, operation in
        Case(name: "ddnm \(name)", sentBytes: factorBytes, problem: problem(operation)) {
          try DDNM(DPSTests.reverse(steps: 3), problem: $0)
        }
      }
      return try ddnm + [
        Case(name: "diffpir", problem: problem(blur())) { _ in
          DiffPIR(
            try BaselineTests.wholeProcess(), times: DiffPIR.quadraticTimes(3, of: 1000),
            lambda: 1, zeta: 0.3)
        },
        Case(
          name: "exact", waitsFor: nil, sentBytes: Int64(4 * 2 * shape.reduce(1, *)),
          problem: problem(mask())
        ) { ExactSampler(try ExactPosterior($0)) },
      ]
        + [PnPULA.Start.adjoint, .zero, .noise].map { start in
          Case(name: "pnp-ula \(start)", problem: try problem(blur())) {
            try PnPULA(PnPULATests.settings(iterations: 3, start: start), problem: $0)
          }
        }
    }

    /// The prior's answer and the operator differ in the last bits, and a few steps make more of it: guided
    /// ones divide by residuals, the UNet adds 1e-4.
    @Test(arguments: cases) func aRunStaysOnTheDevice(of test: Case) throws {
      TorchRuntime.setThreads(1)
      let noise = SizedNoise(try PhiloxNoise(seed: 5, image: 6, samples: [0, 1]))
      let here = try test.problem(.cpu)
      let expected = try test.sampler(here).sample(here, noise: noise)
      let problem = try test.problem(gpu)
      let sampler = try test.sampler(problem)
      _ = try sampler.sample(problem, noise: noise)
      noise.forget()
      let (found, traffic) = try DeviceTests.counting { try sampler.sample(problem, noise: noise) }
      try expectSame(found.x, expected.x, tolerance: 2e-3)
      #expect(found.x0Hat?.device == expected.x0Hat.map { _ in gpu })
      #expect(found.evaluations == expected.evaluations)
      #expect((traffic.reads > 0) == (test.waitsFor != nil), "\(traffic.reads) reads")
      guard test.waitsFor != "sparse matrix" else { return }
      #expect(traffic.blockingUploads == 0)
      // The time of an evaluation and a few numbers a row: a step's images would be 4096 bytes.
      let few = 256 * Int64(found.evaluations) + (64 + test.sentBytes) * Int64(sampler.stepCount)
      // Each iteration of conjugate gradients sends the numbers of the border's pixels.
      #expect(
        traffic.uploadedBytes <= noise.bytes + few || test.waitsFor == "conjugate gradients")
    }
  }
}

/// Noise that adds up how large it was.
private final class SizedNoise: NoiseSource {
  private let base: any NoiseSource
  private let total = Mutex<Int64>(0)

  init(_ base: any NoiseSource) { self.base = base }

  var rowCount: Int { base.rowCount }
  var bytes: Int64 { total.withLock { $0 } }
  func forget() { total.withLock { $0 = 0 } }

  private func counted(_ values: [Float]) -> [Float] {
    total.withLock { $0 += Int64(4 * values.count) }
    return values
  }

  func normal(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    counted(try base.normal(purpose: purpose, step: step, rowShape: rowShape))
  }

  func uniform(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    counted(try base.uniform(purpose: purpose, step: step, rowShape: rowShape))
  }
}
