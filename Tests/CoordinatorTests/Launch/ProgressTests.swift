import Testing

@testable import Coordinator

@Suite struct ProgressTests {
  private static func report(_ change: (inout ProgressReport) -> Void = { _ in }) -> ProgressReport
  {
    var report = ProgressReport()
    report.totalUnits = 16
    report.doneUnits = 12
    report.resumedUnits = 4
    report.workers = 2
    report.ranks = 1
    report.elapsed = 4
    report.remaining = 75
    change(&report)
    return report
  }

  @Test func tellsAllThatMatters() {
    #expect(
      ProgressLine.text(Self.report())
        == "12/16 units (resumed 4) · 75 % · 2.00 units/s · 2 workers · 1 min 15 s left")
    let more = Self.report {
      $0.failedSamples = 1
      $0.ranks = 3
      $0.remaining = nil
      $0.resumedUnits = 0
    }
    #expect(
      ProgressLine.text(more)
        == "12/16 units · 75 % · 3.00 units/s · 1 failed sample · 2 workers on 3 ranks"
        + " · time left not known yet"
    )
  }

  @Test func whatMayComeBesidesIsABound() {
    let open = Self.report { $0.openUnits = 8 }
    #expect(
      ProgressLine.text(open)
        == "12/16 units (at most 24) (resumed 4) · 50 % · 2.00 units/s · 2 workers "
        + "· at most 1 min 15 s left")
  }

  @Test func theEndTellsTheWholeTime() {
    let end = Self.report {
      $0.doneUnits = 16
      $0.elapsed = 3725
    }
    #expect(
      ProgressLine.text(end).hasSuffix("100 % · 0.003 units/s · 2 workers · 1 h 2 min in all"))
  }

  @Test func percentAreRoundedDown() {
    let almost = Self.report {
      $0.totalUnits = 1000
      $0.doneUnits = 999
    }
    #expect(ProgressLine.text(almost).contains("· 99 %"))
    let nothing = ProgressReport()
    #expect(ProgressLine.text(nothing).contains("0/0 units · 100 %"))
  }

  @Test func theTerminalLineFitsTheWindow() {
    let line = ProgressLine.terminal(Self.report(), columns: 60)
    #expect(line.hasPrefix("\r\u{1B}[K[###############-----] 12/16"))
    #expect(line.dropFirst(4).count == 59)
    #expect(!line.contains("\n"))
    #expect(ProgressLine.terminal(Self.report(), columns: 0).count == 5)
  }

  static let durations: [(Double, String)] = [
    (0, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (190, "3 min 10 s"), (3600, "1 h 0 min"),
    (7500, "2 h 5 min"), (90000, "1 d 1 h"), (-3, "0 s"), (.infinity, "very long"),
    (.nan, "very long"), (1e300, "very long"),
  ]

  @Test(arguments: durations) func durationsAreReadable(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }

  @Test func aLogGetsALineAtMarksAndEachMinute() {
    var pacer = ProgressPacer(isTerminal: false)
    var times: [Int] = []
    for second in 0...1000 {
      var report = ProgressReport()
      report.totalUnits = 10_000
      report.doneUnits = second  // 10 % after 1000 s
      if pacer.isDue(report, now: Double(second)) { times.append(second) }
    }
    #expect(times.starts(with: [0, 60, 100, 160, 200, 260]))
    #expect(times.contains(500))
    #expect(times.last == 1000 || times.contains(1000))
    #expect(times.count < 25)
  }

  @Test func quickRunsPrintEachMarkOnce() {
    var pacer = ProgressPacer(isTerminal: false)
    var percents: [Int] = []
    for done in 0...200 {
      var report = ProgressReport()
      report.totalUnits = 200
      report.doneUnits = done
      if pacer.isDue(report, now: 0) { percents.append(done / 2) }
    }
    #expect(percents == [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
  }

  @Test func aTerminalIsRedrawnFiveTimesASecondAndAtTheEnd() {
    var pacer = ProgressPacer(isTerminal: true)
    var report = Self.report()
    #expect(
      [0, 0.1, 0.19, 0.21, 0.3, 0.45].map { pacer.isDue(report, now: $0) } == [
        true, false, false, true, false, true,
      ])
    report.doneUnits = 16
    let atEnd = pacer.isDue(report, now: 0.46)
    let again = pacer.isDue(report, now: 0.47)
    #expect(atEnd && !again)
  }
}
