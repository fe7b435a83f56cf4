import Foundation
import Testing

@testable import RunFiles

@Suite struct RunHistoryTests {
  private func line(
    _ event: String, run: String, host: String = "n1", rank: Int = 0, second: Int,
    more: String = ""
  ) -> String {
    "{\"event\":\"\(event)\",\"host\":\"\(host)\",\(more)\"process\":7,\"rank\":\(rank),"
      + "\"run\":\"\(run)\",\"time\":\"2026-01-02T03:04:\(second < 10 ? "0" : "")\(second).000Z\"}\n"
  }

  @Test func startsAreGathered() throws {
    let folder = try ScratchFolder()
    _ = try folder.file(
      "events-n1-0.jsonl",
      Array(
        (line("started", run: "a", second: 1)
          + line("unit", run: "a", second: 2, more: "\"peak_memory_bytes\":5,")
          + line("ended", run: "a", second: 9, more: "\"outcome\":\"interrupted\",")
          + line("started", run: "b", second: 10)
          + line("committed", run: "b", second: 11)
          + line("unit", run: "b", second: 12, more: "\"peak_memory_bytes\":8,")).utf8))
    // A torn line, and the log of the second rank.
    _ = try folder.file(
      "events-n2-1.jsonl",
      Array(("{\"ev\n" + line("started", run: "a", host: "n2", rank: 1, second: 3)).utf8))
    _ = try folder.file("events-x.txt", Array(line("started", run: "c", second: 1).utf8))
    let history = try RunHistory(folder: folder.path)
    #expect(history.hosts == ["n1", "n2"])
    #expect(history.starts.map(\.run) == ["a", "b"])
    #expect(history.starts.map(\.ranks) == [2, 1])
    #expect(history.starts.map(\.outcome) == ["interrupted", nil])
    #expect(history.starts.map(\.seconds) == [8, 2])
    #expect(history.starts[1].peakMemoryBytes == 8)
  }

  @Test func noLogIsNoHistory() throws {
    let folder = try ScratchFolder()
    #expect(try RunHistory(folder: folder.path).starts.isEmpty)
  }
}
