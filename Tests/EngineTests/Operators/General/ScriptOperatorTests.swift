import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct ScriptOperatorTests {
  static let shape = [1, 6, 8]

  private static func module(_ name: String) throws -> ScriptModule {
    let folder = try #require(Bundle.module.resourceURL).appending(path: "Modules")
    return try ScriptModule(path: folder.appending(path: "\(name).pt").path)
  }

  static func made(_ name: String, shape: [Int] = shape) throws -> ScriptOperator {
    try ScriptOperator(module(name), imageShape: shape)
  }

  private func problem(_ make: () throws -> Void) -> UnfitModule.Problem? {
    #expect(throws: UnfitModule.self) { try make() }?.problem
  }

  @Test func theShapeOfYIsFoundOut() throws {
    #expect(try Self.made("curved").measurementShape == [2, 3, 4])
    #expect(try Self.made("total").measurementShape == [1, 1, 1])
  }

  /// The module is a convolution whose weights are known.
  @Test func valuesAreTheModules() throws {
    let weight = try Tensor((1...18).map { sin(Float($0)) }, shape: [2, 1, 3, 3])
    let x = try OperatorChecks.random([2] + Self.shape)
    let expected = try x.plainConvolution(weight: weight, stride: 2, padding: 1)
    let found = try Self.made("linear").apply(x)
    for (value, wanted) in zip(try found.floats(), try expected.floats()) {
      #expect(abs(value - wanted) < 1e-5)
    }
  }

  /// float32: the quotient over 2e-2 has an error of 1e-4 in its curvature and 1e-5 in rounding.
  @Test func theGradientIsTheModules() throws {
    try OperatorChecks.expectDifferenceQuotient(
      Self.made("curved"), Self.shape, step: 1e-2, tolerance: 2e-3)
  }

  @Test(arguments: ["linear", "curved", "total"]) func rowsAreIndependent(name: String) throws {
    let made = try Self.made(name)
    try OperatorChecks.expectRowsAlone(made, Self.shape)
    try OperatorChecks.expectBatchSizeIsRounding(made, Self.shape, tolerance: 1e-5)
    OperatorChecks.expectShapesChecked(made, wrong: [1, 8, 6])
  }

  @Test func modulesThatAreNoOperatorsAreRefused() {
    #expect(problem { _ = try Self.made("mixing") } == .dependsOnBatch)
    #expect(problem { _ = try Self.made("noisy") } == .random)
    guard case .answerShape([], _) = problem({ _ = try Self.made("number") }) else {
      Issue.record("a number is no measurement")
      return
    }
    #expect(problem { _ = try Self.made("infinite") } == .notFinite(.images))
    #expect(throws: ScriptModuleError.self) { _ = try Self.made("linear", shape: [3, 6, 8]) }
    #expect(throws: ScriptModuleError.self) { _ = try Self.made("not there") }
  }

  /// float32: sums of 9 products, and 24 of them in the dot product.
  @Test func theAdjointOfALinearModuleIsExact() throws {
    let linear = try LinearScriptOperator(Self.made("linear"))
    for draw in 0..<3 {
      #expect(try linear.dotProductError(imageShape: Self.shape, draw: draw) < 1e-6)
    }
    try OperatorChecks.expectRowsAlone(linear, Self.shape)
    OperatorChecks.expectShapesChecked(linear, wrong: [1, 8, 6])
  }

  @Test func theGradientOfTheAdjointIsTheModule() throws {
    let linear = try LinearScriptOperator(Self.made("linear"))
    let y = try OperatorChecks.random([2] + linear.measurementShape)
    let u = try OperatorChecks.random([2] + Self.shape, draw: 1)
    let back = try vectorJacobianProduct(at: y, cotangent: u, of: linear.adjoint).gradient
    #expect(try back.floats() == linear.apply(u).floats())
  }

  @Test func whatIsNotLinearIsFoundOut() throws {
    for name in ["affine", "curved"] {
      let found = problem { _ = try LinearScriptOperator(Self.made(name)) }
      guard case .notLinear(let error)? = found else {
        Issue.record("\(name): \(String(describing: found))")
        continue
      }
      #expect(error > 1e-2)
    }
    // Its values are 2x and its gradient 1: ⟨2x, u⟩ against ⟨x, u⟩.
    let found = problem { _ = try LinearScriptOperator(Self.made("half_detached")) }
    guard case .wrongAdjoint? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
  }
}
