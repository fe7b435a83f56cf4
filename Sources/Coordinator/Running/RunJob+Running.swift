import Foundation
import RunFiles

extension RunJob {
  /// Does the work together with the other ranks; returns on every rank with the same ending.
  ///
  /// Rank 0 opens the run, hands out units and commits results; all ranks draw. Errors of opening,
  /// equipping, drawing and committing become the ending, whichever rank they happen on.
  /// - Returns: how it ended; pass it to ``RunOutcome/leave(_:code:)`` at last.
  /// - Throws: ``TransportError`` if the ranks cannot talk to each other any more.
  public func run(over transport: any Transport) throws(TransportError) -> RunOutcome {
    transport.node.rank == 0 ? try lead(transport) : try follow(transport)
  }

  private func follow(_ transport: any Transport) throws(TransportError) -> RunOutcome {
    var preparation = Preparation(transport, self)
    guard let equipped = try equip(transport.node, Equipment.none, &preparation) else {
      return preparation.outcome
    }
    let loop = RunLoop(self, transport, equipped.equipment, early: preparation.early)
    return try loop.run(failure: equipped.failure)
  }

  private func lead(_ transport: any Transport) throws(TransportError) -> RunOutcome {
    var preparation = Preparation(transport, self)
    switch try preparation.run(open) {
    case .success(let run): return try lead(transport, run, &preparation)
    case .failure(let error):
      return try dismiss(transport, RunOutcome(RunEnding(ExitCode(for: error), "\(error)")))
    case nil: return try dismiss(transport, preparation.outcome)
    }
  }

  private func lead(
    _ transport: any Transport, _ run: OpenedRun, _ preparation: inout Preparation
  ) throws(TransportError) -> RunOutcome {
    let work = run.plan.remaining(after: run.progress)
    let report = ProgressReport(run, work: work)
    observer.began(report)
    if work.isEmpty { return try finish(transport, run, report, &preparation) }
    // Loading may take long or fail, and the share's numbering must be known then too.
    record(RunStatus(run, report), in: run)
    preparation.briefing.settle(run.briefing)
    try tellAll(.brief(run.briefing), transport)
    return try lead(transport, run, work, &preparation)
  }

  /// All samples are there: their maps are seen to, and all ranks sent home.
  private func finish(
    _ transport: any Transport, _ run: OpenedRun, _ report: ProgressReport,
    _ preparation: inout Preparation
  ) throws(TransportError) -> RunOutcome {
    let conclude = conclude
    let concluded = try preparation.run {
      conclude(.finished(failedSamples: report.failedSamples))
    }
    var outcome = preparation.outcome
    switch concluded {
    case .success(let ending)?: outcome = RunOutcome(ending)
    default: outcome.ending = .interruptedInResults
    }
    outcome.report = report
    record(RunStatus(run, report, ending: outcome.ending), in: run)
    return try dismiss(transport, outcome)
  }

  private func lead(
    _ transport: any Transport, _ run: OpenedRun, _ work: [RemainingWork],
    _ preparation: inout Preparation
  ) throws(TransportError) -> RunOutcome {
    let runName = run.directory.writer
    let agreement = RankAgreement(
      program: run.directory.description.program,
      workHash: run.directory.description.workHash, priorDigest: "")
    let spare = Equipment(executors: [], agreement: agreement, folder: run.directory.path)
    guard let equipped = try equip(transport.node, spare, &preparation) else {
      let report = ProgressReport(run, work: work)
      record(RunStatus(run, report, ending: preparation.outcome.ending), in: run)
      return try dismiss(transport, preparation.outcome)
    }
    let loop = RunLoop(self, transport, equipped.equipment, early: preparation.early)
    loop.coordinate(run, work, runName: runName)
    let outcome = try loop.run(failure: equipped.failure)
    loop.writeLastWords(outcome, runName: runName, run)
    return outcome
  }

  /// A status that cannot be written is no reason to stop: parts tell what is done.
  private func record(_ status: RunStatus, in run: OpenedRun) {
    do {
      try run.directory.write(status, shard: run.plan.shard)
    } catch {
      observer.message("cannot write the status: \(error)")
    }
  }

  /// The equipment, or `spare` and why there is none; nil if the run is over meanwhile.
  private func equip(
    _ node: NodeInfo, _ spare: Equipment, _ preparation: inout Preparation
  ) throws(TransportError) -> (equipment: Equipment, failure: WorkerFailure?)? {
    let (equip, briefing) = (equip, preparation.briefing)
    let result = try preparation.run {
      let equipment = try equip(node, briefing)
      if equipment.executors.isEmpty { throw NoWorkers() }
      return equipment
    }
    switch result {
    case .success(let equipment): return (equipment, nil)
    case .failure(let error):
      let failure = WorkerFailure(
        rank: node.rank, host: node.host, cause: "\(error)", code: ExitCode(for: error))
      return (spare, failure)
    case nil: return nil
    }
  }

  /// Sends all ranks home.
  private func dismiss(
    _ transport: any Transport, _ outcome: RunOutcome
  ) throws(TransportError) -> RunOutcome {
    try tellAll(.end(outcome.ending), transport)
    return outcome
  }

  private func tellAll(
    _ message: CoordinatorMessage, _ transport: any Transport
  ) throws(TransportError) {
    for rank in 1..<max(1, transport.node.size) { try transport.send(message.message, to: rank) }
  }
}

extension RunEnding {
  /// The ending of a run whose samples are all there, but not all of their maps.
  static let interruptedInResults = RunEnding(
    .interrupted, "interrupted while results were written; run again to go on")

  /// The ending of a run whose work is done.
  static func finished(failedSamples: Int) -> RunEnding {
    if failedSamples == 0 { return RunEnding(.complete) }
    return RunEnding(
      .completeWithFailedSamples,
      "\(failedSamples) sample\(failedSamples == 1 ? "" : "s") failed and left out")
  }
}

extension Equipment {
  /// That of a rank that could not be equipped.
  static let none = Equipment(
    executors: [], agreement: RankAgreement(program: "", workHash: "", priorDigest: ""), folder: "")
}

extension RankInfo {
  init(_ node: NodeInfo, _ equipment: Equipment) {
    self.init(
      node, process: getpid(), workers: equipment.executors.count, cores: equipment.cores,
      device: equipment.device, agreement: equipment.agreement, machine: equipment.machine)
  }
}

/// A rank was given no executor.
struct NoWorkers: Error, CustomStringConvertible {
  var description: String { "internal error: this rank has no worker" }
}
