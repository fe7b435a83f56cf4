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
    let environment = [
      "SLURM_ARRAY_JOB_ID": "12", "SLURM_ARRAY_TASK_ID": "1", "SLURM_JOB_ID": "13",
      "SLURM_RESTART_COUNT": "2", "SLURM_JOB_END_TIME": "1700000000",
    ]
    var status = RunStatus(
      program: "posterior test", run: "r", share: ArrayShare(try Shard("1/4")),
      job: SlurmJob(environment: environment))
    status.units = .init(total: 10, done: 4, resumed: 2)
    status.remainingSeconds = 12.5
    try run.write(status, shard: try Shard("1/4"))
    try run.write(RunStatus(program: "p", run: "q", share: nil), shard: nil)
    try AtomicFile.write("{torn", to: "\(run.path)/status-2-of-4.json")
    let found = try run.statuses()
    #expect(
      found.keys.sorted() == ["status-1-of-4.json", "status-2-of-4.json", "status.json"])
    #expect(found["status-2-of-4.json"] == .some(nil), "it cannot be read")
    let share = try #require(found["status-1-of-4.json"] ?? nil)
    #expect(share.units == status.units)
    #expect(share.shard == "1/4")
    #expect(share.array == ArrayGeometry(first: 0, step: 1, count: 4))
    #expect(share.remainingSeconds == 12.5)
    #expect(share.job == "12_1" && share.restartCount == 2 && share.deadline == 1.7e9)
    let age = try #require(share.age())
    #expect(age > -1 && age < 3600)
    let alone = try #require(found["status.json"] ?? nil)
    #expect(alone.array == nil && alone.job == nil && alone.restartCount == nil)
  }

  @Test func jobsAreKnownByTheirEnvironment() {
    #expect(SlurmJob(environment: ["SLURM_JOB_ID": "7"]).name == "7")
    #expect(SlurmJob(environment: ["SLURM_JOB_ID": "7"]).restartCount == 0)
    #expect(SlurmJob(environment: ["PATH": "/bin"]) == SlurmJob())
    for text in ["", "soon", "-1", "0", "inf", "nan"] {
      #expect(SlurmJob(environment: ["SLURM_JOB_END_TIME": text]).deadline == nil)
    }
  }

  /// Most tasks first, then the latest; what is no numbering is passed over.
  @Test func theArraysOfAFolderAreFound() throws {
    let folder = try TemporaryFolder()
    #expect(RunDirectory.arrays(in: "\(folder.path)/none") == [])
    let run = try folder.run()
    #expect(RunDirectory.arrays(in: run.path) == [])
    func record(_ index: Int, _ geometry: [Int], at time: Double) throws {
      let array = try #require(
        ArrayGeometry(first: geometry[0], step: geometry[1], count: geometry[2]))
      let shard = try Shard(index: index, count: array.count)
      var status = RunStatus(program: "p", run: "r", share: ArrayShare(shard))
      status.array = array
      try run.write(status, shard: shard, now: Date(timeIntervalSince1970: time))
    }
    try record(0, [0, 1, 4], at: 1000)
    try record(1, [1, 1, 4], at: 3000)
    try record(2, [0, 1, 4], at: 2000)
    try record(5, [0, 2, 8], at: 500)
    try run.write(RunStatus(program: "p", run: "r", share: nil), shard: nil)
    let text = try String(contentsOfFile: "\(run.path)/status-5-of-8.json", encoding: .utf8)
    for (number, step) in ["0", "-3", "1e30", "\"x\"", "9223372036854775807"].enumerated() {
      let damaged = text.replacingOccurrences(of: "\"step\" : 2", with: "\"step\" : \(step)")
      #expect(damaged != text)
      try AtomicFile.write(damaged, to: "\(run.path)/status-\(number)-of-9.json")
    }
    #expect(RunDirectory.arrays(in: run.path).map(\.description) == ["0-14:2", "1-4", "0-3"])
  }

  @Test func theDescriptionSurvivesItsFile() {
    let description = RunDescription(
      workHash: "ab\ncd", program: "p 1", configuration: "a: 1\n\n# x\nb: |\n  t\n")
    #expect(RunDescription(text: description.text) == description)
    #expect(description.workHash == "ab cd")
    #expect(RunDescription(text: "a: 1\n") == nil)
  }
}
