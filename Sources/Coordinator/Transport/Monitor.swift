import Foundation

/// A value guarded by a lock, with threads that wait for it to change.
///
/// Waiting is measured by the monotonic clock: setting the machine's time neither wakes nor delays
/// anybody.
final class Monitor<State>: @unchecked Sendable {
  // Sendable: `state` is touched only while `mutex` is held.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Works on the value and wakes all that wait for it.
  func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    defer { pthread_cond_broadcast(condition) }
    return try body(&state)
  }

  /// Works on the value and wakes nobody.
  func look<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Waits until `take` returns something; nil when the time is over.
  ///
  /// - Parameter seconds: the longest time to wait; nil for as long as it takes.
  func wait<Result>(upTo seconds: Double? = nil, _ take: (inout State) -> Result?) -> Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    var deadline = seconds.map { MonotonicClock.deadline(after: $0) }
    while true {
      if let result = take(&state) { return result }
      if deadline == nil {
        pthread_cond_wait(condition, mutex)
      } else if pthread_cond_timedwait(condition, mutex, &deadline!) == ETIMEDOUT {
        return take(&state)
      }
    }
  }
}

/// Seconds that only go forward.
public enum MonotonicClock {
  /// Seconds since some moment in the past.
  public static func now() -> Double { seconds(CLOCK_MONOTONIC) }

  /// Processor time of the calling thread in seconds.
  public static func threadTime() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  static func deadline(after seconds: Double) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let wait = min(max(0, seconds), 1e8)
    let nanoseconds = time.tv_nsec + Int((wait - wait.rounded(.down)) * 1e9)
    time.tv_sec += Int(wait) + nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    return time
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Wakes the main thread of a rank when one of its worker threads has something for it.
public final class Doorbell: Sendable {
  private let rung = Monitor(false)

  /// A bell that has not been rung.
  public init() {}

  /// Wakes whoever waits, or the next one to wait.
  public func ring() { rung.change { $0 = true } }

  /// Whether it was rung since last asked; does not wait.
  func isRung() -> Bool {
    rung.look { rung in
      defer { rung = false }
      return rung
    }
  }

  /// Waits for the bell; true if it was rung, false when the time is over.
  public func wait(upTo seconds: Double) -> Bool {
    rung.wait(upTo: seconds) { rung in
      defer { rung = false }
      return rung ? true : nil
    } ?? false
  }
}
