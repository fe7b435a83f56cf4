import RunFiles

/// The largest excess of an output over what is recorded.
struct Comparison {
  let output: String
  /// |got − want| where it is largest against what is allowed there.
  let error: Double
  let allowed: Double

  var passes: Bool { error <= allowed }

  /// How much of the tolerance is used.
  private var load: Double { allowed > 0 ? error / allowed : (error > 0 ? .infinity : 0) }

  /// Compares one output elementwise.
  ///
  /// - Throws: ``CaseFailure`` if the sizes differ, or a recorded value is not finite.
  init(
    output: String, got: [Double], want: StoredArray, tolerance: ReferenceCase.Tolerance
  ) throws {
    let expected = want.doubles()
    guard got.count == expected.count else {
      throw CaseFailure("\(output): \(got.count) values instead of \(expected.count)")
    }
    guard expected.allSatisfy(\.isFinite) else {
      throw CaseFailure("\(output): a recorded value is not finite")
    }
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let elementwise = tolerance.relativeTo == "element"
    var worst = (error: 0.0, allowed: tolerance.absolute, load: -1.0)
    let block = max(1, expected.count / max(1, tolerance.absolutePerState?.count ?? 1))
    for (index, (value, target)) in zip(got, expected).enumerated() {
      let state = tolerance.absolutePerState.map { $0[min($0.count - 1, index / block)] }
      let scale = elementwise ? abs(target) : largest
      let allowed = (state ?? tolerance.absolute) + tolerance.relative * scale
      let error = value == target ? 0 : abs(value - target)
      let finite = error.isFinite ? error : .infinity
      let load = allowed > 0 ? finite / allowed : (finite > 0 ? .infinity : 0)
      if load > worst.load { worst = (finite, allowed, load) }
    }
    self.output = output
    error = worst.error
    allowed = worst.allowed
  }

  /// The one that uses most of its tolerance.
  static func worst(_ comparisons: [Comparison]) -> Comparison? {
    comparisons.max { $0.load < $1.load }
  }
}

/// Why a case could not be run or compared.
struct CaseFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A case that this build has no computation for.
struct NotImplemented: Error {
  let what: String

  init(_ what: String) { self.what = what }
}
