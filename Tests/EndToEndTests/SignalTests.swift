import Foundation
import Testing

extension EndToEnd {
  /// Asked to stop, the program commits, leaves soon with the code for "run again", and goes on later.
  @Suite struct Signals {
    struct Case: CustomTestStringConvertible, Sendable {
      let signal: Int32
      let ranks: Int?
      var code: Int32 = 75

      var testDescription: String {
        "signal \(signal), " + (ranks.map { "\($0) ranks" } ?? "no mpirun")
      }
    }

    /// `mpirun` passes SIGUSR1 on and gives back the ranks' code; on SIGTERM it ends the ranks with the same signal, and
    /// itself with a code of its own.
    static let cases = [
      Case(signal: SIGTERM, ranks: nil), Case(signal: SIGINT, ranks: nil),
      Case(signal: SIGUSR1, ranks: nil), Case(signal: SIGUSR2, ranks: nil),
      Case(signal: SIGHUP, ranks: nil), Case(signal: SIGTERM, ranks: 2, code: 1),
      Case(signal: SIGUSR1, ranks: 2),
    ]

    /// Some 5 s on two quiet cores.
    static let experiment = TinyExperiment(
      images: 2, samples: 128, unit: 4, sampler: "{name: dps, method: ps, scale: 0.3, steps: 400}")

    @Test func stopAndGoOn() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let quiet = RunFolder(path: folder("quiet/run"))
      #expect(try Program.run(["run", configuration, "--output", quiet.path]).code == 0)
      for (number, each) in Self.cases.enumerated() {
        let run = RunFolder(path: folder("run-\(number)/run"))
        let committed = try interrupt(configuration, run, each)
        let resumed = try Program.run(["run", configuration, "--output", run.path])
        #expect(resumed.code == 0, "\(each.testDescription): \(resumed)")
        let skipped = "; \(committed / Self.experiment.unit) done before are skipped"
        #expect(resumed.errors.contains(skipped), "\(each.testDescription): \(resumed)")
        try expectSame(run.maps(), quiet.maps(), each.testDescription)
      }
    }

    @Test func nohupKeepsARunGoing() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let run = RunFolder(path: folder("run"))
      let program = try StartedProgram(
        ["nohup", Program.binary, "run", configuration, "--output", run.path],
        environment: Program.environment, folder: Program.packageRoot)
      #expect(program.waitUntil { ((try? run.units().count) ?? 0) >= 2 }, "\(program.errors)")
      program.send(SIGHUP)
      #expect(try program.wait(timeout: 120).code == 0)
    }

    /// Interrupts a run that has drawn something; returns how many samples it has committed.
    private func interrupt(_ configuration: String, _ run: RunFolder, _ each: Case) throws -> Int {
      let program = try Program.start(
        ["run", configuration, "--output", run.path], ranks: each.ranks)
      #expect(program.waitUntil { ((try? run.units().count) ?? 0) >= 2 }, "\(program.errors)")
      let asked = ContinuousClock.now
      program.send(each.signal)
      let result = try program.wait(timeout: 40)
      #expect(asked.duration(to: .now) < .seconds(20), "\(each.testDescription)")
      #expect(result.code == each.code, "\(each.testDescription): \(result)")
      #expect(result.errors.contains("run again to go on"))
      #expect(try run.maps().isEmpty)
      let committed = try run.committedSamples()
      // Nothing that was drawn is lost.
      #expect(try run.units().flatMap(\.indices).count == committed)
      #expect(committed >= 2 * Self.experiment.unit && committed < 256)
      return committed
    }
  }
}
