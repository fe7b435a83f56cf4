import Testing

@testable import Validation

/// The comparison must pass exact draws and notice draws that are broken on purpose.
///
/// With 20 replications an exact sampler leaves a band with a probability of 10⁻⁴ (Student's law with
/// 19 degrees of freedom beyond 5/√(1 + 1/20)); there are five bands for each problem.
@Suite struct SelfCheckTests {
  static let sizes = ExactSizes(
    problems: 2, samples: 60, replications: 20, truths: 60, longChain: 500)

  /// One problem of each prior in closed form.
  static let problems = ["Gaussian": "blur", "mixture": "inpainting"].compactMap { prior, name in
    ExactProblem.all.first { $0.priorName == prior && $0.operatorName == name }
  }

  @Test func bothProblemsAreThere() { #expect(Self.problems.count == 2) }

  @Test(arguments: problems)
  func exactDrawsPassAndBrokenOnesFail(_ problem: ExactProblem) throws {
    let bench = try ExactBench(problem, Self.sizes)
    let exact = try bench.selfCheck(nil)
    #expect(exact.isRight, "\(exact.line)")
    for broken in BrokenSampler.allCases {
      let found = try bench.selfCheck(broken)
      #expect(found.isRight, "\(found.line)")
    }
    #expect(try bench.selfCheck(.lessVariance).violations.contains(.spread))
    #expect(try bench.selfCheck(.shiftedMean).violations.contains(.mean))
  }

  /// Intervals of exact draws hold 0.9 of the truths' pixels. With variance × 0.5 a normal law has
  /// 0.9 at 1.645·√½ standard deviations: 0.755, far beyond 5 standard errors of about 0.012.
  @Test func coverageIsNominalForExactDrawsOnly() throws {
    let problem = try #require(Self.problems.first { $0.priorName == "Gaussian" })
    let bench = try ExactBench(problem, Self.sizes)
    let exact = try #require(try bench.coverage(of: .exact))
    #expect(exact.isNominal, "\(exact)")
    #expect(exact.standardError > 0 && exact.standardError < 0.02)
    let narrow = try bench.coverage { draws, posterior in
      draws.indices.map { i in
        let mean = Float(posterior.mean[i % posterior.mean.count])
        return mean + Float(0.5).squareRoot() * (draws[i] - mean)
      }
    }
    #expect(!narrow.isNominal, "\(narrow)")
  }

  @Test func noNumberIsNeverInside() throws {
    let band = ExactBand([
      DrawScores(mean: 0, spread: 1, wasserstein: 0, energy: 0, residual: 1),
      DrawScores(mean: 1, spread: 2, wasserstein: 1, energy: 1, residual: 2),
    ])
    var scores = DrawScores(mean: 0.5, spread: 1.5, wasserstein: 0.5, energy: 0.5, residual: 1.5)
    #expect(band.violations(scores).isEmpty)
    scores.energy = .nan
    #expect(band.violations(scores) == [.energy])
    scores.mean = 100
    #expect(band.violations(scores) == [.mean, .energy])
  }

  @Test func everyProblemCanBeMade() throws {
    let sizes = ExactSizes(problems: 1, samples: 10, replications: 2, truths: 0, longChain: 20)
    for problem in ExactProblem.all {
      let bench = try ExactBench(problem, sizes)
      #expect(bench.yardsticks.count == 1, "\(problem.priorName), \(problem.operatorName)")
    }
    #expect(
      Set(ExactProblem.all.map { $0.priorName + $0.operatorName }).count == ExactProblem.all.count)
  }
}
