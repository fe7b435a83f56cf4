import Foundation
import RunFiles

/// Where the numbers come from: program, configuration, inputs, machines, work.
struct ProvenanceSection {
  private static let mostStarts = 100

  let provenance: Provenance
  let total: ImageMetrics

  var html: String {
    """
    <section id="provenance" aria-labelledby="provenance-title">
    <h2 id="provenance-title">Provenance</h2>
    <dl class="record">\(facts.map(OverviewSection.fact).joined())</dl>
    <h3>Starts of the program</h3>
    \(starts)
    <details><summary>Configuration</summary><pre>\(HTML.escaped(provenance.configuration))</pre>
    </details>
    <details><summary>\(Words.count(provenance.inputs.count, "input")) with SHA-256</summary>
    <pre>\(HTML.escaped(inputs))</pre></details>
    </section>

    """
  }

  private var facts: [(String, String)] {
    [("program", provenance.program), ("work hash", provenance.workHash)]
      + provenance.facts.map { ($0.name.replacingOccurrences(of: "_", with: " "), $0.value) }
      + [
        ("hosts", provenance.history.hosts.joined(separator: ", ")),
        ("time of all workers", Words.duration(total.seconds)),
        ("network evaluations", Words.grouped(total.evaluations)),
      ].filter { !$0.1.isEmpty }
  }

  private var inputs: String {
    provenance.inputs.map { "\($0.digest)  \($0.name)\n" }.joined()
  }

  private var starts: String {
    let all = provenance.history.starts
    guard !all.isEmpty else { return "<p>No event log is in the folder.</p>" }
    let more = all.count - Self.mostStarts
    return """
      <div class="scroll"><table><thead><tr><th scope="col">began (UTC)</th>\
      <th scope="col" class="number">lasted</th><th scope="col">hosts</th>\
      <th scope="col" class="number">ranks</th><th scope="col">outcome</th>\
      <th scope="col" class="number">memory of a process</th></tr></thead>
      <tbody>\(all.prefix(Self.mostStarts).map(row).joined(separator: "\n"))</tbody></table></div>
      \(more > 0 ? "<p>… and \(more) more</p>" : "")
      """
  }

  private func row(_ start: RunHistory.Start) -> String {
    let memory = start.peakMemoryBytes.map { "\(NumberText.short(Double($0) / 1e9)) GB" } ?? "–"
    let lasted = start.seconds.map(Words.duration) ?? "–"
    let outcome = start.outcome ?? "no end was logged before this report"
    return "<tr><td>\(HTML.escaped(start.began))</td><td class=\"number\">\(lasted)</td>"
      + "<td>\(HTML.escaped(start.hosts.joined(separator: ", ")))</td>"
      + "<td class=\"number\">\(start.ranks)</td><td>\(HTML.escaped(outcome))</td>"
      + "<td class=\"number\">\(memory)</td></tr>"
  }
}
