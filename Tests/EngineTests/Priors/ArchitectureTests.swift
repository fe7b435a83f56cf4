import Testing

@testable import Engine

@Suite struct ArchitectureTests {
  typealias Architecture = GuidedDiffusionArchitecture

  /// Counted on the published checkpoints' constructors.
  @Test func publishedNetworksHaveThePublishedSizes() {
    let counts = Architecture.published.map { [$0.parameterCount, $0.stateDictionary.count] }
    #expect(counts[0] == [93_563_910, 362], "FFHQ-256")
    #expect(counts[1] == [552_814_086, 566], "ImageNet-256")
    #expect(counts[2] == [552_814_086 + 1000 * 4 * 256, 567], "ImageNet-256 with classes")
  }

  @Test func namesOfWeightsAreUnique() {
    for architecture in Architecture.published + [TestNetworks.small] {
      let names = architecture.stateDictionary.map(\.name)
      #expect(Set(names).count == names.count)
    }
  }

  private static func shapes(_ architecture: Architecture) -> [String: [Int]] {
    Dictionary(uniqueKeysWithValues: architecture.stateDictionary.map { ($0.name, $0.shape) })
  }

  @Test(arguments: Architecture.published.indices)
  func publishedNetworksAreRecognised(index: Int) throws {
    let published = Architecture.published[index]
    #expect(try Architecture(inferredFrom: Self.shapes(published)) == published)
  }

  /// Attention heads leave no trace: guessing them would run and give wrong images.
  @Test func otherNetworksAreNotGuessed() {
    let switches = [
      \Architecture.scaleShiftNorm, \.resamplingBlocks, \.learnsVariance, \.newAttentionOrder,
    ]
    for key in switches {
      var architecture = TestNetworks.small
      architecture[keyPath: key].toggle()
      #expect(throws: ArchitectureInferenceError.headsUnknown) {
        try Architecture(inferredFrom: Self.shapes(architecture))
      }
    }
  }

  @Test func anotherSetOfClassesIsNotGuessed() {
    var architecture = Architecture.published[1]
    architecture.classes = 10
    #expect(throws: ArchitectureInferenceError.headsUnknown) {
      try Architecture(inferredFrom: Self.shapes(architecture))
    }
  }

  @Test(arguments: ["input_blocks.0.0.weight", "out.2.weight", "time_embed.0.weight"])
  func aMissingLandmarkIsNamed(name: String) {
    var shapes = Self.shapes(TestNetworks.small)
    shapes[name] = nil
    #expect(throws: ArchitectureInferenceError.notGuidedDiffusion(tensor: name)) {
      try Architecture(inferredFrom: shapes)
    }
    shapes[name] = [1]
    #expect(throws: ArchitectureInferenceError.notGuidedDiffusion(tensor: name)) {
      try Architecture(inferredFrom: shapes)
    }
  }

  /// Every tensor counts: without it, with another shape, or with one more, it is no network. One
  /// tensor of every seventeen is tried, which meets all kinds of layer.
  @Test func tensorsThatDoNotFitTogetherAreRefused() {
    let whole = Self.shapes(Architecture.published[0])
    for (index, name) in whole.keys.sorted().enumerated() where index % 17 == 0 {
      var missing = whole
      missing[name] = nil
      #expect(throws: ArchitectureInferenceError.self) { try Architecture(inferredFrom: missing) }
      var wrong = whole
      wrong[name]?[0] += 1
      #expect(throws: ArchitectureInferenceError.self) { try Architecture(inferredFrom: wrong) }
    }
    #expect(throws: ArchitectureInferenceError.inconsistent) {
      try Architecture(inferredFrom: whole.merging(["extra": [1]]) { $1 })
    }
    #expect(throws: ArchitectureInferenceError.self) { try Architecture(inferredFrom: [:]) }
  }

  /// Extents come from files: none may overflow, whatever they say.
  @Test(arguments: [Int.max, Int.max / 2, 1 << 40, 0, -1, .min])
  func absurdExtentsAreRefused(extent: Int) {
    let whole = Self.shapes(TestNetworks.small)
    for (index, (name, shape)) in whole.sorted(by: { $0.key < $1.key }).enumerated()
    where index % 9 == 0 || name.hasPrefix("input_blocks.0") || name.hasPrefix("time_embed") {
      for axis in shape.indices {
        var absurd = whole
        absurd[name]?[axis] = extent
        #expect(throws: ArchitectureInferenceError.self) { try Architecture(inferredFrom: absurd) }
      }
    }
  }

  // MARK: - Architectures that cannot be built

  private func problem(_ change: (inout Architecture) -> Void) -> ArchitectureError? {
    var architecture = TestNetworks.small
    change(&architecture)
    do {
      try architecture.check()
      return nil
    } catch { return error }
  }

  @Test func whatCannotBeBuiltIsNamed() {
    #expect(problem { _ in } == nil)
    #expect(problem { $0.modelChannels = 40 } == .widthNotDivisible(channels: 40))
    #expect(problem { $0.channelMultipliers = [1, 1.5] } == .widthNotDivisible(channels: 48))
    #expect(problem { $0.imageSize = 15 } == .sizeNotDivisible(imageSize: 15, levels: 2))
    #expect(
      problem { $0.headChannels = 24 } == .headsNotDivisible(channels: 64, heads: 24)
        || problem { $0.headChannels = 24 } == .headsNotDivisible(channels: 32, heads: 24))
    #expect(
      problem {
        $0.headChannels = nil
        $0.heads = 5
      } == .headsNotDivisible(channels: 32, heads: 5))
    #expect(problem { $0.imageSize = 0 } == .notPositive("image_size", 0))
    #expect(problem { $0.modelChannels = -32 } == .notPositive("num_channels", -32))
    #expect(problem { $0.residualBlocks = 0 } == .notPositive("num_res_blocks", 0))
    #expect(problem { $0.channelMultipliers = [] } == .notPositive("levels", 0))
    #expect(problem { $0.heads = 0 } == .notPositive("num_heads", 0))
    #expect(problem { $0.headChannels = 0 } == .notPositive("num_head_channels", 0))
    #expect(problem { $0.imageChannels = 0 } == .notPositive("image channels", 0))
  }

  @Test func theTextsSayWhatIsAllowed() {
    #expect("\(ArchitectureError.widthNotDivisible(channels: 40))".contains("multiple of 32"))
    #expect("\(ArchitectureError.notPositive("num_heads", 0))".contains("at least 1"))
    let size = "\(ArchitectureError.sizeNotDivisible(imageSize: 15, levels: 2))"
    #expect(size == "images of 15×15 cannot be halved 1 times for 2 levels")
  }
}
