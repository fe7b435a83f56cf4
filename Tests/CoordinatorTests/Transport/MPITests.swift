import Foundation
import RunFiles
import Testing

@testable import Coordinator

/// The real MPI: ranks started by mpirun.
@Suite(.serialized) struct MPITests {
  @Test(arguments: [1, 2, 3]) func messagesOfAllSizesArrive(ranks: Int) throws {
    let ending = try MPIProgram(["messages", "1000"], ranks: ranks).wait()
    #expect(ending.code == 0, "\(ending.text)")
    for rank in 0..<ranks {
      let count = 8 * (ranks - 1)
      #expect(
        ending.text.contains(
          "rank \(rank) of \(ranks) received \(count) messages; local \(rank) of \(ranks) on "),
        "\(ending.text)")
    }
    #expect(ending.lines.count { $0.contains("expected: MPI_Isend failed: MPI_ERR_RANK") } == ranks)
  }

  @Test func largePiecesArriveToo() throws {
    let ending = try MPIProgram(["messages", "1000000"], ranks: 2).wait()
    #expect(ending.code == 0, "\(ending.text)")
  }

  @Test func theResultIsTheSameForAnyNumberOfRanks() throws {
    let reference = try results(ranks: 0)
    #expect(reference.count == 4)
    for ranks in 1...3 { #expect(try results(ranks: ranks) == reference) }
  }

  private func results(ranks: Int) throws -> [[UInt8]] {
    let folder = try TemporaryFolder()
    let ending = try MPIProgram(["run", "\(folder.path)/run", "1"], ranks: ranks).wait()
    #expect(ending.code == 0, "\(ending.text)")
    return try Self.parts("\(folder.path)/run")
  }

  /// The bytes of the part of each image, joined or not.
  private static func parts(_ path: String) throws -> [[UInt8]] {
    let directory = try RunDirectory.open(path)
    let progress = try directory.scan()
    #expect(progress.ignored == [] && progress.overlapping == [])
    return try progress.images.keys.sorted().compactMap { image in
      try directory.part(of: image, in: progress).map { PartFile.seal($0, directory.seal).bytes }
    }
  }

  @Test func aKilledRankEndsTheJobAndTheNextRunFinishesIt() throws {
    let reference = try results(ranks: 0)
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/run"
    let killed = try MPIProgram(["run", path, "20", "crash"], ranks: 3).wait()
    #expect(killed.code != 0)
    let resumed = try MPIProgram(["run", path, "1"], ranks: 2).wait()
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try Self.parts(path) == reference)
  }

  @Test func anErrorEndsAllRanksWithItsCode() throws {
    let folder = try TemporaryFolder()
    let ending = try MPIProgram(["run", "\(folder.path)/run", "5", "throw"], ranks: 3).wait()
    #expect(ending.code == ExitCode.inputOutput.rawValue, "\(ending.text)")
    let lines = ending.lines.filter { $0.contains("ends: input/output error") }
    #expect(lines.count == 3)
    #expect(Set(lines.map { $0.split(separator: ";").last }).count == 1)
    #expect(lines[0].contains("image-2, samples 4-7: cannot read prior.safetensors"))
  }

  /// mpirun passes USR1 on to all ranks; it leaves them a second after TERM.
  @Test(arguments: [SIGUSR1, SIGTERM]) func aSignalIsAnsweredInTime(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/run"
    let program = try MPIProgram(["run", path, "800", "slow"], ranks: 3)
    while (try? RunDirectory.open(path).scan().images.isEmpty) ?? true {
      Thread.sleep(forTimeInterval: 0.01)
    }
    program.signal(signal)
    let ending = program.wait()
    #expect(ending.seconds < 20)
    if signal == SIGUSR1 {
      #expect(ending.code == ExitCode.interrupted.rawValue, "\(ending.text)")
      #expect(ending.text.contains("signal USR1"))
    }
    #expect(ending.code != 0)
    let before = try RunDirectory.open(path).scan()
    let done = before.images.values.reduce(0) { $0 + $1.covered.count }
    #expect((4..<48).contains(done))
    let resumed = try MPIProgram(["run", path, "1"], ranks: 1).wait()
    #expect(resumed.text.contains("begin with \(done / 4) units done"))
    #expect(try Self.parts(path) == results(ranks: 0))
  }

  /// Three ranks on two cores or more: the main threads wait without using the processor.
  @Test func waitingCostsLessThanAPercent() throws {
    let folder = try TemporaryFolder()
    let ending = try MPIProgram(["run", "\(folder.path)/run", "1000"], ranks: 3).wait()
    #expect(ending.code == 0, "\(ending.text)")
    let line = try #require(ending.lines.first { $0.hasPrefix("coordinator ") })
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    #expect(numbers.count == 2)
    #expect(numbers[0] < 0.01 * numbers[1], "\(line)")
  }
}
