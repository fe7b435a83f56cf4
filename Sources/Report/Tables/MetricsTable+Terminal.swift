extension MetricsTable {
  /// The table for a terminal: aligned columns and a last row with totals.
  ///
  /// Columns without any value are left out; names that do not fit lose their middle, and their
  /// control characters are shown as `?`. A line tells which coverage would be right for few samples.
  ///
  /// - Parameters:
  ///   - maximumRows: the most images shown; a line tells how many more there are.
  ///   - width: the columns of the terminal; the names get what the numbers leave, but
  ///     always enough for the last row.
  public func text(maximumRows: Int = 20, width: Int = 100) -> String {
    let shown = Array(rows.prefix(max(0, maximumRows)))
    let total = ImageMetrics(totalOf: rows)
    let columns = figures.filter { figure in rows.contains { figure.text($0) != "-" } }
      .map { TextColumn(figure: $0, rows: shown + [total]) }
    let room = width - columns.reduce(0) { $0 + $1.width + TextColumn.gap }
    let names = (shown + [total]).map { Self.printable($0.image) }
    let lines = Self.lines(
      names: names, room: max(total.image.count, room), columns: columns,
      hidden: rows.count - shown.count)
    return lines + (rightCoverage.map { "\(intervalTitle): \($0)\n" } ?? "")
  }

  private static func lines(
    names: [String], room: Int, columns: [TextColumn], hidden: Int
  ) -> String {
    let names = names.map { NumberText.shortened($0, to: room) }
    let nameWidth = max(names.map(\.count).max() ?? 0, "image".count)
    let body = names.indices.map { row in
      names[row].padded(to: nameWidth) + columns.map { $0.cell(row) }.joined()
    }
    let hasGroups = columns.contains { !$0.group.isEmpty }
    let groups = String(repeating: " ", count: nameWidth) + TextColumn.groupLine(columns)
    let header = "image".padded(to: nameWidth) + columns.map(\.header).joined()
    let rule = String(repeating: "─", count: header.count)
    let more = hidden > 0 ? ["… \(hidden) more in metrics.csv"] : []
    let head = (hasGroups ? [groups] : []) + [header, rule]
    let lines = head + body.dropLast() + more + [rule] + body.suffix(1)
    return lines.map { $0.trimmedAtEnd + "\n" }.joined()
  }

  /// The columns after the name.
  private var figures: [Entry] {
    [
      Entry("samples") { "\($0.samples)" },
      Entry("failed") { "\($0.failed)" },
      Entry("PSNR", group: "mean") { NumberText.fixed($0.meanPSNR, decimals: 2) },
      Entry("SSIM", group: "mean") { NumberText.fixed($0.meanSSIM, decimals: 3) },
      Entry("PSNR", group: "samples") { NumberText.fixed($0.samplePSNR, decimals: 2) },
      Entry("SSIM", group: "samples") { NumberText.fixed($0.sampleSSIM, decimals: 3) },
      Entry("std") { NumberText.fixed($0.standardDeviation, decimals: 4) },
      Entry("MCSE") { NumberText.fixed($0.monteCarloError, decimals: 4) },
      Entry(intervalTitle) { row in
        row.coverage.map { NumberText.fixed(100 * $0, decimals: 1) + " %" } ?? "-"
      },
      Entry("in calibrated") { row in
        row.calibratedCoverage.map { NumberText.fixed(100 * $0, decimals: 1) + " %" } ?? "-"
      },
      Entry("data") { $0.dataFinding.flatMap { $0 == .agrees ? nil : $0.rawValue } ?? "-" },
      Entry("modes") { $0.modes.flatMap { $0 > 1 ? "\($0)" : nil } ?? "-" },
      Entry("answers") { $0.answers.flatMap { $0 > 1 ? "\($0)" : nil } ?? "-" },
      Entry("NFE") { "\($0.evaluations)" },
      Entry("seconds") { NumberText.fixed($0.seconds, decimals: 1) },
    ]
  }

  /// The name without characters that would move the cursor or hide others.
  private static func printable(_ name: String) -> String {
    let scalars = name.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: "?"
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}

// MARK: - Columns

/// One figure of an image as text.
private struct Entry {
  let title: String
  let group: String
  let text: (ImageMetrics) -> String

  init(_ title: String, group: String = "", text: @escaping (ImageMetrics) -> String) {
    (self.title, self.group, self.text) = (title, group, text)
  }
}

/// A column of numbers, set to the right.
private struct TextColumn {
  static let gap = 2

  let group: String
  let title: String
  let cells: [String]
  let width: Int

  init(figure: Entry, rows: [ImageMetrics]) {
    group = figure.group
    title = figure.title
    cells = rows.map(figure.text)
    width = (cells + [title]).map(\.count).max() ?? 0
  }

  var header: String { title.padded(to: width + Self.gap, right: false) }

  func cell(_ row: Int) -> String { cells[row].padded(to: width + Self.gap, right: false) }

  /// The names of groups, each centred in a rule over its columns.
  static func groupLine(_ columns: [TextColumn]) -> String {
    var line = ""
    var rest = columns[...]
    while let first = rest.first {
      let members = rest.prefix { $0.group == first.group }
      let width = members.reduce(0) { $0 + $1.width + gap } - gap
      line += String(repeating: " ", count: gap) + rule(first.group, width: width)
      rest = rest.dropFirst(members.count)
    }
    return line
  }

  private static func rule(_ name: String, width: Int) -> String {
    guard !name.isEmpty else { return String(repeating: " ", count: width) }
    let lines = max(0, width - name.count - 2)
    return String(repeating: "─", count: lines / 2) + " \(name) "
      + String(repeating: "─", count: lines - lines / 2)
  }
}

extension String {
  /// The text filled up with spaces, at the right or at the left end.
  fileprivate func padded(to width: Int, right: Bool = true) -> String {
    let spaces = String(repeating: " ", count: max(0, width - count))
    return right ? self + spaces : spaces + self
  }

  fileprivate var trimmedAtEnd: String {
    String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
  }
}
