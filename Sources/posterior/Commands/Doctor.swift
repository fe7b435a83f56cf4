import ArgumentParser
import Coordinator
import Foundation
import Worker

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what this machine offers and whether the parts work together.",
    discussion: """
      Run it alone, or as the run is to be started, under mpirun or srun: rank 0 then gathers what \
      every rank finds (host, cores, device, versions, libraries, the speed of a convolution, the \
      time of a durable write) and judges it. Exits with 65 if a run would fail.

        mpirun -np 2 posterior doctor --folder runs
        srun --mpi=pmix posterior doctor --folder /scratch/me
      """)

  @Option(help: "Folder whose commit time is measured: give one where runs will lie.")
  var folder = "."

  /// The kind of the messages with reports.
  private static let kind: UInt8 = 68

  func run() throws {
    let launch = Launch(environment: ProcessInfo.processInfo.environment)
    if let problem = launch.problemBeforeStart { throw Failure(problem.description, .usage) }
    let transport = try MPITransport(affinity: Processor.affinity)
    let report = try RankSurvey(node: transport.node, folder: folder).report()
    guard transport.node.rank == 0 else {
      let bytes = try JSONEncoder().encode(report)
      try transport.send(Message(kind: Self.kind, content: Array(bytes)), to: 0)
      RunOutcome(RunEnding(.complete)).leave(transport)
    }
    if let problem = launch.problem(mpiSize: transport.node.size) { print("warning: \(problem)") }
    let reports = try gather(transport, own: report)
    let code = judge(reports, size: transport.node.size)
    RunOutcome(RunEnding(StandardStreams.finishOutput(code))).leave(transport)
  }

  /// The reports of all ranks, by rank; of those that have come within a minute.
  private func gather(_ transport: MPITransport, own: RankReport) throws -> [RankReport] {
    var reports = [own]
    let bell = Doorbell()
    let end = ContinuousClock.now + .seconds(60)
    while reports.count < transport.node.size, ContinuousClock.now < end {
      guard let envelope = try transport.poll() else {
        try transport.wait(on: bell, upTo: 0.1)
        continue
      }
      reports.append(
        try JSONDecoder().decode(RankReport.self, from: Data(envelope.message.content)))
    }
    return reports.sorted { $0.info.rank < $1.info.rank }
  }

  /// Prints what was found.
  private func judge(_ reports: [RankReport], size: Int) -> Coordinator.ExitCode {
    let first = reports[0]
    print("\(first.info.agreement.program), libtorch \(first.torch), \(first.mpi)")
    for (name, path) in first.libraries.sorted(by: { $0.key < $1.key }) {
      print("  \(name): \(path)")
    }
    for report in reports { print(report.line) }
    let diagnosis = Diagnosis(
      reports, size: size, environment: ProcessInfo.processInfo.environment)
    for text in diagnosis.errors { print("error: \(text)") }
    for text in diagnosis.warnings { print("warning: \(text)") }
    let count = "\(size) rank\(size == 1 ? "" : "s")"
    print(diagnosis.errors.isEmpty ? "\(count): fit to run" : "\(count): not fit to run")
    return diagnosis.errors.isEmpty ? .complete : .badInput
  }
}
