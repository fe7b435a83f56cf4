import Foundation
import RunFiles

/// What a rank brings along, and what it says of itself when it joins.
public struct RankInfo: Hashable, Sendable, Codable {
  /// The rank.
  public var rank: Int
  /// Its machine.
  public var host: String
  /// Its process id.
  public var process: Int32
  /// Its number among the ranks on its machine.
  public var localRank: Int
  /// Number of ranks on its machine.
  public var localSize: Int
  /// Number of its worker threads.
  public var workers: Int
  /// Processor cores it may use.
  public var cores: Int
  /// What the network runs on, for example `cpu` or `cuda:1 (NVIDIA A100)`.
  public var device: String
  /// What must be the same on all ranks.
  public var agreement: RankAgreement
  /// What it sees of its machine.
  public var machine: RankMachine

  /// A rank with so many workers on so many cores of its machine.
  public init(
    _ node: NodeInfo, process: Int32, workers: Int, cores: Int, device: String,
    agreement: RankAgreement, machine: RankMachine
  ) {
    self.init(
      rank: node.rank, host: node.host, process: process, localRank: node.localRank,
      localSize: node.localSize, workers: workers, cores: cores, device: device,
      agreement: agreement, machine: machine)
  }

  init(
    rank: Int, host: String, process: Int32, localRank: Int, localSize: Int, workers: Int,
    cores: Int, device: String, agreement: RankAgreement, machine: RankMachine = RankMachine()
  ) {
    self.rank = rank
    self.host = host
    self.process = process
    self.localRank = localRank
    self.localSize = localSize
    self.workers = workers
    self.cores = cores
    self.device = device
    self.agreement = agreement
    self.machine = machine
  }

  /// The line that tells a user where a rank runs.
  public var line: String {
    let place = localSize > 1 ? ", \(localRank + 1) of \(localSize) here" : ""
    return
      "rank \(rank): \(host) (process \(process)\(place)), \(cores) core\(cores == 1 ? "" : "s"), "
      + "\(workers) worker\(workers == 1 ? "" : "s"), \(device)"
  }
}

/// What all ranks of a run must have in common.
public struct RankAgreement: Hashable, Sendable, Codable {
  /// Program and version.
  public var program: String
  /// Hash of the work.
  public var workHash: String
  /// Digest of the prior's file; empty if there is none.
  public var priorDigest: String

  /// A rank's view of what is to be done.
  public init(program: String, workHash: String, priorDigest: String) {
    self.program = program
    self.workHash = workHash
    self.priorDigest = priorDigest
  }

  /// What differs from rank 0's view and where to look, in words; nil if nothing does.
  func difference(from first: RankAgreement) -> String? {
    if program != first.program {
      return "it runs \(program), rank 0 runs \(first.program): install the same version everywhere"
    }
    if priorDigest != first.priorDigest {
      return "its prior file has the SHA-256 \(priorDigest.prefix(12))…, rank 0's has "
        + "\(first.priorDigest.prefix(12))…: copy the same file to all machines"
    }
    if workHash != first.workHash {
      return "its work hash is \(workHash.prefix(12))…, rank 0's is \(first.workHash.prefix(12))…: "
        + "start all ranks with the same configuration and inputs"
    }
    return nil
  }
}
