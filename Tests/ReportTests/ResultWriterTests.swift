import Foundation
import RunFiles
import Statistics
import Synchronization
import Testing

@testable import Report

/// `summary.json` is the mark that everything else is written.
@Suite struct ResultWriterTests {
  private let folder: String
  private let summary: String

  init() throws {
    folder = NSTemporaryDirectory() + "posterior-report-\(UUID().uuidString)/run"
    summary = "\(folder)/summary.json"
  }

  private func directory() throws -> RunDirectory {
    let directory = try RunDirectory.openOrCreate(
      at: folder, RunDescription(workHash: "ab", program: "test", configuration: "run: {}\n"))
    for name in ["a", "b"] { try directory.commit(part(name)) }
    return directory
  }

  /// - Parameter failing: with this reason all samples fail.
  private func part(_ name: String, samples: Int = 2, failing: String? = nil) throws -> Part {
    var statistics = ImageStatistics(pixelCount: 64, options: StatisticsOptions(levels: true))
    let records = (0..<samples).map {
      SampleRecord(index: $0, attempts: 1, failure: failing, networkEvaluations: 1, seconds: 0)
    }
    for index in 0..<samples where failing == nil {
      try statistics.add((0..<64).map { Float($0 + index) / 80 })
    }
    return try Part(
      image: ImageID(name: name), shape: [1, 8, 8], statistics: statistics, records: records,
      kept: [:])
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private func results(
    _ directory: RunDirectory, quantiles: [Double] = [0.05, 0.95]
  ) throws -> WrittenResults {
    let statistics = Configuration.Statistics(quantiles: quantiles)
    return try ResultWriter(directory, statistics: statistics) { _ in SceneImages() }
      .write(directory.scan(), facts: [:])
  }

  /// Writes results; tells for each image whether the mark was there when its maps were made.
  private func write(_ directory: RunDirectory) throws -> [Bool] {
    let seen = Mutex<[Bool]>([])
    let summary = summary
    let writer = ResultWriter(directory, statistics: Configuration.Statistics()) { _ in
      seen.withLock { $0.append(access(summary, F_OK) == 0) }
      return SceneImages()
    }
    _ = try writer.write(directory.scan(), facts: ["mark": .text("x")])
    return seen.withLock { $0 }
  }

  @Test func theMarkIsThereOnlyWhenAllIsWritten() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    for _ in 0..<2 {
      #expect(try write(directory) == [false, false])
      #expect(try String(contentsOfFile: summary, encoding: .utf8).contains("\"mark\" : \"x\""))
    }
    for file in ["metrics.csv", "overview.png", "maps/a/mean.npy", "maps/b/std.png"] {
      #expect(exists("\(folder)/\(file)"))
    }
  }

  /// The bytes of all files but the parts, by path.
  private func files() throws -> [String: Data] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let wanted = names.filter { !$0.hasPrefix("parts") && !folderExists("\(folder)/\($0)") }
    return try Dictionary(
      uniqueKeysWithValues: wanted.map {
        ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)")))
      })
  }

  private func folderExists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  @Test func theNumberOfThreadsChangesNoByte() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    for image in 0..<30 {
      let reason = image % 7 == 3 ? "not finite" : nil
      try directory.commit(part("more/\(image)", failing: reason))
    }
    func write(threads: Int) throws -> [String: Data] {
      let statistics = Configuration.Statistics()
      // Images end in another order than they begin in.
      let writer = ResultWriter(directory, statistics: statistics, threads: threads) { part in
        usleep(UInt32(part.image.key % 3000))
        return SceneImages(truth: (0..<64).map { Float($0) / 64 })
      }
      _ = try writer.write(directory.scan(), facts: [:])
      return try files()
    }
    let expected = try write(threads: 1)
    #expect(expected.count > 32 * 10)
    for threads in [2, 5] { #expect(try write(threads: threads) == expected) }
  }

  @Test(arguments: ["maps/b", "overview.png", "metrics.csv"])
  func whatCannotBeWrittenLeavesNoMark(obstacle: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    _ = try write(directory)
    try FileManager.default.removeItem(atPath: "\(folder)/\(obstacle)")
    // A folder in the place of a file, and a file in the place of a folder.
    if obstacle == "maps/b" {
      try AtomicFile.write("x", to: "\(folder)/maps/b")
    } else {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(obstacle)/x", withIntermediateDirectories: true)
    }
    #expect(throws: FileError.self) { try write(directory) }
    #expect(!exists(summary))
  }

  @Test func mapsOfOtherQuantilesDoNotStay() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    _ = try results(directory, quantiles: [0.05, 0.00002])
    for name in ["q05.npy", "q05.png", "q00002.npy"] { #expect(exists("\(folder)/maps/a/\(name)")) }
    let others = ["truth.png", "measurement.png", "notes.txt", "q05.txt"]
    for name in others { try AtomicFile.write("x", to: "\(folder)/maps/a/\(name)") }
    _ = try results(directory, quantiles: [0.1, 0.9])
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/maps/a")
    #expect(
      names.filter { $0.hasPrefix("q") }.sorted() == [
        "q05.txt", "q10.npy", "q10.png", "q90.npy", "q90.png",
      ])
    #expect(names.contains("mean.npy") && names.contains("width.png"))
    #expect(Set(names).isSuperset(of: others))
  }

  @Test func whatKilledProcessesLeaveOfSamplesGoes() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    let file = "\(folder)/samples/a.npy.tmp.elsewhere.7.1"
    try directory.makeFolder(of: file)
    try AtomicFile.write("x", to: file)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -90_000)], ofItemAtPath: file)
    _ = try results(directory)
    #expect(!exists(file))
  }

  @Test func mapsWithoutSamplesAreNamed() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    #expect(try results(directory).foreignMaps == [])
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.partsPath)
    where name.hasPrefix("b") { try AtomicFile.remove("\(directory.partsPath)/\(name)") }
    let left = try results(directory)
    #expect(left.foreignMaps == ["b"] && left.table.rows.map(\.image) == ["a"])
    #expect(exists("\(folder)/maps/b/mean.npy"))
  }

  @Test func withoutPicturesTheReportLinksNone() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    for pictures in [true, false] {
      let statistics = Configuration.Statistics(pictures: pictures)
      _ = try ResultWriter(directory, statistics: statistics) { _ in SceneImages() }
        .write(directory.scan(), facts: [:])
      #expect(exists("\(folder)/maps/a/mean.png") == pictures)
      #expect(exists("\(folder)/maps/a/mean.npy") && exists("\(folder)/overview.png"))
      let report = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
      #expect(report.contains("maps/a/mean.png") == pictures)
      #expect(report.contains("maps/a/mean.npy"))
    }
  }

  @Test func imagesOfFailedSamplesHaveARow() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    try directory.commit(part("aa", samples: 3, failing: "not finite"))
    let table = try results(directory).table
    #expect(table.rows.map(\.image) == ["a", "aa", "b"])
    #expect(table.rows.map(\.samples) == [2, 0, 2] && table.rows.map(\.failed) == [0, 3, 0])
    #expect(table.rows[1].evaluations == 3 && table.rows[1].standardDeviation == nil)
    let text = try String(contentsOfFile: summary, encoding: .utf8)
    #expect(text.contains("\"failed_samples\" : 3") && text.contains("\"images\" : 3"))
    #expect(
      try String(contentsOfFile: "\(folder)/metrics.csv", encoding: .utf8).contains("\naa,0,3,"))
    #expect(!exists("\(folder)/maps/aa"))
  }

  @Test func oneSampleHasNoSpread() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try directory()
    try directory.commit(part("one", samples: 1))
    let row = try #require(try results(directory).table.rows.last)
    #expect(row.samples == 1 && row.standardDeviation == nil && row.monteCarloError == nil)
    #expect(!(try String(contentsOfFile: "\(folder)/metrics.csv", encoding: .utf8)).contains("nan"))
  }

  @Test(arguments: [
    (0.05, "q05"), (0.5, "q50"), (0.975, "q975"), (0.0001, "q0001"), (0.00002, "q00002"),
    (0.000025, "q000025"), (0.99999, "q99999"),
  ])
  func namesOfQuantiles(level: Double, name: String) {
    #expect(ImageResult.name(ofQuantile: level) == name)
  }
}
