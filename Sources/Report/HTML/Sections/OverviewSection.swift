import Foundation

/// What the run as a whole has given, in a few numbers and sentences.
struct OverviewSection {
  let title: String
  let table: MetricsTable
  let failures: FailedSamples
  let disagreeing: Int
  let limits: ReportLimits

  var html: String {
    """
    <header>
    <h1><bdi>\(HTML.escaped(title))</bdi></h1>
    <p>\(HTML.escaped(sentence))</p>
    <nav aria-label="Sections"><a href="#calibration">Calibration</a>
    <a href="#failures">Failures</a> <a href="#images">Images</a>
    <a href="#provenance">Provenance</a></nav>
    <dl class="facts">\(facts.map(Self.fact).joined())</dl>
    </header>

    """
  }

  private var total: ImageMetrics { ImageMetrics(totalOf: table.rows) }

  private var sentence: String {
    "Posterior samples of \(Words.count(table.rows.count, "image")): what the measurements and the "
      + "prior leave open. The mean is the best single guess, the std is how far samples spread "
      + "around it."
  }

  private var facts: [(String, String)] {
    let columns = ReportColumn.columns(of: MetricsTable(rows: [total], interval: table.interval))
    let means = columns.filter { !["samples", "failed", "NFE", "seconds"].contains($0.title) }
      .map { ($0.title, $0.cell(total)) }
    return [
      ("images", Words.grouped(table.rows.count)), ("samples", Words.grouped(total.samples)),
      ("failed samples", Words.grouped(failures.count)),
      ("images where data and samples disagree", Words.grouped(disagreeing)),
    ] + means + [("limits of std colours", limits.text(of: .std))]
  }

  static func fact(_ name: String, _ value: String) -> String {
    "<div><dt>\(HTML.escaped(name))</dt><dd>\(HTML.escaped(value))</dd></div>"
  }
}

/// Numbers and counts in sentences.
enum Words {
  /// `1 image`, `2 images`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Digits in groups of three, such as `12 800`, with spaces that do not break.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map {
      String(digits[max(0, $0 - 3)..<$0])
    }
    return (number < 0 ? "−" : "") + groups.reversed().joined(separator: "\u{202F}")
  }

  /// Seconds, minutes or hours with three digits.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(NumberText.short(seconds)) s"
    case ..<7200: "\(NumberText.short(seconds / 60)) min"
    default: "\(NumberText.short(seconds / 3600)) h"
    }
  }
}
