import RunFiles

// MARK: - Time

extension CoordinatorCore {
  /// Time has passed.
  mutating func tick(now: Double) {
    if let pause = pauses.pause(now: now) { leases.forgive(pause) }
    if now - lastHeartbeat >= settings.heartbeat {
      lastHeartbeat = now
      tellAll(.heartbeat)
    }
    if now - lastProgress >= 1 { tellProgress(now) }
    if now - lastStatus >= 10 { writeStatus(now) }
    checkLeases(now)
    checkGrace(now)
    checkEnd(now: now)
  }

  private mutating func checkLeases(_ now: Double) {
    guard case .running = phase else { return }
    for rank in ranks.indices.dropFirst() {
      let silence = leases.silence(of: rank, now: now)
      let isLate = ranks[rank].info == nil && now - start > settings.joining
      if silence > settings.lease || isLate { lose(rank, silence, now) }
    }
  }

  private mutating func lose(_ rank: Int, _ silence: Double, _ now: Double) {
    ranks[rank].isLost = true
    if ranks[rank].info == nil { absentRanks -= 1 }
    let text =
      ranks[rank].info == nil
      ? "rank \(rank) has not joined within \(Int(now - start)) s"
      : "rank \(rank) (\(host(rank))) has been silent for \(Int(silence)) s"
    stop(
      RunEnding(
        .interrupted,
        "\(text): it hangs, or its machine or network is down; "
          + "what is finished is committed, run again to go on"),
      now: now)
  }

  /// A rank that has not come to rest in time is given up; rank 0 is this process and is always
  /// told the end.
  private mutating func checkGrace(_ now: Double) {
    guard case .stopping(_, let since) = phase, now - since > settings.grace + 3 else { return }
    ranks[0].isDrained = true
    for rank in ranks.indices where !ranks[rank].isDrained { ranks[rank].isLost = true }
  }
}

// MARK: - Progress

extension CoordinatorCore {
  mutating func tellProgress(_ now: Double) {
    lastProgress = now
    report.elapsed = now - start
    report.remaining = pace.remaining(
      samples: report.totalSamples + report.openSamples - report.doneSamples,
      workers: workerCount)
    observer.progressed(report)
  }

  private mutating func writeStatus(_ now: Double) {
    lastStatus = now
    actions.append(.commit(.status(RunStatus(run, report(at: now)))))
  }

  private func report(at now: Double) -> ProgressReport {
    var report = report
    report.elapsed = now - start
    return report
  }
}

// MARK: - Ending

extension CoordinatorCore {
  static func interruption(_ reason: StopReason) -> RunEnding {
    RunEnding(.interrupted, "interrupted (\(reason)); run again to go on")
  }

  /// Ends the run before its work is done: what is finished is committed first. The first reason
  /// counts.
  mutating func stop(_ ending: RunEnding, now: Double) {
    if case .concluding(let end, nil) = phase { phase = .concluding(end, stopped: now) }
    guard case .running = phase else { return }
    phase = .stopping(ending, since: now)
    let text = ending.text ?? ending.code.description
    observer.stopping(text)
    tellAll(.stop(.other(text)))
  }

  /// Goes on to the end if nothing is left to wait for.
  mutating func checkEnd(now: Double) {
    switch phase {
    case .running:
      if schedule.isComplete, pendingCommits == 0 { conclude(completeEnding, stopped: nil, now) }
    case .stopping(let ending, let since):
      let isAtRest = ranks.allSatisfy { $0.isDrained || $0.isLost }
      // A disk that does not answer must not keep the job beyond its last signal.
      guard isAtRest, pendingCommits == 0 || now - since > settings.grace + 10 else { return }
      let isDone = schedule.isComplete && pendingCommits == 0 && ending.code == .interrupted
      conclude(isDone ? completeEnding : ending, stopped: since, now)
    case .concluding(let ending, let stopped?) where now - stopped > settings.grace + 4:
      leave(ending.code.isComplete ? .interruptedInResults : ending)
    case .concluding, .over: return
    }
  }

  private var completeEnding: RunEnding { .finished(failedSamples: report.failedSamples) }

  /// Hands over to what makes maps and tables of the parts.
  private mutating func conclude(_ ending: RunEnding, stopped: Double?, _ now: Double) {
    phase = .concluding(ending, stopped: stopped)
    tellProgress(now)
    actions.append(.commit(.conclude(ending)))
  }

  mutating func leave(_ ending: RunEnding) {
    phase = .over
    tellAll(.end(ending))
    actions.append(.leave(ending, abort: ranks.contains { $0.isLost }))
  }

  /// The last status of the run.
  func finalStatus(_ ending: RunEnding, now: Double) -> RunStatus {
    RunStatus(run, report(at: now), ending: ending)
  }
}
