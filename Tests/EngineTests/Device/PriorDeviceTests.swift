import Tensors
import Testing

@testable import Engine

extension DeviceTests {
  @Suite struct PriorDeviceTests {
    typealias Architecture = GuidedDiffusionArchitecture

    struct Network: Sendable, CustomTestStringConvertible {
      let name: String
      let imageShape: [Int]
      /// Bytes of what is sent for one evaluation of rows that share their time.
      let sentBytes: Int64
      let tolerance: Double
      let make: @Sendable (Device) throws -> any DiffusionModel
      var testDescription: String { name }
    }

    /// Each choice of the architecture that changes what is computed.
    static let architectures: [(String, Architecture)] = {
      let changes: [(String, (inout Architecture) -> Void)] = [
        ("plain", { _ in }), ("classes", { $0.classes = 5 }),
        ("convolutions resample", { $0.resamplingBlocks = false }),
        ("no scale-shift", { $0.scaleShiftNorm = false }),
        ("new attention order", { $0.newAttentionOrder = true }),
        ("four heads", { $0.headChannels = nil }),
        ("no variance, grey", { ($0.learnsVariance, $0.imageChannels) = (false, 1) }),
        ("deeper", { ($0.residualBlocks, $0.channelMultipliers) = (2, [1, 1, 2]) }),
      ]
      return changes.map { name, change in
        var architecture = TestNetworks.small
        change(&architecture)
        return (name, architecture)
      }
    }()

    /// float32: the norms of a GPU are other sums, 1e-6 each, of 20 layers. bfloat16: each of the 100
    /// operations of a path rounds to 2⁻⁹, in other places than the fused layers of the processor.
    static let networks: [Network] =
      NetworkPrecision.allCases.flatMap { precision in
        architectures.map { name, architecture in
          Network(
            name: "\(name), \(precision)",
            imageShape: architecture.imageShape,
            sentBytes: 4 * 32 + (architecture.classes == nil ? 0 : 8),
            tolerance: precision == .float32 ? 1e-4 : 0.06
          ) { device in
            let weights = NetworkWeights(try TestNetworks.weights(architecture))
            return try GuidedDiffusionUNet(
              architecture, weights: weights, precision: precision,
              label: architecture.classes.map { $0 - 1 }, device: device)
          }
        }
      } + [
        Network(
          name: "LSUN", imageShape: LSUNTests.small.imageShape, sentBytes: 4 * 32,
          tolerance: 1e-4
        ) { device in
          let weights = NetworkWeights(try LSUNTests.weights())
          return try LSUNUNet(
            LSUNTests.small, weights: weights, device: device)
        }
      ] + exact

    /// ᾱ, √ᾱ, √(1−ᾱ), 1−ᾱ for each of two rows; and the gain of an isotropic one.
    private static let exact = [
      Network(
        name: "isotropic", imageShape: TestPriors.shape, sentBytes: 5 * 8, tolerance: 1e-5
      ) { try DPSTests.gaussian(shape: TestPriors.shape).moved(to: $0) },
      Network(
        name: "gaussian", imageShape: TestPriors.shape, sentBytes: 4 * 8, tolerance: 1e-5
      ) { device in
        try GaussianPrior(
          imageShape: TestPriors.shape, mean: TestPriors.numbers(6, draw: 3),
          covariance: .full(TestPriors.covariance()), alphaBar: TestPriors.alphaBar
        ).moved(to: device)
      },
      Network(
        name: "mixture", imageShape: TestPriors.shape, sentBytes: 4 * 8, tolerance: 1e-5
      ) { try mixture($0) },
      Network(
        name: "module", imageShape: ScriptPriorTests.shape, sentBytes: 8, tolerance: 1e-5
      ) { try module(.epsilonIndex, $0) },
    ]

    private static func mixture(_ device: Device) throws -> GaussianMixturePrior {
      let components = (0..<3).map { index in
        GaussianMixturePrior.Component(
          weight: Double(1 + index), mean: TestPriors.numbers(6, draw: UInt32(index)),
          std: 0.2 + 0.3 * Double(index))
      }
      return try GaussianMixturePrior(
        imageShape: TestPriors.shape, components: components, alphaBar: TestPriors.alphaBar
      ).moved(to: device)
    }

    private static func module(
      _ file: ScriptPriorTests.File, _ device: Device
    ) throws -> ScriptPrior {
      try ScriptPrior(
        file: "\(ScriptPriorTests.folder)/\(file.rawValue).pt",
        imageShape: ScriptPriorTests.shape, convention: file.convention,
        clock: ScriptPriorTests.clock(), device: device)
    }

    private func evaluate(
      _ model: any DiffusionModel, _ x: Tensor
    ) throws -> (value: Tensor, gradient: Tensor) {
      TorchRuntime.setThreads(1)
      let result = try valueAndGradient(at: x) { x in
        let mean = try model.predict(x, times: [300, 300]).mean
        return (try mean.squared(), try mean.detached())
      }
      return (result.extra, result.gradient)
    }

    @Test(arguments: networks) func anEvaluationStaysOnTheDevice(of network: Network) throws {
      let x = try TestNetworks.images([0, 1], shape: network.imageShape)
      let expected = try evaluate(network.make(.cpu), x)
      let (model, there) = (try network.make(gpu), try x.moved(to: gpu))
      let (found, traffic) = try DeviceTests.counting { try evaluate(model, there) }
      try expectSame(found.value, expected.value, tolerance: network.tolerance, "value")
      try expectSame(found.gradient, expected.gradient, tolerance: network.tolerance, "gradient")
      expectNoWaiting(traffic)
      #expect(traffic.uploadedBytes == network.sentBytes)
    }

    /// As one denoiser at any noise level.
    @Test(arguments: networks) func aDenoiserStaysOnTheDevice(of network: Network) throws {
      let denoiser = { (device: Device) in
        let model = try network.make(device)
        return model as? any Denoiser ?? VPDenoiser(model)
      }
      let x = try TestNetworks.images([0, 1], shape: network.imageShape)
      let expected = try denoiser(.cpu).score(x, sigma: 0.7)
      let (moved, there) = (try denoiser(gpu), try x.moved(to: gpu))
      let (found, traffic) = try DeviceTests.counting { try moved.score(there, sigma: 0.7) }
      try expectSame(found, expected, tolerance: network.tolerance)
      expectNoWaiting(traffic)
      // A module is also sent the gain of its input.
      #expect(traffic.uploadedBytes <= network.sentBytes + 8)
    }

    @Test(arguments: ScriptPriorTests.File.allCases)
    func modulesOfAllConventions(file: ScriptPriorTests.File) throws {
      let x = try TestNetworks.images([0, 1], shape: ScriptPriorTests.shape)
      let expected = try Self.module(file, .cpu).predict(x, times: [3, 700]).mean
      let (moved, there) = (try Self.module(file, gpu), try x.moved(to: gpu))
      let (found, traffic) = try DeviceTests.counting {
        try moved.predict(there, times: [3, 700]).mean
      }
      try expectSame(found, expected, tolerance: 1e-5)
      expectNoWaiting(traffic)
    }
  }
}

extension LSUNArchitecture {
  fileprivate var imageShape: [Int] { [imageChannels, imageSize, imageSize] }
}
