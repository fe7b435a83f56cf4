import Foundation
import RunFiles
import Statistics
import Testing

@testable import Report

/// A run folder with made-up samples, and the report of it.
struct MadeUpRun {
  let folder: String
  var images = ["a", "b"]
  var shape = [1, 8, 8]
  var samples = 4
  /// Indices of samples that failed, in every image.
  var failed: Set<Int> = []
  var hasTruth = true
  var misfit: Double? = 0.9
  var quantiles = [0.05, 0.5, 0.95]
  var scaling: IntervalScaling?
  var remarks: [String] = []
  var kept = 4
  /// T of any image, of a measurement of 64 values.
  var discrepancy: (@Sendable ([Float]) -> Double)?

  init() { folder = NSTemporaryDirectory() + "posterior-page-\(UUID().uuidString)/run" }

  var page: String { "\(folder)/report.html" }

  func remove() {
    try? FileManager.default.removeItem(atPath: (folder as NSString).deletingLastPathComponent)
  }

  private var pixelCount: Int { shape.reduce(1, *) }

  /// Values in [0, 1] that differ between images, samples and pixels.
  func values(_ image: Int, _ sample: Int) -> [Float] {
    (0..<pixelCount).map { pixel in
      let wave = sin(Double(pixel) / 5 + Double(image)) * 0.3
      return Float(0.5 + wave + 0.1 * sin(12.9898 * Double(pixel) + 78.233 * Double(sample)))
    }
  }

  private var truth: [Float] { (0..<pixelCount).map { Float($0) / Float(pixelCount) } }

  private static func quantities(_ image: ImageID, _ truth: [Float], _ shape: [Int]) -> QuantitySet
  {
    QuantitySet(derived: [], imageKey: image.key, shape: shape, truth: truth)
  }

  private func part(_ image: Int) throws -> Part {
    let options = StatisticsOptions(levels: true, extrema: true, truthRank: hasTruth)
    var statistics = ImageStatistics(pixelCount: pixelCount, options: options)
    let name = try ImageID(name: images[image])
    let quantities = hasTruth ? Self.quantities(name, truth, shape) : nil
    var held: [Int: [Float]] = [:]
    let records = (0..<samples).map { index in
      SampleRecord(
        index: index, attempts: failed.contains(index) ? 2 : 1,
        failure: failed.contains(index) ? "a value is not finite & <strange>" : nil,
        networkEvaluations: 100, seconds: 1.5, residual: misfit,
        quantities: failed.contains(index)
          ? [] : quantities?.values(of: values(image, index), shape: shape) ?? [])
    }
    for index in 0..<samples where !failed.contains(index) {
      try statistics.add(values(image, index), truth: hasTruth ? truth : nil)
      if index < kept { held[index] = values(image, index) }
    }
    return try Part(
      image: name, shape: shape, statistics: statistics, records: records, kept: held,
      quantityNames: quantities?.names ?? [])
  }

  /// Writes the run and its report; gives the text of the page.
  @discardableResult
  func write() throws -> String {
    let configuration =
      "run:\n  seed: 0 # <b>\nrecord:\n  libtorch: \"2.13.0\"\n"
      + "  input_0: \"abcd </pre><b>name\"\n"
    let directory = try RunDirectory.openOrCreate(
      at: folder,
      RunDescription(workHash: "ab12", program: "test 1", configuration: configuration))
    for image in images.indices { try directory.commit(part(image)) }
    return try report(directory)
  }

  /// Writes the report of the run; gives the text of the page.
  func report(_ directory: RunDirectory) throws -> String {
    var settings = Configuration.Statistics()
    settings.quantiles = quantiles
    let (hasTruth, shape, size, truth) = (hasTruth, shape, pixelCount, truth)
    let discrepancy = discrepancy
    let writer = ResultWriter(directory, statistics: settings, scaling: scaling, remarks: remarks) {
      part in
      hasTruth
        ? SceneImages(
          measurement: (Array(repeating: 0.4, count: size), shape), truth: truth,
          quantities: Self.quantities(part.image, truth, shape),
          measured: discrepancy == nil
            ? nil : MeasuredData(isMeasured: Array(repeating: true, count: 64), residuals: []),
          discrepancy: discrepancy) : SceneImages()
    }
    _ = try writer.write(directory.scan(), facts: [:])
    return try String(contentsOfFile: page, encoding: .utf8)
  }
}

/// What stands between two texts, at its first place.
private func between(_ start: String, _ end: String, in text: String) -> String? {
  guard let from = text.range(of: start),
    let to = text.range(of: end, range: from.upperBound..<text.endIndex)
  else { return nil }
  return String(text[from.upperBound..<to.lowerBound])
}

private let hostileNames = [
  "<script>hacked=1<|script>", "\"quotes\" & 'more'", "<!--", "#image=x%00", "a\u{202E}b",
  "<", "</script><img src=x onerror=hacked=1>", "ä ö/ü",
]

@Suite struct ReportFileTests {
  @Test func namesCannotBecomeMarkup() throws {
    var run = MadeUpRun()
    defer { run.remove() }
    run.images = hostileNames.filter { !$0.hasPrefix("#") }
    run.misfit = 3
    run.failed = [1]
    let page = try run.write()
    #expect(!page.contains("<img"))
    #expect(!page.contains("<script>hacked"))
    #expect(!page.contains("<strange>") && !page.contains("<b>"))
    // One script that runs, one of data for the table and one an image.
    #expect(page.components(separatedBy: "<script").count - 1 == 2 + run.images.count)
    #expect(page.components(separatedBy: "</script>").count - 1 == 2 + run.images.count)
    for name in run.images { #expect(page.contains("<bdi>\(HTML.escaped(name))</bdi>")) }
  }

  @Test func theDataCanBeReadBack() throws {
    var run = MadeUpRun()
    defer { run.remove() }
    run.images = hostileNames
    let page = try run.write()
    let text = try #require(between("id=\"table-data\">", "</script>", in: page))
    let table = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let rows = try #require(table["rows"] as? [[String: Any]])
    #expect(rows.compactMap { $0["name"] as? String } == hostileNames.sorted())
    let first = try #require(between("id=\"image-0\">", "</script>", in: page))
    let entry = try #require(
      JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])
    let pictures = try #require(entry["pictures"] as? [[String: Any]])
    #expect(
      pictures.compactMap { $0["title"] as? String } == [
        "measurement", "truth", "mean", "std", "|mean − truth|", "q05", "q50", "q95", "width",
        "min", "max", "sample 0", "sample 1", "sample 2", "sample 3",
      ])
    for picture in pictures {
      let png = try #require((picture["png"] as? String).flatMap { Data(base64Encoded: $0) })
      #expect(try PNGFile.decode(Array(png), name: "").width == 8)
    }
  }

  /// Nothing is fetched, and nothing runs but the one script whose digest the policy names.
  @Test func thePolicyFitsTheContent() throws {
    let run = MadeUpRun()
    defer { run.remove() }
    let page = try run.write()
    let policy = try #require(
      between("http-equiv=\"Content-Security-Policy\" content=\"", "\"", in: page))
    #expect(policy.hasPrefix("default-src 'none'; img-src data:;"))
    for tag in ["style", "script"] {
      let content = try #require(between("<\(tag)>", "</\(tag)>", in: page))
      let digest = Data(SHA256.digest(of: Array(content.utf8))).base64EncodedString()
      #expect(policy.contains("\(tag)-src 'sha256-\(digest)'"))
    }
    let addresses = page.components(separatedBy: "http").dropFirst()
    #expect(
      addresses.allSatisfy { $0.hasPrefix("://www.w3.org/2000/svg") || $0.hasPrefix("-equiv") })
    for word in ["style=", "onclick=", "@import", "url("] { #expect(!page.contains(word)) }
  }

  @Test func theSameRunGivesTheSameBytes() throws {
    let run = MadeUpRun()
    defer { run.remove() }
    let first = try run.write()
    #expect(try run.report(RunDirectory.open(run.folder)) == first)
    // Nothing temporary stays.
    let names = try FileManager.default.contentsOfDirectory(atPath: run.folder)
    #expect(names.filter(AtomicFile.isTemporary).isEmpty)
  }

  @Test func oneImageWithOneSampleAndNoTruth() throws {
    var run = MadeUpRun()
    defer { run.remove() }
    (run.images, run.samples, run.hasTruth, run.misfit) = (["only"], 1, false, nil)
    run.quantiles = []
    let page = try run.write()
    #expect(page.contains("of 1 image:"))
    #expect(!page.contains(">nan<") && !page.contains("PSNR"))
    #expect(page.contains("Not tested here."))
    #expect(!page.contains("width.png"))
  }

  @Test func failuresAreListedAndCounted() throws {
    var run = MadeUpRun()
    defer { run.remove() }
    run.failed = [0, 1, 3]
    var page = try run.write()
    #expect(page.contains("6 samples failed and are in no map."))
    #expect(page.contains("<td>0-1,3</td><td class=\"number\">2</td>"))
    #expect(page.contains("a value is not finite &amp; &lt;strange&gt;"))
    run = MadeUpRun()
    defer { run.remove() }
    run.failed = [0, 1, 2, 3]
    page = try run.write()
    #expect(page.contains("a has no good sample and no maps."))
    #expect(page.contains("of 0 images:"))
  }

  @Test(arguments: [(nil, false), (1.9, false), (2.5, true)] as [(Double?, Bool)])
  func disagreementIsFlagged(misfit: Double?, isFlagged: Bool) throws {
    var run = MadeUpRun()
    defer { run.remove() }
    run.misfit = misfit
    let page = try run.write()
    #expect(page.contains("<span class=\"mark\">disagrees</span>") == isFlagged)
  }

  /// A measurement that every sample explains and nothing halfway between them: four answers.
  @Test func separateAnswersAreFlagged() throws {
    var run = MadeUpRun()
    defer { run.remove() }
    let samples = (0..<2).flatMap { image in (0..<4).map { run.values(image, $0) } }
    run.discrepancy = { samples.contains($0) ? 64 : 1000 }
    let page = try run.write()
    #expect(page.contains("<span class=\"mark\">disagrees</span>"))
    #expect(page.contains("The samples are 4 separate answers"))
    let metrics = try String(contentsOfFile: "\(run.folder)/metrics.csv", encoding: .utf8)
    #expect(metrics.contains(",4,400,6,"), "\(metrics)")
    run.discrepancy = { _ in 64 }
    let other = try run.report(RunDirectory.open(run.folder))
    #expect(!other.contains("<span class=\"mark\">disagrees</span>"))
    #expect(!other.contains("separate answers"))
  }

  @Test func provenanceTellsWhereNumbersComeFrom() throws {
    let run = MadeUpRun()
    defer { run.remove() }
    try FileManager.default.createDirectory(
      atPath: run.folder, withIntermediateDirectories: true)
    try AtomicFile.write(
      """
      {"event":"started","host":"n<1>","rank":0,"run":"x","time":"2026-01-02T03:04:05.000Z"}
      {"event":"ended","host":"n<1>","rank":0,"run":"x","time":"2026-01-02T03:14:05.000Z",\
      "outcome":"complete"}

      """, to: "\(run.folder)/events-n-0.jsonl")
    let page = try run.write()
    for text in ["test 1", "ab12", "2.13.0", "n&lt;1&gt;", "10 min", "complete", "800"] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(page.contains("seed: 0 # &lt;b&gt;"))
    #expect(page.contains("abcd  &lt;/pre&gt;&lt;b&gt;name"))
    #expect(!page.contains("record:"))
  }

  /// Everything a report can hold. With POSTERIOR_REPORT_EXAMPLE the page is written into that
  /// folder and stays, to be looked at in a browser.
  @Test func everythingAtOnce() throws {
    var run = MadeUpRun()
    defer { run.remove() }
    let place = ProcessInfo.processInfo.environment["POSTERIOR_REPORT_EXAMPLE"]
    run.images = (0..<(place == nil ? 4 : 120)).map { "group/image \($0)" } + hostileNames
    (run.shape, run.samples, run.failed, run.kept) = ([3, 16, 16], 10, [5], 10)
    run.misfit = 2.2
    run.scaling = IntervalScaling(groups: [.init(stdBelow: .infinity, factor: 2)])
    run.remarks = ["Guarantee: <none>."]
    let page = try run.write()
    #expect(page.contains("Guarantee: &lt;none&gt;."))
    #expect(page.contains("href=\"calibration/tarp.csv\""))
    let count = run.images.count
    #expect(page.contains("Tested on \(count) images whose truth is known, with 9 samples each."))
    // Twelve images are too few for a histogram of ranks.
    let plots =
      ["Coverage of central intervals", "TARP"] + (place == nil ? [] : ["Rank of the truth"])
    for title in plots { #expect(page.contains(title), "\(title)") }
    #expect(page.contains("principal component 1"))
    #expect(page.contains("Calibrated interval"))
    for file in ["maps/\(run.images[0])/lower.npy", "calibration/tarp.svg"] {
      #expect(FileManager.default.fileExists(atPath: "\(run.folder)/\(file)"), "\(file)")
    }
    guard let place, !place.isEmpty else { return }
    try? FileManager.default.removeItem(atPath: place)
    try FileManager.default.copyItem(atPath: run.folder, toPath: place)
  }
}
