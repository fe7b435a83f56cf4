import Foundation

/// The table of all images, readable without its script, and the numbers it sorts by.
struct TableSection {
  let table: MetricsTable
  /// Why the samples of an image contradict its measurement, by place in the table; nil if not.
  let disagreements: [String?]
  let limits: ReportLimits
  private let columns: [ReportColumn]

  init(_ table: MetricsTable, disagreements: [String?], limits: ReportLimits) {
    (self.table, self.disagreements, self.limits) = (table, disagreements, limits)
    columns = ReportColumn.columns(of: table)
  }

  var html: String {
    """
    <section id="images" aria-labelledby="images-title">
    <h2 id="images-title">Images</h2>
    \(controls)
    <p id="table-notes">\(notes)</p>
    <div class="scroll" role="region" aria-labelledby="images-title" tabindex="-1">
    <table id="table" aria-describedby="table-notes">
    <thead><tr>\(header)</tr></thead>
    <tbody>
    \(table.rows.indices.map(row).joined(separator: "\n"))
    </tbody>
    </table>
    </div>
    </section>

    """
  }

  private var controls: String {
    """
    <form id="filter" role="search">
    <label>Filter by name <input type="search" id="query" autocomplete="off"></label>
    <label><input type="checkbox" id="only-failed"> with failed samples</label>
    <label><input type="checkbox" id="only-disagreeing"> data and samples disagree</label>
    <output id="count" role="status" for="query only-failed only-disagreeing"></output>
    </form>
    """
  }

  private var notes: String {
    "A row opens with a click or Enter; ↑ and ↓ move between rows. Numbers of images are means over "
      + "pixels, in image units, where black is 0 and white is 1. The colours of std go from "
      + "<span class=\"bar viridis\"></span> \(limits.text(of: .std)) in all images."
  }

  private var header: String {
    let names =
      "<th scope=\"col\" data-key=\"name\">\(button("image", "name of the image"))</th>"
      + "<th scope=\"col\">mean</th><th scope=\"col\">std</th>"
    let numbers = columns.enumerated().map { index, column in
      "<th scope=\"col\" class=\"number\" data-key=\"\(index)\">"
        + "\(button(column.title, column.meaning))</th>"
    }
    return names + numbers.joined()
  }

  private func button(_ title: String, _ meaning: String) -> String {
    "<button type=\"button\" title=\"\(HTML.escaped(meaning))\">\(HTML.escaped(title))</button>"
  }

  private func row(_ index: Int) -> String {
    let row = table.rows[index]
    let name = HTML.escaped(row.image)
    let link = HTML.escaped("#image=" + HTML.component(row.image))
    let cells = columns.map { "<td class=\"number\">\(HTML.escaped($0.cell(row)))</td>" }
    return "<tr><th scope=\"row\"><a href=\"\(link)\" tabindex=\"-1\"><bdi>\(name)</bdi></a>"
      + "\(marks(index))</th><td class=\"thumb\"></td><td class=\"thumb\"></td>\(cells.joined())</tr>"
  }

  private func marks(_ index: Int) -> String {
    let failed = table.rows[index].failed
    let lost = failed > 0 ? " <span class=\"mark\">\(failed) failed</span>" : ""
    return lost + (disagreements[index] == nil ? "" : " <span class=\"mark\">disagrees</span>")
  }

  /// The numbers as the script needs them.
  var data: SummaryValue {
    .record([
      "columns": .list(
        columns.map { .record(["title": .text($0.title), "meaning": .text($0.meaning)]) }),
      "limits": .record([
        "picture": .text(limits.text(of: .picture)), "std": .text(limits.text(of: .std)),
        "width": .text(limits.text(of: .width)),
      ]),
      "rows": .list(table.rows.indices.map(rowData)),
    ])
  }

  private func rowData(_ index: Int) -> SummaryValue {
    let row = table.rows[index]
    var entries: [String: SummaryValue] = [
      "name": .text(row.image),
      "values": .list(columns.map { $0.number(row).map(SummaryValue.number) ?? .null }),
    ]
    if row.failed > 0 { entries["failed"] = .flag(true) }
    if let reason = disagreements[index] { entries["disagreement"] = .text(reason) }
    return .record(entries)
  }
}
