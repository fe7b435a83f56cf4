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

  private func part(_ name: String) throws -> Part {
    var statistics = ImageStatistics(pixelCount: 64, options: StatisticsOptions(levels: true))
    let records = (0..<2).map {
      SampleRecord(index: $0, attempts: 1, failure: nil, networkEvaluations: 1, seconds: 0)
    }
    for index in 0..<2 { try statistics.add((0..<64).map { Float($0 + index) / 80 }) }
    return try Part(
      image: ImageID(name: name), shape: [1, 8, 8], statistics: statistics, records: records,
      kept: [:])
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Writes results; tells for each image whether the mark was there when its maps were made.
  private func write(_ directory: RunDirectory) throws -> [Bool] {
    let seen = Mutex<[Bool]>([])
    let summary = summary
    let writer = ResultWriter(directory, statistics: Configuration.Statistics()) { _, _ in
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
}
