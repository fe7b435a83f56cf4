import Foundation

/// The line that reports one case.
public struct ValidationLine: CustomStringConvertible {
  private let outcome: CaseOutcome

  public init(_ outcome: CaseOutcome) { self.outcome = outcome }

  public var description: String {
    let title = "\(outcome.kind) \(outcome.file)"
    switch outcome.verdict {
    case .passed(let error, let allowed):
      return "pass             \(title): error \(short(error)), allowed \(short(allowed))"
    case .failed(let output, let error, let allowed):
      return
        "FAIL             \(title): \(output) is off by \(short(error)), allowed \(short(allowed))"
    case .notImplemented(let what):
      return "not implemented  \(title): \(what)"
    case .broken(let reason):
      return "FAIL             \(title): \(reason)"
    }
  }

  private func short(_ value: Double) -> String { String(format: "%.3g", value) }
}

/// How many cases passed, failed and were not implemented.
public struct ValidationTotals: CustomStringConvertible {
  let passed: Int
  /// Cases outside of their tolerance, and those that could not be run.
  public let failed: Int
  let notImplemented: Int

  public init(_ outcomes: [CaseOutcome]) {
    failed = outcomes.count(where: \.isFailure)
    notImplemented = outcomes.count {
      if case .notImplemented = $0.verdict { true } else { false }
    }
    passed = outcomes.count - failed - notImplemented
  }

  public var description: String {
    "\(passed) passed, \(failed) failed, \(notImplemented) not implemented"
  }
}
