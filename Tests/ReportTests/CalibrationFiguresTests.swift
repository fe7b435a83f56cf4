import Foundation
import RunFiles
import Statistics
import Testing

@testable import Report

/// A summary of 200 images with a curve below the diagonal.
func exampleSummary(quantities: [String] = ["norm", "projection-0"]) -> CalibrationSummary {
  let curve = CoverageCurve(
    points: (1...9).map { index in
      let nominal = Double(index) / 10
      let observed = nominal * nominal
      return .init(
        nominal: nominal, observed: observed, band: observed...(observed + 0.05))
    })
  let bins = (0..<4).map { index in
    let low = 0.004 * pow(3, Double(index))
    return StandardisedErrors.Bin(
      range: low...(3 * low), pixels: 100, ratio: 1.5, band: 1.3...1.6)
  }
  return CalibrationSummary(
    images: 200, samples: 16...16, coverage: curve, unsaturatedCoverage: nil, tarp: curve,
    errors: StandardisedErrors(bins: bins),
    ranks: quantities.map {
      RankHistogram(quantity: $0, counts: [70, 50, 50, 30], band: 37...63, pValue: 0.003)
    }, crps: .init(mean: 0.02, standardError: 0.001), energyScore: nil, intervalWidth: nil)
}

@Suite struct CalibrationFiguresTests {
  @Test func everyQuantityHasFilesOfItsOwn() throws {
    let figures = CalibrationFigures(exampleSummary(quantities: ["a/b", "a b", "../x", "norm"]))
    let names = figures.items.map(\.name)
    #expect(
      names == [
        "coverage", "tarp", "standardised-errors", "rank-a-b", "rank-a-b-", "rank----x",
        "rank-norm",
      ])
  }

  @Test func anEmptySummaryGivesNoFigures() {
    let nothing = CoverageCurve(points: [])
    let summary = CalibrationSummary(
      images: 0, samples: 0...0, coverage: nothing, unsaturatedCoverage: nil, tarp: nothing,
      errors: StandardisedErrors(bins: []), ranks: [], crps: nil, energyScore: nil,
      intervalWidth: nil)
    #expect(CalibrationFigures(summary).items.isEmpty)
  }

  @Test func filesHoldTheNumbers() throws {
    let folder = NSTemporaryDirectory() + "posterior-calibration-\(UUID().uuidString)/run"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try RunDirectory.openOrCreate(
      at: folder, RunDescription(workHash: "ab", program: "test", configuration: "run: {}\n"))
    try CalibrationFigures(exampleSummary()).write(to: "\(folder)/calibration", in: directory)
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(folder)/calibration/\(name)", encoding: .utf8)
    }
    #expect(
      try text("scores.csv") == """
        quantity,value,standard_error
        images,200,
        crps,0.02,0.001
        rank_p_value norm,0.003,
        rank_p_value projection-0,0.003,

        """)
    #expect(try text("coverage.csv").contains("all pixels,line,0.5,,,0.25,,\n"))
    #expect(try text("coverage.csv").contains(",band,0.5,,,,0.25,0.3\n"))
    #expect(try text("standardised-errors.csv").contains("0.004,0.012,1.5,1.3,1.6\n"))
    #expect(try text("rank-norm.csv").contains("truths,bars,0.125,0,0.25,70,,\n"))
    #expect(try text("rank-norm.svg").contains("p = 0.003"))
    for name in ["coverage", "tarp", "standardised-errors", "rank-norm", "rank-projection-0"] {
      #expect(try PNGFile.read(path: "\(folder)/calibration/\(name).png").width == 960)
    }
  }
}
