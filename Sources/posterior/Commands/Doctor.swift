import ArgumentParser
import Coordinator
import Engine
import Foundation
import RunFiles
import Tensors
import Worker

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what this machine offers and whether the parts work together.",
    discussion: """
      Run it alone or under mpirun or srun, where every rank prints its place.

        mpirun -np 2 posterior doctor
      """)

  @Option(help: "Folder whose commit time is measured.")
  var folder = "."

  func run() throws {
    let transport = try MPITransport()
    let node = transport.node
    let console = Console()
    if node.rank == 0 { printProgram(node) }
    if let problem = Launch(environment: ProcessInfo.processInfo.environment)
      .problem(mpiSize: node.size)
    {
      console.note(problem.description)
    }
    print(try rankLine(node))
    outcome(transport)
  }

  private func printProgram(_ node: NodeInfo) {
    print("\(Program.name), libtorch \(TorchRuntime.version), \(node.library.prefix(60))")
    print("bfloat16 in hardware tiles: \(TorchRuntime.hasFastBFloat16 ? "yes" : "no")")
  }

  private func rankLine(_ node: NodeInfo) throws -> String {
    let placement = try Placement(
      Configuration.Compute(), localRank: node.localRank, localSize: node.localSize)
    let speed = try gigaflops()
    let commit = try commitSeconds(node)
    return "rank \(node.rank) of \(node.size): \(node.host), \(placement.cores) cores "
      + "(\(Processor.allowedCores) in its affinity mask), \(placement.device), "
      + "\(TorchRuntime.cpuCapability), convolution \(Int(speed)) GFLOP/s on one thread, "
      + "commit \(String(format: "%.1f", commit * 1000)) ms"
  }

  /// Speed of a 3×3 convolution of 128 channels at 64×64, one thread.
  private func gigaflops() throws -> Double {
    TorchRuntime.setThreads(1)
    let (channels, size) = (128, 64)
    let x = try Tensor.full(0.5, shape: [1, channels, size, size]).channelsLast()
    let weight = try Tensor.full(0.01, shape: [channels, channels, 3, 3])
    let rounds = 8
    _ = try x.convolution(weight: weight, bias: nil, padding: 1)
    let seconds = try timed {
      for _ in 0..<rounds { _ = try x.convolution(weight: weight, bias: nil, padding: 1) }
    }
    let operations = 2.0 * 9 * Double(channels * channels * size * size * rounds)
    return operations / seconds / 1e9
  }

  /// Seconds a durable write of 1 MiB takes.
  private func commitSeconds(_ node: NodeInfo) throws -> Double {
    let path = "\(folder)/.posterior-doctor-\(node.host)-\(node.rank)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try timed { try AtomicFile.write([UInt8](repeating: 1, count: 1 << 20), to: path) }
  }

  private func timed(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .seconds(1)
  }

  private func outcome(_ transport: MPITransport) {
    RunOutcome(RunEnding(.complete)).leave(transport)
  }
}
