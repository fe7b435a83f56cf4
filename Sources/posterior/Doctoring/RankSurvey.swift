import Coordinator
import Foundation
import RunFiles
import Tensors
import Worker

/// Measures what one rank offers.
struct RankSurvey {
  let node: NodeInfo
  /// Where the durable write is tried.
  let folder: String

  func report() throws -> RankReport {
    let placement = try Placement(
      Configuration.Compute(), localRank: node.localRank, coreSharers: node.coreSharers)
    let info = RankInfo(
      node, process: getpid(), workers: placement.device == .cpu ? placement.cores : 1,
      cores: placement.cores, device: "\(placement.device)",
      agreement: RankAgreement(program: Program.name, workHash: "", priorDigest: ""),
      machine: .current)
    var report = RankReport(
      info: info, torch: TorchRuntime.version, mpi: String(node.library.prefix { $0 != "," }),
      libraries: LoadedLibraries.paths, gigaflops: try gigaflops())
    do {
      report.commitSeconds = try commitSeconds()
    } catch {
      report.commitError = "\(error)"
    }
    return report
  }

  private func gigaflops() throws -> Double {
    TorchRuntime.setThreads(1)
    let (channels, size, rounds) = (128, 64, 8)
    let x = try Tensor.full(0.5, shape: [1, channels, size, size]).channelsLast()
    let weight = try Tensor.full(0.01, shape: [channels, channels, 3, 3])
    _ = try x.convolution(weight: weight, bias: nil, padding: 1)
    let seconds = try timed {
      for _ in 0..<rounds { _ = try x.convolution(weight: weight, bias: nil, padding: 1) }
    }
    return 2.0 * 9 * Double(channels * channels * size * size * rounds) / seconds / 1e9
  }

  private func commitSeconds() throws -> Double {
    let path = "\(folder)/.posterior-doctor-\(node.host)-\(node.rank)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try timed { try AtomicFile.write([UInt8](repeating: 1, count: 1 << 20), to: path) }
  }

  private func timed(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .seconds(1)
  }
}

/// The libraries this process has loaded that its results and its launch depend on.
enum LoadedLibraries {
  private static let wanted = ["libtorch_cpu.", "libtorch_cuda.", "libmpi.", "libopenblas"]

  /// Their paths, by the names of their files.
  static var paths: [String: String] {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    let files = Set(maps.split(separator: "\n").compactMap { $0.split(separator: " ").last })
    return files.reduce(into: [:]) { paths, file in
      let name = file.split(separator: "/").last ?? file
      if wanted.contains(where: name.hasPrefix) { paths[String(name)] = String(file) }
    }
  }
}
