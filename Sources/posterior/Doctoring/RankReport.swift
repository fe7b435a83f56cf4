import Coordinator

/// What `doctor` finds out on one rank.
struct RankReport: Codable, Sendable {
  /// Where the rank is and what it would work with.
  var info: RankInfo
  /// Version of libtorch.
  var torch: String
  /// Name and version of the MPI library.
  var mpi: String
  /// Paths of the libraries in use, by name.
  var libraries: [String: String]
  /// Speed of a 3×3 convolution of 128 channels at 64×64 on one thread, in 10⁹ operations a second.
  var gigaflops: Double
  /// Seconds a durable write of 1 MiB took; nil if it failed.
  var commitSeconds: Double?
  /// Why that write failed.
  var commitError: String?

  /// One line for people.
  var line: String {
    let commit = commitSeconds.map { "commit \(Text.milliseconds($0))" } ?? "no commit"
    let cores = "\(info.cores) of \(info.machine.onlineCores) cores"
    return "rank \(info.rank): \(info.host), \(cores), \(info.workers) "
      + "worker\(info.workers == 1 ? "" : "s"), \(info.device), \(info.machine.processor), "
      + "convolution \(Int(gigaflops)) GFLOP/s on one thread, \(commit)"
  }
}

/// Numbers as people read them.
private enum Text {
  static func milliseconds(_ seconds: Double) -> String {
    "\((seconds * 10_000).rounded() / 10) ms"
  }
}
