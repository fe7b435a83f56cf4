import Testing

@testable import Coordinator

@Suite struct TimeLimitTests {
  @Test func speaksOnceAndWhenTheAnswerChanges() {
    var limit = TimeLimit(deadline: 10_000)
    let remarks: [String?] = [
      (nil, 0), (7800, 4000), (7700, 4100), (5000, 4200), (6100, 4300), (6000, 4400),
    ].map { limit.remark(remaining: $0.0, now: $0.1) }
    let tooLittle = ": it will be requeued or must be started again"
    #expect(
      remarks == [
        nil, "needs 2 h 10 min, the job ends in 1 h 40 min" + tooLittle, nil,
        "needs 1 h 23 min, the job ends in 1 h 36 min: that is enough",
        "needs 1 h 41 min, the job ends in 1 h 35 min" + tooLittle, nil,
      ])
  }

  @Test func aBoundIsNoForecast() {
    #expect(
      TimeLimit.text(remaining: 120, left: 60, isBound: true)
        == "needs at most 2 min 0 s, the job ends in 1 min 0 s: "
        + "it may be requeued or must be started again")
    #expect(TimeLimit.text(remaining: 50, left: 60, isBound: true).hasSuffix("that is enough"))
  }

  /// An estimate that wavers about the limit does not fill the log.
  @Test func doesNotWaver() {
    var limit = TimeLimit(deadline: 1000)
    let remarks = (0..<100).compactMap { limit.remark(remaining: $0 % 2 == 0 ? 1001 : 999, now: 0) }
    #expect(remarks.count == 1)
  }

  @Test func saysNothingWithoutNeed() {
    var none = TimeLimit(deadline: nil)
    #expect(none.remark(remaining: 5, now: 0) == nil)
    var limit = TimeLimit(deadline: 1000)
    #expect(limit.remark(remaining: 0, now: 2000) == nil, "nothing is left")
    #expect(limit.remark(remaining: 5, now: 2000)?.contains("the job ends in 0 s") == true)
  }
}
