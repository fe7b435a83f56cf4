/// The samples that failed, and why.
struct FailuresSection {
  private static let mostRows = 1000

  let failures: FailedSamples

  var html: String {
    """
    <section id="failures" aria-labelledby="failures-title">
    <h2 id="failures-title">Failures</h2>
    \(sentences.map { "<p>\(HTML.escaped($0))</p>" }.joined(separator: "\n"))
    \(table)
    </section>

    """
  }

  private var sentences: [String] {
    let failed =
      failures.entries.isEmpty
      ? "No sample failed."
      : "\(Words.count(failures.count, "sample")) failed and \(failures.count == 1 ? "is" : "are") "
        + "in no map."
    let redrawn =
      failures.redrawn > 0
      ? ["\(Words.count(failures.redrawn, "good sample")) had to be drawn more than once."] : []
    let empty = failures.emptyImages.prefix(20).map { "\($0) has no good sample and no maps." }
    let more = failures.emptyImages.count - empty.count
    return [failed] + redrawn + empty
      + (more > 0 ? ["… and \(Words.count(more, "more image")) without maps."] : [])
  }

  private var table: String {
    guard !failures.entries.isEmpty else { return "" }
    let rows = failures.entries.prefix(Self.mostRows).map { entry in
      "<tr><th scope=\"row\"><bdi>\(HTML.escaped(entry.image))</bdi></th>"
        + "<td>\(HTML.escaped("\(entry.samples)"))</td><td class=\"number\">\(entry.attempts)</td>"
        + "<td>\(HTML.escaped(entry.reason))</td></tr>"
    }
    let more = failures.entries.count - rows.count
    return """
      <div class="scroll"><table><thead><tr><th scope="col">image</th><th scope="col">samples</th>\
      <th scope="col" class="number">attempts</th><th scope="col">reason</th></tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
      \(more > 0 ? "<p>… and \(more) more</p>" : "")
      """
  }
}
