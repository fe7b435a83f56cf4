import Foundation
import Synchronization

/// The signals that ask a run to stop: TERM, INT, USR1, USR2, and HUP unless it is ignored, as `nohup` has it.
///
/// A signal only sets a flag, which the main thread reads between messages. A second INT, half a
/// second or more after the first, ends the process at once. A reader of the output that is gone stops
/// no run.
public enum StopSignals {
  private static let first = Atomic<Int32>(0)
  private static let time = Atomic<Int>(0)

  /// Catches the signals from now on; call it on the main thread. A signal that has come already
  /// stays.
  public static func install() {
    // The first use makes the flags; that must not happen inside the handler.
    _ = (first.load(ordering: .acquiring), time.load(ordering: .acquiring))
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { StopSignals.handle($0) }
    action.sa_flags = SA_RESTART
    var caught = sigset_t()
    sigemptyset(&caught)
    let asking = [SIGTERM, SIGINT, SIGUSR1, SIGUSR2] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
    for signal in asking {
      sigaction(signal, &action, nil)
      sigaddset(&caught, signal)
    }
    // What the parent had blocked would never come.
    pthread_sigmask(SIG_UNBLOCK, &caught, nil)
    // Ctrl-C ends `| tee log` too: what the run says when it stops must not kill it before it commits.
    signal(SIGPIPE, SIG_IGN)
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var present = sigaction()
    sigaction(signal, nil, &present)
    return unsafeBitCast(present.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The first signal that came; nil before.
  public static var received: StopReason? {
    let number = first.load(ordering: .acquiring)
    return number == 0 ? nil : .signal(number)
  }

  /// Runs inside the signal handler: atomics, the clock and _exit only.
  private static func handle(_ signal: Int32) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let milliseconds = now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    let (isFirst, earlier) = first.compareExchange(
      expected: 0, desired: signal, ordering: .acquiringAndReleasing)
    if isFirst {
      time.store(milliseconds, ordering: .releasing)
    } else if signal == SIGINT, earlier == SIGINT,
      milliseconds - time.load(ordering: .acquiring) >= 500
    {
      _exit(ExitCode.interrupted.rawValue)
    }
  }
}

/// Signals by name.
enum SignalName {
  /// For example `signal TERM`.
  static func text(_ number: Int32) -> String {
    switch number {
    case SIGTERM: "signal TERM"
    case SIGINT: "signal INT"
    case SIGUSR1: "signal USR1"
    case SIGUSR2: "signal USR2"
    case SIGHUP: "signal HUP"
    default: "signal \(number)"
    }
  }
}
