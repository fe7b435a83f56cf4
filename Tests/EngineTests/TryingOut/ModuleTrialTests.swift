import Foundation
import Tensors
import Testing

@testable import Engine

/// Modules that are no priors, operators or decoders, in each of these roles.
@Suite struct ModuleTrialTests {
  static let shape = [2, 4, 6]

  static func path(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).appending(path: "Modules/\(name).pt").path
  }

  enum Role: CaseIterable, Sendable {
    case prior, measurement, decoder

    /// Loads a module, and gives its check of the gradient and what it makes of x.
    func load(
      _ name: String
    ) throws -> (checkGradient: () throws -> Void, answer: (Tensor) throws -> Tensor) {
      let file = try path(name)
      switch self {
      case .prior:
        let made = try ModuleTrialTests.prior(file)
        return (made.checkGradient, { x in try made.predict(x, times: [500, 500]).mean })
      case .measurement:
        let made = try ScriptOperator(ScriptModule(path: file), imageShape: shape)
        return (made.checkGradient, made.apply)
      case .decoder:
        let made = try ScriptDecoder(path: file, latentShape: shape)
        return (made.checkGradient, made.decode)
      }
    }
  }

  static func prior(
    _ file: String, predicts: NetworkConvention.Prediction = .epsilon
  ) throws -> ScriptPrior {
    try ScriptPrior(
      file: file, imageShape: shape,
      convention: .init(predicts: predicts, time: .index, scaling: .variancePreserving),
      clock: ScriptPriorTests.clock())
  }

  private func problem(_ body: () throws -> Void) -> UnfitModule.Problem? {
    #expect(throws: UnfitModule.self) { try body() }?.problem
  }

  @Test(arguments: Role.allCases) func modulesMayWorkInPlace(role: Role) throws {
    let made = try role.load("in_place")
    let x = try OperatorChecks.random([2] + Self.shape)
    let values = try x.floats()
    #expect(try made.answer(x).floats() == values.map { 0.5 * $0 })
    #expect(try x.floats() == values)
    try made.checkGradient()
    let gradient = try valueAndGradient(at: x, of: made.answer).gradient.floats()
    #expect(gradient.allSatisfy { $0 == 0.5 })
  }

  @Test(arguments: Role.allCases) func whatAModuleKeepsIsACopy(role: Role) throws {
    let made = try role.load("keeps_answer")
    let x = try OperatorChecks.random([2] + Self.shape)
    let first = try made.answer(x)
    let values = try first.floats()
    _ = try made.answer(x * 2)
    #expect(try first.floats() == values)
  }

  @Test(
    arguments: Role.allCases, ["first_row", "last_row", "ranged", "placed", "sized"])
  func answersThatDependOnTheBatchAreRefused(role: Role, name: String) {
    #expect(problem { _ = try role.load(name) } == .dependsOnBatch)
  }

  @Test(arguments: Role.allCases) func answersThatChangeAreRefused(role: Role) {
    #expect(problem { _ = try role.load("counting") } == .random)
  }

  @Test(arguments: Role.allCases) func aBatchMustGiveAsManyAnswers(role: Role) {
    guard case .answerShape([1, 2, 4, 6], _) = problem({ _ = try role.load("one_row") }) else {
      Issue.record("not refused for its shape")
      return
    }
  }

  @Test(arguments: Role.allCases, [("complex", "ComplexFloat"), ("whole", "Int")])
  func onlyFloatingPointNumbersAreAnswers(role: Role, file: (name: String, type: String)) {
    let error = #expect(throws: ScriptModuleError.self) { _ = try role.load(file.name) }
    let text = error?.description ?? ""
    #expect(text.contains("\(file.name).pt: forward: returned numbers of type \(file.type);"))
  }

  @Test(arguments: Role.allCases) func halfPrecisionIsAnAnswer(role: Role) throws {
    let made = try role.load("half")
    #expect(try made.answer(.full(1, shape: [2] + Self.shape)).scalarType == .float32)
  }

  /// Noise is never 0 exactly, images are.
  @Test func operatorsMustTakeGrey() {
    #expect(
      problem { _ = try Role.measurement.load("undefined") } == .notFinite(.images))
    #expect(problem { _ = try Role.decoder.load("infinite") } == .notFinite(.latents))
  }

  // MARK: - Gradients

  @Test(arguments: Role.allCases) func aDetachedModuleHasNoGradient(role: Role) throws {
    let made = try role.load("detached")
    #expect(problem(made.checkGradient) == .noGradient)
  }

  /// Of the clean image c_skip·x + c_out·F, the first term has a gradient; F must have one too.
  @Test func whatIsAddedToANetworksAnswerIsNoGradientOfIt() throws {
    let made = try Self.prior(Self.path("detached"), predicts: .edm(dataSigma: 0.5))
    #expect(problem(made.checkGradient) == .noGradient)
  }

  /// A constant has the derivative 0, and a threshold has it nearly everywhere.
  @Test(arguments: Role.allCases, ["constant", "threshold"])
  func gradientsThatAreZeroRightlyPass(role: Role, name: String) throws {
    try role.load(name).checkGradient()
  }

  /// A straight-through estimate: its gradient is not the derivative of its values.
  @Test func gradientsOfAnotherSizePass() throws {
    try Role.measurement.load("half_detached").checkGradient()
  }

  @Test func aDecoderWithoutGradientMakesAMeasurementWithout() throws {
    let decoder = try ScriptDecoder(path: Self.path("detached"), latentShape: Self.shape)
    let decoded = DecodedOperator(Denoising(), decoder: decoder)
    #expect(problem(decoded.checkGradient) == .noGradient)
  }
}
