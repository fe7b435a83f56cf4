import Engine
import Foundation

/// Two clocks: that on the wall, and the processor time of the calling thread.
struct Moment {
  let wall: Double
  let processor: Double

  static func now() -> Moment {
    Moment(wall: seconds(CLOCK_MONOTONIC), processor: seconds(CLOCK_THREAD_CPUTIME_ID))
  }

  static func - (end: Moment, start: Moment) -> Moment {
    Moment(wall: end.wall - start.wall, processor: end.processor - start.processor)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Follows the steps of a unit that may be broken off, and tells how long all of it would take.
struct UnitWatch {
  private let began = Moment.now()
  /// Evaluations of a whole unit, and its steps: what the time of a part is scaled by.
  private let evaluations: Int
  private let steps: Int
  private var first: (done: SamplerProgress, at: Moment)?
  private var last: (done: SamplerProgress, at: Moment)?

  private struct SamplerProgress {
    let steps: Int
    let evaluations: Int
  }

  init(steps: Int, evaluations: Int) {
    self.steps = steps
    self.evaluations = evaluations
  }

  /// Seconds since the beginning, by the clock.
  var elapsed: Double { (Moment.now() - began).wall }

  /// Whether a step is done, so that there is something to scale.
  var hasSteps: Bool { (last?.done.steps ?? 0) > (first?.done.steps ?? 0) }

  mutating func observe(_ state: SamplerState) {
    let done = SamplerProgress(steps: state.completedSteps, evaluations: state.evaluations)
    last = (done, .now())
    if first == nil { first = last }
  }

  /// The time of a unit that was drawn to its end just now, `count` times.
  func whole(times count: Int) -> UnitTiming {
    let spent = Moment.now() - began
    return UnitTiming(
      seconds: spent.wall / Double(count), processorSeconds: spent.processor / Double(count),
      setupSeconds: 0)
  }

  /// The time of all steps, from those that were done: by network evaluations where there are any,
  /// since the steps of some samplers differ in them, else by steps.
  func scaled() -> UnitTiming? {
    guard let first, let last, hasSteps else { return nil }
    let evaluated = last.done.evaluations - first.done.evaluations
    let (done, all) =
      evaluated > 0
      ? (evaluated, evaluations - first.done.evaluations)
      : (last.done.steps - first.done.steps, steps - first.done.steps)
    let factor = Double(max(done, all)) / Double(done)
    let (start, drawn) = (first.at - began, last.at - first.at)
    return UnitTiming(
      seconds: start.wall + factor * drawn.wall,
      processorSeconds: start.processor + factor * drawn.processor, setupSeconds: 0,
      drawnShare: 1 / factor)
  }
}
