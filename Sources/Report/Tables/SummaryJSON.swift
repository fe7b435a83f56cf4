import Foundation

/// A value of `summary.json`.
public enum SummaryValue: Sendable, Equatable {
  /// A text.
  case text(String)
  /// A whole number.
  case integer(Int)
  /// A number; NaN and infinity are written as null.
  case number(Double)
  /// True or false.
  case flag(Bool)
  /// Several values in order.
  case list([SummaryValue])
  /// Named values; they are written in the order of their names.
  case record([String: SummaryValue])
  /// Unknown.
  case null
}

extension SummaryValue: Encodable {
  /// Encodes the value as the JSON value of its kind.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .integer(let integer): try container.encode(integer)
    case .number(let number) where number.isFinite: try container.encode(number)
    case .flag(let flag): try container.encode(flag)
    case .list(let values): try container.encode(values)
    case .record(let values): try container.encode(values)
    case .number, .null: try container.encodeNil()
    }
  }
}

/// The text of `summary.json`: what the run as a whole has given.
public enum SummaryJSON {
  /// The totals of a run and the facts its caller adds, with sorted keys.
  ///
  /// The same input gives the same bytes.
  ///
  /// - Parameters:
  ///   - table: the figures of all images; sums and means as in the last row of the table.
  ///   - facts: further entries; an entry named like one of ours replaces it.
  /// - Returns: JSON in UTF-8, ending in a line feed.
  public static func text(
    of table: MetricsTable, facts: [String: SummaryValue] = [:]
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let entries = entries(of: table).merging(facts) { $1 }
    return String(decoding: try encoder.encode(SummaryValue.record(entries)), as: UTF8.self) + "\n"
  }

  private static func entries(of table: MetricsTable) -> [String: SummaryValue] {
    let total = ImageMetrics(totalOf: table.rows)
    let interval = table.interval.map { [$0.lowerBound, $0.upperBound].map(SummaryValue.number) }
    return [
      "images": .integer(table.rows.count), "samples": .integer(total.samples),
      "failed_samples": .integer(total.failed), "nfe": .integer(total.evaluations),
      "seconds": .number(total.seconds), "psnr_mean": value(total.meanPSNR),
      "ssim_mean": value(total.meanSSIM), "psnr_samples": value(total.samplePSNR),
      "ssim_samples": value(total.sampleSSIM), "std": value(total.standardDeviation),
      "mcse": value(total.monteCarloError), "coverage": value(total.coverage),
      "coverage_calibrated": value(total.calibratedCoverage),
      "images_disagreeing": .integer(table.disagreeing.count),
      "images_with_modes": .integer(table.rows.count { ($0.modes ?? 1) > 1 }),
      "images_with_answers": .integer(table.rows.count { ($0.answers ?? 1) > 1 }),
      "residual": value(total.residual),
      "interval": interval.map(SummaryValue.list) ?? .null,
    ]
  }

  private static func value(_ number: Double?) -> SummaryValue {
    number.map(SummaryValue.number) ?? .null
  }
}
