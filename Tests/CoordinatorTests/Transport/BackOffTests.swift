import Testing

@testable import Coordinator

@Suite struct BackOffTests {
  @Test func idlePausesGrowToFortyMilliseconds() {
    var pause = BackOff()
    let pauses = (0..<10).map { pause.next(isMoving: false, now: Double($0)) }
    #expect(pauses.first == 0.0002)
    #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(pauses.last == 0.04)
  }

  @Test func nothingIsPausedWhileAMessageMoves() {
    var pause = BackOff()
    pause.noteActivity(now: 1)
    #expect([1, 1.002, 1.004].map { pause.next(isMoving: true, now: $0) } == [0, 0, 0])
    let stalled = (0..<10).map { pause.next(isMoving: true, now: 1.006 + Double($0)) }
    #expect(stalled.first == 0.00005 && stalled.last == 0.001)
    pause.noteActivity(now: 30)
    #expect(pause.next(isMoving: true, now: 30) == 0)
  }
}
