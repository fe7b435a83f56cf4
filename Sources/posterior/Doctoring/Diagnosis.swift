import Coordinator

/// What `doctor` makes of the reports of all ranks.
struct Diagnosis {
  /// Reasons why a run would fail.
  var errors: [String] = []
  /// What costs time or trust.
  var warnings: [String] = []

  /// - Parameters:
  ///   - reports: one a rank, by rank.
  ///   - size: how many there should be.
  ///   - environment: that of rank 0.
  init(_ reports: [RankReport], size: Int, environment: [String: String]) {
    let missing = Set(0..<size).subtracting(reports.map(\.info.rank)).sorted()
    if !missing.isEmpty { errors.append("no word from rank \(Self.list(missing))") }
    for report in reports {
      guard let text = report.commitError else { continue }
      errors.append("rank \(report.info.rank) (\(report.info.host)) cannot write: \(text)")
    }
    errors += Self.differences(reports, "posterior") { $0.info.agreement.program }
    errors += Self.differences(reports, "libtorch") { $0.torch }
    warnings += Self.differences(reports, "MPI") { $0.mpi }
    warnings += PlacementWarning.all(reports.map(\.info), environment: environment).map {
      "\($0)"
    }
    warnings += Self.slowRanks(reports) + Self.slowCommits(reports)
  }

  private static func differences(
    _ reports: [RankReport], _ what: String, _ value: (RankReport) -> String
  ) -> [String] {
    let ranks = Dictionary(grouping: reports, by: value).mapValues { $0.map(\.info.rank) }
    guard ranks.count > 1 else { return [] }
    let parts = ranks.sorted { $0.key < $1.key }.map { "\($0.key) on rank \(list($0.value))" }
    return ["\(what) is not the same on all ranks: \(parts.joined(separator: "; "))"]
  }

  /// Ranks at less than half the median speed: a busy or throttled machine, or shared cores.
  private static func slowRanks(_ reports: [RankReport]) -> [String] {
    let speeds = reports.map(\.gigaflops).sorted()
    guard speeds.count > 2 else { return [] }
    let median = speeds[speeds.count / 2]
    return reports.filter { $0.gigaflops < median / 2 }.map {
      "rank \($0.info.rank) (\($0.info.host)) computes at \(Int($0.gigaflops)) GFLOP/s, the median "
        + "rank at \(Int(median)): its cores are busy with something else"
    }
  }

  /// A commit that takes a second makes a short `run.checkpoint` the bottleneck.
  private static func slowCommits(_ reports: [RankReport]) -> [String] {
    let slowest = reports.compactMap(\.commitSeconds).max() ?? 0
    guard slowest > 1 else { return [] }
    return [
      "a commit took \(Int(slowest.rounded())) s: keep run.checkpoint far above that, or use a "
        + "faster file system"
    ]
  }

  private static func list(_ ranks: [Int]) -> String {
    let shown = ranks.prefix(8).map(String.init).joined(separator: ", ")
    return ranks.count > 8 ? "\(shown) and \(ranks.count - 8) more" : shown
  }
}
