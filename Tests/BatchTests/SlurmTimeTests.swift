import Testing

@testable import Batch

@Suite struct SlurmTimeTests {
  @Test(arguments: [
    ("5", 300), ("90", 5400), ("5:30", 330), ("02:00:00", 7200), ("100:00:00", 360_000),
    ("1-0", 86400), ("1-12", 129_600), ("2-03:30", 185_400), ("2-03:30:15", 185_415), ("1:00", 60),
  ])
  func reads(_ text: String, _ seconds: Int) {
    #expect(SlurmTime(text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "0", "0:59", "x", "1:", ":1", "-1", "1-", "-", "1-2-3", "1:2:3:4", "1-1:2:3:4", "1.5", "+5",
    "٣", "99999999999999999999", "5 ", "INFINITE",
  ])
  func refuses(_ text: String) {
    #expect(SlurmTime(text) == nil)
  }

  @Test(arguments: [
    (60, "00:01:00"), (3661, "01:01:01"), (86399, "23:59:59"), (86400, "1-00:00:00"),
    (1, "00:01:00"), (1_000_000, "11-13:46:40"),
  ])
  func writes(_ seconds: Int, _ text: String) {
    let time = SlurmTime(seconds: seconds)
    #expect("\(time)" == text)
    #expect(SlurmTime(text) == time, "what is written is read")
  }

  @Test func limitsHaveRoom() {
    for seconds in [0, 1, 59, 600, 3600, 7000, 7200, 50_000, 1e6] {
      let limit = Double(SlurmTime(forWorkOf: seconds).seconds)
      #expect(limit >= 1.5 * seconds + 300)
      #expect(limit <= 1.5 * seconds + 300 + 1800)
      #expect(limit.truncatingRemainder(dividingBy: 600) == 0)
    }
    #expect(SlurmTime(forWorkOf: .infinity).seconds > 1_000_000_000)
  }
}
