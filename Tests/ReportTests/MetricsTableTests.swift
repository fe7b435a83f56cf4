import Foundation
import Statistics
import Testing

@testable import Report

@Suite("Tables")
struct MetricsTableTests {
  private func row(_ image: String, _ number: Int = 0) -> ImageMetrics {
    ImageMetrics(
      image: image, samples: 16, failed: number % 2, meanPSNR: 24.5 + Double(number),
      meanSSIM: 0.9, samplePSNR: 22.25, sampleSSIM: 0.8125, standardDeviation: 0.0312345678,
      monteCarloError: 0.0078, coverage: 0.875, evaluations: 4000, seconds: 12.5)
  }

  private func blind(_ image: String) -> ImageMetrics {
    ImageMetrics(
      image: image, samples: 1, failed: 15, standardDeviation: .nan, evaluations: 250, seconds: 3)
  }

  @Test("The CSV file has a header and a row an image")
  func csv() {
    let table = MetricsTable(rows: [row("boot"), blind("bag")], interval: 0.05...0.95)
    #expect(
      table.csv == """
        image,samples,failed,psnr_mean,ssim_mean,psnr_samples,ssim_samples,std,mcse,coverage,coverage_calibrated,p_data,data,modes,answers,nfe,seconds,residual
        boot,16,0,24.5,0.9,22.25,0.8125,0.0312346,0.0078,0.875,,,,,,4000,12.5,
        bag,1,15,,,,,nan,,,,,,,,250,3,

        """)
  }

  /// P(χ²_2 ≥ 4 log 2) = 0.25.
  @Test("What is known without a truth has columns of its own")
  func withoutTruth() throws {
    var flagged = row("boot")
    flagged.dataCheck = PosteriorPredictiveCheck(discrepancies: [4 * log(2)], measurements: 2)
    flagged.dataFinding = .residualTooLarge
    (flagged.modes, flagged.answers) = (2, 3)
    let table = MetricsTable(rows: [flagged, row("bag")], interval: 0.05...0.95)
    #expect(table.csv.contains(",0.875,,0.25,too-large,2,3,4000,12.5,\n"))
    #expect(table.disagreeing.map(\.image) == ["boot"])
    let lines = table.text(width: 130).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("boot") && $0.contains("too-large      2        3") })
    #expect(!MetricsTable(rows: [row("bag")], interval: nil).text().contains("modes"))
  }

  @Test(
    "Fields with commas, quotes or line ends are quoted",
    arguments: [
      ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""),
      ("a b;c", "a b;c"), ("\"", "\"\"\"\""), ("Größe", "Größe"),
    ])
  func quoting(name: String, field: String) {
    let lines = MetricsTable(rows: [row(name)], interval: nil).csv
    #expect(lines.contains("residual\n" + field + ",16,"))
  }

  @Test("The terminal table is aligned, with totals in the last row")
  func terminal() {
    let table = MetricsTable(
      rows: [row("test/0000-boot"), row("test/0001", 11)], interval: 0.05...0.95)
    #expect(
      table.text() == """
                                         ─── mean ───  ─ samples ──
        image           samples  failed   PSNR   SSIM   PSNR   SSIM     std    MCSE  in 90 %   NFE  seconds
        ───────────────────────────────────────────────────────────────────────────────────────────────────
        test/0000-boot       16       0  24.50  0.900  22.25  0.812  0.0312  0.0078   87.5 %  4000     12.5
        test/0001            16       1  35.50  0.900  22.25  0.812  0.0312  0.0078   87.5 %  4000     12.5
        ───────────────────────────────────────────────────────────────────────────────────────────────────
        all 2 images         32       1  30.00  0.900  22.25  0.812  0.0312  0.0078   87.5 %  8000     25.0
        in 90 %: with 16 samples about 79 % would be right

        """)
  }

  @Test("The right coverage depends on the number of samples")
  func rightCoverage() {
    func said(_ samples: [Int]) -> String? {
      let rows = samples.map { count in
        var one = row("a")
        one.samples = count
        return one
      }
      return MetricsTable(rows: rows, interval: 0.05...0.95).rightCoverage
    }
    #expect(said([9]) == "with 9 samples about 72 % would be right")
    #expect(said([2, 19]) == "with 2 to 19 samples about 30 to 81 % would be right")
    #expect(said([100]) == nil && said([]) == nil)
    #expect(MetricsTable(rows: [row("a")], interval: nil).rightCoverage == nil)
  }

  @Test("Many images are cut, and the rest is announced")
  func truncation() {
    let rows = (0..<1000).map { row("image-\($0)", $0) }
    let lines = MetricsTable(rows: rows, interval: nil).text(maximumRows: 8)
      .split(separator: "\n")
    #expect(lines.count == 2 + 1 + 8 + 1 + 1 + 1)
    #expect(lines[11] == "… 992 more in metrics.csv")
    #expect(lines.last?.hasPrefix("all 1000 images    16000     500 ") == true)
    #expect(MetricsTable(rows: [], interval: nil).text().contains("all 0 images"))
  }

  @Test("Lines stay within the width, long names lose their middle")
  func width() {
    let rows = [row(String(repeating: "long/", count: 40) + "name"), row("short")]
    for width in [100, 110, 140] {
      let text = MetricsTable(rows: rows, interval: 0.05...0.95).text(width: width)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
      #expect(text.contains("..."))
    }
  }

  @Test("Without a truth its columns are left out")
  func blindTable() {
    let text = MetricsTable(rows: [blind("bag")], interval: 0.05...0.95).text()
    #expect(!text.contains("PSNR"))
    #expect(!text.contains("in 90 %"))
    #expect(text.hasPrefix("image  "))
    #expect(text.contains("nan"))
  }

  @Test("Names cannot steer the terminal")
  func escapes() {
    let text = MetricsTable(rows: [row("a\u{1B}[2Jb\u{202E}c\nd")], interval: nil).text()
    #expect(text.contains("a?[2Jb?c?d"))
  }

  @Test("Means leave out what is unknown or NaN")
  func totals() {
    let total = ImageMetrics(totalOf: [row("a"), blind("b"), row("c", 1)])
    #expect(total.meanPSNR == 25)
    #expect(total.standardDeviation == 0.0312345678)
    #expect(total.samples == 33)
    #expect(total.failed == 16)
    #expect(total.seconds == 28)
    #expect(ImageMetrics(totalOf: []).coverage == nil)
  }

  @Test("The summary has sorted keys, facts of the caller, and null for what is no number")
  func summary() throws {
    let table = MetricsTable(rows: [row("boot")], interval: 0.05...0.95)
    let text = try SummaryJSON.text(
      of: table,
      facts: [
        "version": .text("0.1/\"x\""), "complete": .flag(true), "std_limit": .number(.nan),
        "maps": .list([.text("mean"), .integer(2)]),
        "prior": .record(["b": .null, "a": .flag(false)]),
        "mcse": .number(0.25),
      ])
    #expect(
      text == """
        {
          "complete" : true,
          "coverage" : 0.875,
          "coverage_calibrated" : null,
          "failed_samples" : 0,
          "images" : 1,
          "images_disagreeing" : 0,
          "images_with_answers" : 0,
          "images_with_modes" : 0,
          "interval" : [
            0.05,
            0.95
          ],
          "maps" : [
            "mean",
            2
          ],
          "mcse" : 0.25,
          "nfe" : 4000,
          "prior" : {
            "a" : false,
            "b" : null
          },
          "psnr_mean" : 24.5,
          "psnr_samples" : 22.25,
          "residual" : null,
          "samples" : 16,
          "seconds" : 12.5,
          "ssim_mean" : 0.9,
          "ssim_samples" : 0.8125,
          "std" : 0.0312345678,
          "std_limit" : null,
          "version" : "0.1/\\"x\\""
        }

        """)
  }
}
