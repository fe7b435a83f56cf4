import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct ProbabilityFlowTests {
  static let (mean, std) = (0.2, 0.3)

  private static func prior(_ shape: [Int] = [1, 1, 4]) throws -> GaussianPrior {
    try DPSTests.gaussian(mean: mean, std: std, shape: shape)
  }

  private static func end(
    _ flow: ProbabilityFlow, _ start: Double, times: [Double]
  ) throws -> Double {
    let x = try Tensor.full(start, shape: [1, 1, 1, 4])
    return try #require(
      flow.trajectory(x, times: times, denoiser: prior()).last?.doubles().first)
  }

  /// samplers.md §7.4 S6: .287346899 in float32, .287346879 in float64 on a grid rounded to float32,
  /// which moves the .0873 above the mean by 10⁻⁷ of it. The five factors shrink the start, 50, by
  /// 600; each rounds the state to 2⁻²⁴ of at most 50 before the rest of them.
  @Test func aGaussianHasThePublishedEnd() throws {
    let schedule = NoiseLevelSchedule.edm(power: 7)
    let times = schedule.odeTimes(from: 100, to: 0.01, steps: 5, grid: .main)
    let closed = zip(times, times.dropFirst()).reduce(50 - Self.mean) { x, step in
      x * (1 + (step.1 - step.0) * step.0 / (Self.std * Self.std + step.0 * step.0))
    }
    #expect(abs(Self.mean + closed - 0.287346879) < 1e-8)
    let reached = try Self.end(ProbabilityFlow(schedule), 50, times: times)
    #expect(abs(reached - 0.287346879) < 1e-6)
  }

  /// Along the flow (x − m)/√(s² + σ²) stays.
  private static func exact(_ start: Double, from high: Double, to low: Double) -> Double {
    let widths = [high, low].map { (std * std + $0 * $0).squareRoot() }
    return mean + (start - mean) * widths[1] / widths[0]
  }

  /// Halving the steps of a method of order p divides the error by 2^p; float32 rounds at 10⁻⁷.
  @Test(arguments: [(ProbabilityFlow.Solver.euler, 1.0), (.heun, 2.0)])
  func theErrorFallsWithTheOrder(solver: ProbabilityFlow.Solver, order: Double) throws {
    let schedule = NoiseLevelSchedule.edm(power: 3)
    let flow = ProbabilityFlow(schedule, solver: solver)
    let errors = try [40, 80].map { steps in
      let times = schedule.odeTimes(from: 3, to: 0.05, steps: steps, grid: .main)
      return abs(try Self.end(flow, 2, times: times) - Self.exact(2, from: 3, to: 0.05))
    }
    #expect(errors[1] > 2e-6, "above rounding")
    #expect(abs(log2(errors[0] / errors[1]) - order) < 0.15)
  }

  /// All schedules solve the same flow; x carries the scale s. Second order, 200 steps.
  @Test(arguments: NoiseLevelScheduleTests.schedules)
  func everyScheduleEndsAtTheSamePlace(schedule: NoiseLevelSchedule) throws {
    let times = schedule.odeTimes(from: 3, to: 0.05, steps: 200, grid: .main)
    let flow = ProbabilityFlow(schedule, solver: .heun)
    let reached = try Self.end(flow, 2 * schedule.scaling(times[0]), times: times)
    let place = reached / schedule.scaling(times[200])
    #expect(abs(place - Self.exact(2, from: 3, to: 0.05)) < 3e-4)
  }

  /// Euler's last step to noise level 0 is the denoiser's answer itself.
  @Test(arguments: ProbabilityFlow.Solver.allCases)
  func aStepToZeroDenoises(solver: ProbabilityFlow.Solver) throws {
    let x = try TestNetworks.images([0], shape: [1, 1, 4])
    let prior = try Self.prior()
    let step = try ProbabilityFlow(.edm(power: 7), solver: solver).step(
      x, from: 0.3, to: 0, denoiser: prior)
    let denoised = try prior.denoise(x, sigma: 0.3)
    #expect(try step.x.distance(to: denoised) < 1e-6)
    #expect(step.evaluations == 1)
    let inner = try ProbabilityFlow(.edm(power: 7), solver: solver).step(
      x, from: 0.3, to: 0.1, denoiser: prior)
    #expect(inner.evaluations == (solver == .heun ? 2 : 1))
    #expect(try inner.denoised.bits() == denoised.bits())
  }
}
