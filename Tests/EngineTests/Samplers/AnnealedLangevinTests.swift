import Tensors
import Testing

@testable import Engine

@Suite struct AnnealedLangevinTests {
  typealias Task = ExactPosteriorTests.Task
  static let shape = DPSTests.shape

  static func ladder(levels: Int = 3) throws -> VarianceLadder {
    try VarianceLadder(levels: levels, factor: 0.3, noiseVariance: 0.0025)
  }

  static func dps(steps: Int = 4) throws -> DPS {
    DPS(try DPSTests.reverse(steps: steps), scale: 0.3)
  }

  static func sampler(
    start: AnnealedLangevin.WarmStart?, levels: Int = 3, stepsPerLevel: Int = 2, steps: Int = 5,
    transpose: LangevinDynamics.Transpose = .adjoint, chain: MeasurementChain = .coupled
  ) throws -> AnnealedLangevin {
    try AnnealedLangevin(
      DPSTests.reverse(steps: steps), start: start, ladder: ladder(levels: levels), chain: chain,
      dynamics: .paper(transpose: transpose), stepSize: .constant(1e-5),
      stepsPerLevel: stepsPerLevel)
  }

  // MARK: - Ladder

  /// samplers.md §9.11.
  @Test func theLadderIsThePublishedOne() throws {
    let ladder = try VarianceLadder(levels: 1000, factor: 0.009, noiseVariance: 0.0025)
    #expect(ladder.variances[0] == Double(Float(0.0025)))
    #expect(Float(ladder.variances[999]) == 4.8690429)
    #expect(ladder.variances.count { $0 < 1 } == 609)
    #expect(zip(ladder.variances, ladder.variances.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func impossibleLaddersAreRefused() throws {
    for (levels, factor, variance) in [
      (0, 0.1, 1.0), (1_000_001, 0.1, 1), (3, 0, 1), (3, .nan, 1), (3, 0.1, 0),
      (3, 0.1, 1e-60), (4, 1e39, 1),
    ] {
      #expect(throws: SamplerError.self) {
        try VarianceLadder(levels: levels, factor: factor, noiseVariance: variance)
      }
    }
    #expect(try VarianceLadder(levels: 1, factor: 0.1, noiseVariance: 2).variances == [2])
  }

  // MARK: - Chain

  /// Pixel k gets a one in draw k alone: what it shows is the weight of that draw.
  private func weights(_ chain: MeasurementChain, levels: Int) throws -> [[Double]] {
    let ladder = try Self.ladder(levels: levels)
    let y = try Tensor.full(0, shape: [1, 1, 1, levels])
    let noise = UnitNoise()
    var above: Tensor?
    var rows: [[Double]] = []
    for level in (0..<levels).reversed() {
      above = try chain.offset(
        of: level, ladder: ladder, above: above, measurement: y, noise: noise)
      rows.insert(try above?.doubles() ?? [Double](repeating: 0, count: levels), at: 0)
    }
    return rows
  }

  /// Level j holds the draws 0…j−1 with the root of their share of the variance, and no other, though the ladder
  /// is walked down from its top.
  @Test func theCoupledChainHasTheVarianceOfItsLevel() throws {
    let ladder = try Self.ladder(levels: 6)
    let weights = try weights(.coupled, levels: 6)
    for level in 0..<6 {
      for draw in 0..<6 {
        let share = draw < level ? ladder.increment(draw + 1).squareRoot() : 0
        #expect(abs(weights[level][draw] - share) < 1e-14)
      }
      let sum = weights[level].reduce(0) { $0 + $1 * $1 }
      #expect(abs(sum + ladder.variances[0] - ladder.variances[level]) < 1e-13)
    }
  }

  @Test func theIndependentMeasurementsHoldOneDrawEach() throws {
    let ladder = try Self.ladder(levels: 6)
    for (level, row) in try weights(.independent, levels: 6).enumerated() {
      for (draw, weight) in row.enumerated() {
        #expect(weight == (draw == level - 1 ? ladder.increment(level).squareRoot() : 0))
      }
    }
  }

  // MARK: - Dynamics

  /// N(m, s²) smoothed by σ, and scaled by √ᾱ and smoothed by √(1−ᾱ).
  @Test func scoresAreThoseOfTheSmoothedPrior() throws {
    let problem = try DPSTests.problem(model: DPSTests.gaussian())
    let reverse = try DPSTests.reverse()
    let x = try TestNetworks.images([0, 1], shape: Self.shape)
    let (bar, variance) = (reverse.process.tables.alphaBar[0], 0.09)
    let levels: [(LangevinDynamics.ScoreLevel, mean: Double, variance: Double)] = [
      (.finestStep, 0.2 * bar.squareRoot(), bar * variance + 1 - bar),
      (.sigma(0.5), 0.2, variance + 0.25),
    ]
    for level in levels {
      let (score, x0Hat) = try level.0.score(x, problem: problem, reverse: reverse)
      let expected = try (x - level.mean) / -level.variance
      #expect(try score.distance(to: expected) <= 1e-5 * expected.largest())
      #expect(try x0Hat.distance(to: x) < (level.0 == .finestStep ? 0.01 : 3))
    }
  }

  /// A linear operator that does not say so is carried back by its derivative: the same sums in another order.
  @Test(arguments: Task.allCases) func theDerivativeStandsForTheAdjoint(task: Task) throws {
    let linear = try task.linear
    let known = try DPSTests.problem(linear, model: DPSTests.gaussian())
    let hidden = InverseProblem(
      model: known.model, denoiser: known.denoiser, measurementOperator: Hidden(linear: linear),
      measurement: known.measurement, noise: known.noise)
    let x = try TestNetworks.images([0, 1], shape: Self.shape)
    let steps = try [known, hidden].map {
      try LangevinDynamics.paper.step(
        x, problem: $0, reverse: DPSTests.reverse(), measurement: $0.measurement, variance: 0.1,
        stepSize: 1e-4, noise: x * 0)
    }
    let gradient = steps[0].likelihoodGradient
    #expect(
      try steps[1].likelihoodGradient.distance(to: gradient) <= 1e-5 * gradient.largest())
    #expect(try gradient.largest() > 0.1)
  }

  @Test func clampedStepsStayInRange() throws {
    let problem = try DPSTests.problem(model: DPSTests.gaussian())
    let x = try TestNetworks.images([0, 1], shape: Self.shape) * 2
    for clamps in [true, false] {
      let step = try LangevinDynamics.paper(clamps: clamps).step(
        x, problem: problem, reverse: DPSTests.reverse(), measurement: problem.measurement,
        variance: 1, stepSize: 1e-6, noise: x * 0)
      #expect(try (step.next.largest() <= 1) == clamps)
    }
  }

  // MARK: - Warm start

  /// A start runs as it would alone, on the same noise, and can be stopped between its steps.
  @Test func theStartIsTheSamplerItself() throws {
    let problem = try DPSTests.problem(model: DPSTests.gaussian())
    let sampler = try Self.sampler(start: .init(Self.dps(), renoising: .paper(level: 2)))
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0, 4])
    let alone = try Self.dps().sample(problem, noise: noise)
    var states: [SamplerState] = []
    let end = try sampler.sample(problem, noise: noise, observe: { states.append($0) })
    #expect(try states[4].x.bits() == alone.x.bits())
    #expect(states[4].evaluations == 4)
    #expect(sampler.stepCount == 4 + 3 + 3 * 2 && states.count == sampler.stepCount + 1)
    #expect(end.evaluations == sampler.stepCount && end.completedSteps == sampler.stepCount)
    #expect(states.dropFirst().allSatisfy { $0.x0Hat != nil })
    var questions = 0
    #expect(throws: SamplingStopped.self) {
      try sampler.sample(problem, noise: noise) {
        questions += 1
        return questions > 2
      }
    }
  }

  @Test func theCodeLeavesTheNoisedStepOut() throws {
    let paper = try Self.sampler(start: .init(Self.dps(), renoising: .paper(level: 2)))
    let code = try Self.sampler(start: .init(Self.dps(), renoising: .code(level: 2)))
    let none = try Self.sampler(start: .init(Self.dps(), renoising: nil))
    let prior = try Self.sampler(start: nil)
    #expect(paper.stepCount - code.stepCount == 1)
    #expect(code.stepCount - none.stepCount == 2)
    #expect(prior.stepCount == 5 + 3 * 2)
  }

  /// No stream is read twice, also by samplers inside samplers, but for the ladder, which goes up once to find
  /// its top and then down.
  @Test func noStreamIsReadTwice() throws {
    let problem = try DPSTests.problem(model: DPSTests.gaussian())
    let inner = try Self.sampler(start: .init(Self.dps(), renoising: .paper(level: 2)))
    let outer = try Self.sampler(start: .init(inner, renoising: .code(level: 3)))
    let noise = LoggedNoise(try PhiloxNoise(seed: 1, image: 2, samples: [0]))
    let state = try outer.sample(problem, noise: noise)
    for purpose in NoisePurpose.allCases where purpose != .ladder {
      let steps = noise.requests(purpose)
      #expect(Set(steps).count == steps.count, "\(purpose) \(steps)")
    }
    let inside = 1 << 24
    #expect(
      noise.requests(.step).sorted() == [0, 1, 2, 3] + [0, 1, 2].map { inside + $0 }
        + [0, 1, 2].map { 2 * inside + $0 })
    #expect(
      noise.requests(.ladder) == [0, 1, 1].map { inside + $0 } + [0, 1, 1].map { 2 * inside + $0 })
    #expect(noise.requests(.noiseToLevel) == [inside, 2 * inside])
    #expect(noise.requests(.langevin).count == 12)
    #expect(state.evaluations == outer.stepCount)
  }

  @Test func stepsOutOfRangeAreRefused() throws {
    for renoising in [
      AnnealedLangevin.Renoising.paper(level: 5), .code(level: 0), .paper(level: -1),
    ] {
      #expect(throws: SamplerError.self) {
        try Self.sampler(start: .init(Self.dps(), renoising: renoising))
      }
    }
    #expect(throws: SamplerError.self) { try Self.sampler(start: nil, stepsPerLevel: 0) }
  }

  @Test func thePublishedTransposeNeedsAPublishedOperator() throws {
    let problem = try DPSTests.problem(Denoising(), model: DPSTests.gaussian())
    let sampler = try Self.sampler(start: nil, transpose: .published)
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0])
    do {
      _ = try sampler.start(problem, noise: noise)
      Issue.record("started")
    } catch {
      #expect("\(error)".contains("ald with mode code needs an operator of the published code"))
    }
  }

  // MARK: - Rows

  enum Form: CaseIterable, Sendable { case paper, code, prior, direct }

  @Test(arguments: Form.allCases) func noRowSeesItsNeighbour(form: Form) throws {
    let small = TestNetworks.small
    let linear = try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: small.imageShape)
    let problem = try DPSTests.problem(linear, model: TestNetworks.network())
    let reverse = try DPSTests.reverse(steps: 3, variance: .learnedRange, clips: true)
    let dps = DPS(reverse, scale: 0.3)
    let start: AnnealedLangevin.WarmStart? =
      switch form {
      case .paper: .init(dps, renoising: .paper(level: 1))
      case .code: .init(dps, renoising: .code(level: 1))
      case .direct: .init(dps, renoising: nil)
      case .prior: nil
      }
    let sampler = try AnnealedLangevin(
      reverse, start: start, ladder: Self.ladder(levels: 2),
      chain: form == .code ? .independent : .coupled,
      dynamics: .paper(transpose: form == .code ? .published : .adjoint),
      stepSize: .constant(1e-5), stepsPerLevel: 1)
    try RowChecks.check(sampler, problem)
  }
}

/// A linear operator that hides that it is one.
private struct Hidden: MeasurementOperator {
  let linear: any LinearOperator

  func measurementShape(ofImage image: [Int]) throws -> [Int] {
    try linear.measurementShape(ofImage: image)
  }

  func apply(_ x: Tensor) throws -> Tensor { try linear.apply(x) }

  func moved(to device: Device) throws -> Hidden { self }
}

/// Draw k is 1 at position k and 0 elsewhere.
private struct UnitNoise: NoiseSource {
  var rowCount: Int { 1 }

  func normal(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    (0..<rowShape.reduce(1, *)).map { $0 == step ? 1 : 0 }
  }

  func uniform(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    throw NoiseError.recordingExhausted(purpose)
  }
}
