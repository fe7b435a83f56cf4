/// How long to pause between looks for messages.
///
/// While nothing moves, pauses grow from 0.2 ms to 40 ms, so that waiting costs almost nothing; there
/// and back a message then takes less than the 0.1 s of work that a worker has in hand. MPI moves
/// long messages only while it is called; so as long as pieces of one arrive, there is no pause at
/// all, and when none has for 5 ms, pauses grow from 0.05 ms to 1 ms.
struct BackOff {
  private var idlePause = 0.0002
  private var movingPause = 0.00005
  private var lastActivity = -Double.infinity

  /// Something has arrived or left.
  mutating func noteActivity(now: Double) {
    self = BackOff()
    lastActivity = now
  }

  /// The next pause in seconds; `isMoving` while a message is on its way.
  mutating func next(isMoving: Bool, now: Double) -> Double {
    if !isMoving {
      defer { idlePause = min(0.04, idlePause * 2) }
      return idlePause
    }
    if now - lastActivity < 0.005 { return 0 }
    defer { movingPause = min(0.001, movingPause * 2) }
    return movingPause
  }
}
