import Foundation
import Synchronization
import Testing

@testable import RunFiles

@Suite struct LogTests {
  @Test func everyLineIsOneObject() throws {
    let folder = try TemporaryFolder()
    let log = EventLog(folder: folder.path, rank: 3, run: "r1")
    var event = RunEvent(
      .unit, unit: WorkUnit(image: RunSamples.image("a/b"), samples: 8..<16))
    event.seconds = .nan
    event.networkEvaluations = 80
    event.text = "two\nlines"
    log.write(event)
    EventLog(folder: folder.path, rank: 3, run: "r2").write(RunEvent(.ended))
    let lines = try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n")
    let objects = try lines.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    #expect(lines.count == 2)
    #expect(objects[0]?["event"] as? String == "unit")
    #expect(objects[0]?["network_evaluations"] as? Int == 80)
    #expect(objects[0]?["samples"] as? String == "8-15")
    #expect(objects[0]?["run"] as? String == "r1")
    #expect(objects[0]?["rank"] as? Int == 3)
    #expect(objects[0]?["outcome"] == nil)
    #expect(objects[1]?["run"] as? String == "r2")
  }

  @Test func aLogThatCannotBeWrittenIsReportedOnce() {
    let reports = Mutex<[String]>([])
    let log = EventLog(folder: "/nonexistent/folder", rank: 0, run: "r") { text in
      reports.withLock { $0.append(text) }
    }
    for _ in 0..<3 { log.write(RunEvent(.unit)) }
    #expect(reports.withLock { $0.count } == 1)
    #expect(reports.withLock { $0.first?.contains("the run goes on") } == true)
  }

  @Test func linesOfManyThreadsDoNotMix() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask {
          let log = EventLog(folder: path, rank: 0, run: "r")
          for _ in 0..<100 {
            var event = RunEvent(.unit)
            event.worker = worker
            event.text = String(repeating: "x", count: 500)
            log.write(event)
          }
        }
      }
    }
    let text = try String(
      contentsOfFile: "\(path)/events-\(HostName.forFiles)-0.jsonl", encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 400)
    for line in lines {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
  }

  @Test func statusIsReadBack() throws {
    let folder = try TemporaryFolder()
    let run = try folder.run()
    var status = RunStatus(program: "posterior test", run: "r", shard: try Shard("1/4"))
    status.units = .init(total: 10, done: 4, resumed: 2)
    status.remainingSeconds = 12.5
    try run.write(status, shard: try Shard("1/4"))
    try run.write(RunStatus(program: "p", run: "q", shard: nil), shard: nil)
    try AtomicFile.write("{torn", to: "\(run.path)/status-2-of-4.json")
    let found = try run.statuses()
    #expect(found.keys.sorted() == ["status-1-of-4.json", "status.json"])
    #expect(found["status-1-of-4.json"]?.units == status.units)
    #expect(found["status-1-of-4.json"]?.shard == "1/4")
    #expect(found["status-1-of-4.json"]?.remainingSeconds == 12.5)
  }

  @Test func theDescriptionSurvivesItsFile() {
    let description = RunDescription(
      workHash: "ab\ncd", program: "p 1", configuration: "a: 1\n\n# x\nb: |\n  t\n")
    #expect(RunDescription(text: description.text) == description)
    #expect(description.workHash == "ab cd")
    #expect(RunDescription(text: "a: 1\n") == nil)
  }
}
