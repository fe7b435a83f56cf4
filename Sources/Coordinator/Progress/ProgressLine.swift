import Foundation

/// Progress as text: one line that is redrawn on a terminal, or plain lines for a log.
public enum ProgressLine {
  /// For example `12/16 units (resumed 4) · 75 % · 3.1 units/s · 1 failed · 2 workers on 2 ranks ·
  /// 5 s left`.
  public static func text(_ report: ProgressReport) -> String {
    var items = ["\(report.doneUnits)/\(report.totalUnits) units\(most(report))\(resumed(report))"]
    items.append("\(percent(report)) %")
    if let rate = report.unitsPerSecond { items.append("\(number(rate)) units/s") }
    if report.failedSamples > 0 {
      items.append("\(report.failedSamples) failed sample\(report.failedSamples == 1 ? "" : "s")")
    }
    items.append(workers(report))
    items.append(time(report))
    return items.joined(separator: " · ")
  }

  /// The line for a terminal: replaces the one before, never wider than the window.
  ///
  /// - Parameter columns: the width of the window; more text is cut off.
  public static func terminal(_ report: ProgressReport, columns: Int) -> String {
    let bar = bar(report.fraction, width: 20)
    return "\r\u{1B}[K" + String("\(bar) \(text(report))".prefix(max(1, columns - 1)))
  }

  private static func bar(_ fraction: Double, width: Int) -> String {
    let filled = min(width, max(0, Int(fraction * Double(width))))
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: width - filled) + "]"
  }

  private static func most(_ report: ProgressReport) -> String {
    report.openUnits > 0 ? " (at most \(report.mostUnits))" : ""
  }

  private static func resumed(_ report: ProgressReport) -> String {
    report.resumedUnits > 0 ? " (resumed \(report.resumedUnits))" : ""
  }

  /// Rounded down, so that 100 % means all.
  private static func percent(_ report: ProgressReport) -> Int { Int(report.fraction * 100) }

  private static func workers(_ report: ProgressReport) -> String {
    let workers = "\(report.workers) worker\(report.workers == 1 ? "" : "s")"
    return report.ranks > 1 ? "\(workers) on \(report.ranks) ranks" : workers
  }

  private static func time(_ report: ProgressReport) -> String {
    if report.doneUnits >= report.mostUnits { return "\(duration(report.elapsed)) in all" }
    let bound = report.openUnits > 0 ? "at most " : ""
    return report.remaining.map { "\(bound)\(duration($0)) left" } ?? "time left not known yet"
  }

  /// Three significant digits.
  public static func number(_ value: Double) -> String {
    let digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3
    return String(format: "%.\(digits)f", value)
  }

  /// For example `42 s`, `3 min 10 s`, `2 h 5 min`, `4 d 3 h`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "very long" }
    let whole = Int(max(0, seconds).rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    case ..<86400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    default: return "\(whole / 86400) d \(whole % 86400 / 3600) h"
    }
  }
}

/// When to print progress: often on a terminal; in a log each minute and at 1, 2, 5, 10, 20, … 100
/// %.
public struct ProgressPacer: Sendable {
  private let isTerminal: Bool
  private var lastTime: Double?
  private var passed = -1
  private static let marks = [1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]

  /// A pacer for a terminal or a log.
  public init(isTerminal: Bool) { self.isTerminal = isTerminal }

  /// Whether a line is due at `now` (seconds on any clock that goes forward); if so, the next one
  /// waits again.
  public mutating func isDue(_ report: ProgressReport, now: Double) -> Bool {
    let mark = Self.marks.last { Double($0) <= report.fraction * 100 } ?? 0
    let pause = now - (lastTime ?? -.infinity)
    let due =
      isTerminal ? pause >= 0.2 || mark == 100 && passed < 100 : pause >= 60 || mark > passed
    guard due else { return false }
    lastTime = now
    passed = max(passed, mark)
    return true
  }
}
