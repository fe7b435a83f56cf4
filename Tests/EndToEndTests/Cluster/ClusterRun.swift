import Foundation
import Testing

/// A run on the hosts of the test bed, and the maps it must have in the end.
final class ClusterRun {
  /// Some 10 s on two quiet cores.
  static let experiment = TinyExperiment(
    images: 4, samples: 160, unit: 4, checkpoint: 0.5, lease: 8,
    sampler: "{name: dps, method: ps, scale: 0.3, steps: 400}")

  /// The maps of one process that nobody disturbs.
  private static let quiet = Result { () throws -> [String: Data] in
    let run = try ClusterRun()
    let result = try Program.run(["run", run.configuration, "--output", run.folder.path])
    try #require(result.code == 0, "\(result)")
    return try run.folder.maps()
  }

  private let place: TemporaryFolder
  let configuration: String
  let folder: RunFolder

  init() throws {
    place = try TemporaryFolder()
    configuration = try Self.experiment.write(into: place)
    folder = RunFolder(path: place("run"))
  }

  /// A file beside the run.
  func file(_ name: String) -> String { place(name) }

  /// The words that start the run.
  var command: [String] { [TestBed.program, "run", configuration, "--output", folder.path] }

  /// Starts the run with a launcher on a host.
  func start(_ launcher: [String], on host: String = "head") throws -> StartedProgram {
    try TestBed.start(launcher + command, on: host)
  }

  /// Waits until the run has committed something; fails if it does not.
  func awaitParts(_ program: StartedProgram) throws {
    try #require(program.waitUntil { folder.hasParts }, "\(program.errors)")
  }

  /// Exit code of `posterior status`: 0 when all is done.
  func status() throws -> ProgramResult { try Program.run(["status", folder.path]) }

  /// Goes on in one process, with what is there, to the end.
  func finishHere() throws {
    let before = try folder.committedSamples()
    let again = try Program.run(["run", configuration, "--output", folder.path])
    #expect(again.code == 0, "\(again)")
    let skipped = "; \(before / Self.experiment.unit) done before are skipped"
    #expect(before == 0 || again.errors.contains(skipped), "\(again)")
    try expectComplete()
  }

  /// Every sample once, and the maps of an undisturbed run.
  func expectComplete(at location: SourceLocation = #_sourceLocation) throws {
    let status = try status()
    #expect(status.code == 0, "\(status)", sourceLocation: location)
    #expect(
      try folder.committedSamples() == Self.experiment.sampleCount, sourceLocation: location)
    try expectSame(folder.maps(), Self.quiet.get(), "maps", at: location)
  }

  /// Something was lost to the fault, but nothing that was committed.
  func expectInterrupted(at location: SourceLocation = #_sourceLocation) throws {
    #expect(try status().code == 75, sourceLocation: location)
    let done = try folder.committedSamples()
    #expect(done > 0 && done < Self.experiment.sampleCount, sourceLocation: location)
    #expect(try folder.progress().ignored == [], sourceLocation: location)
  }
}
