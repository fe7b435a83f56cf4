import Foundation
import RunFiles
import Testing

@testable import Coordinator

@Suite struct RunActivityTests {
  private static let now = Date(timeIntervalSince1970: 1_700_000_000)

  private static func status(
    _ state: RunStatus.State = .running, age: Double = 5, drawn: Int = 0,
    _ change: (inout RunStatus) -> Void = { _ in }
  ) -> RunStatus {
    var status = RunStatus(program: "p", run: "r", share: nil, secondsSinceStart: 10)
    status.state = state
    status.host = "n3"
    status.updated = (now - age).formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    status.samples = .init(total: 100, done: 20 + drawn, resumed: 20)
    status.units = .init(total: 10, done: 2, resumed: 2)
    change(&status)
    return status
  }

  @Test func ratesOfThoseThatRunAreAdded() throws {
    let activity = RunActivity(
      [
        Self.status(drawn: 10), Self.status(drawn: 30), Self.status(drawn: 0),
        Self.status(age: 61, drawn: 70), Self.status(.complete, drawn: 70),
        Self.status(.interrupted, age: 1e6), Self.status(.failed), Self.status(.failed),
      ], now: Self.now)
    #expect(activity.text == "1 complete, 3 running, 1 interrupted, 2 failed, 1 silent")
    #expect(try #require(activity.samplesPerSecond) == 4)
    let idle = RunActivity([Self.status(), Self.status(age: 100, drawn: 9)], now: Self.now)
    #expect(idle.samplesPerSecond == nil)
    #expect(RunActivity([], now: Self.now).text == "")
  }

  @Test func silenceBeginsAfterAMinute() {
    #expect(RunActivity.doing(Self.status(age: 59), now: Self.now) == .running)
    #expect(RunActivity.doing(Self.status(age: 61), now: Self.now) == .silent)
    #expect(RunActivity.doing(Self.status(age: -500), now: Self.now) == .running)
    #expect(RunActivity.doing(Self.status { $0.updated = "lately" }, now: Self.now) == .silent)
    #expect(RunActivity.doing(Self.status(.interrupted, age: 1e7), now: Self.now) == .interrupted)
  }

  @Test func whoIsAtWorkElsewhereIsSeen() {
    func isSeen(_ change: @escaping (inout RunStatus) -> Void) -> Bool {
      RunActivity.isAtWorkElsewhere(Self.status(.running, age: 5, change), now: Self.now)
    }
    #expect(isSeen { _ in })
    #expect(!isSeen { $0.state = .complete })
    // Here, processes can be looked for: the first one is always there, the last never.
    for (process, isThere) in [(Int32(1), true), (Int32.max, false), (getpid(), false)] {
      let isFound = isSeen { ($0.host, $0.process) = (HostName.current, process) }
      #expect(isFound == isThere, "\(process)")
    }
    #expect(!RunActivity.isAtWorkElsewhere(Self.status(age: 61), now: Self.now))
  }

  @Test func aLineTellsAllThatMatters() {
    let running = Self.status {
      $0.shard = "3/8"
      $0.job = "12_3"
      $0.restartCount = 2
      $0.unitsPerSecond = 1.5
      $0.remainingSeconds = 90
    }
    let beginning =
      "running on n3 (updated \(running.updated)), share 3/8, job 12_3, restarted 2 times, "
      + "2/10 units, 1.50 units/s, "
    #expect(RunActivity.line(running, now: Self.now) == beginning + "1 min 30 s left")
    var tight = running
    tight.deadline = Self.now.timeIntervalSince1970 + 60
    #expect(
      RunActivity.line(tight, now: Self.now)
        == beginning + TimeLimit.text(remaining: 90, left: 60))
    var silent = running
    silent.updated = "2023-11-14T22:00:00.000Z"
    #expect(
      RunActivity.line(silent, now: Self.now)
        == "silent since 2023-11-14T22:00:00.000Z, it ran on n3, share 3/8, job 12_3, "
        + "restarted 2 times, 2/10 units")
    let failed = Self.status(.failed) { $0.error = "rank 2: disk full" }
    #expect(RunActivity.line(failed, now: Self.now).hasSuffix("2/10 units, rank 2: disk full"))
  }
}
