import Foundation
import RunFiles

/// A folder of recorded values, described by its `index.json` alone.
public struct ReferenceSuite: Sendable {
  /// The folder.
  public let directory: String
  /// Its cases, in the order of the index.
  public let cases: [ReferenceCase]

  private struct Index: Decodable {
    let format: Int
    let cases: [ReferenceCase]
  }

  /// Reads the index of `directory`.
  ///
  /// - Throws: ``ReferenceSuiteError``.
  public init(directory: String) throws {
    let path = directory + "/index.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ReferenceSuiteError(path: path, reason: "cannot be read")
    }
    let index: Index
    do {
      index = try JSONDecoder().decode(Index.self, from: data)
    } catch {
      throw ReferenceSuiteError(path: path, reason: "is not a reference index: \(error)")
    }
    guard index.format == 1 else {
      throw ReferenceSuiteError(
        path: path, reason: "has format \(index.format); this program reads format 1")
    }
    self.directory = directory
    cases = index.cases
  }
}

/// A folder that is not a set of reference values.
public struct ReferenceSuiteError: Error, Sendable, CustomStringConvertible {
  let path: String
  let reason: String

  public var description: String { "\(path) \(reason)" }
}

/// One case: what to run, and how close the result must come.
public struct ReferenceCase: Decodable, Sendable {
  /// How far a result may be off.
  struct Tolerance: Decodable, Sendable {
    let absolute: Double
    let relative: Double
    let relativeTo: String
    let absolutePerState: [Double]?

    enum CodingKeys: String, CodingKey {
      case absolute, relative
      case relativeTo = "relative_to"
      case absolutePerState = "absolute_per_state"
    }
  }

  /// File of the arrays, relative to the folder.
  public let file: String
  /// What kind of computation it is.
  public let kind: String
  let parameters: JSONValue
  let inputs: [String: [Int]]
  let outputs: [String: [Int]]
  let tolerance: Tolerance
  /// A tighter absolute tolerance of some outputs.
  let tolerancePerOutput: [String: Double]?

  enum CodingKeys: String, CodingKey {
    case file, kind, parameters, inputs, outputs, tolerance
    case tolerancePerOutput = "tolerance_per_output"
  }

  /// How far an output may be off.
  func tolerance(of output: String) -> Tolerance {
    guard let absolute = tolerancePerOutput?[output] else { return tolerance }
    return Tolerance(
      absolute: absolute, relative: tolerance.relative, relativeTo: tolerance.relativeTo,
      absolutePerState: nil)
  }
}

/// What became of a case.
public struct CaseOutcome: Sendable {
  enum Verdict: Sendable, Equatable {
    /// Within tolerance: the largest error, and what was allowed there.
    case passed(error: Double, allowed: Double)
    /// The worst output, its error and what was allowed there.
    case failed(output: String, error: Double, allowed: Double)
    /// This build does not compute such a case; why.
    case notImplemented(String)
    /// The case could not be run.
    case broken(String)
  }

  let file: String
  let kind: String
  let verdict: Verdict

  /// Whether the case speaks against this build or machine.
  public var isFailure: Bool {
    switch verdict {
    case .passed, .notImplemented: false
    case .failed, .broken: true
    }
  }
}
