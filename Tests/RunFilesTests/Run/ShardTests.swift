import Testing

@testable import RunFiles

@Suite struct ShardTests {
  @Test func readsAndRefuses() throws {
    #expect(try Shard("3/8") == Shard(index: 3, count: 8))
    for text in ["", "3", "3/", "/8", "a/8", "1/2/3", "3-8"] {
      #expect(throws: ShardError.notAShard(text)) { try Shard(text) }
    }
    #expect(throws: ShardError.outOfRange(index: 8, count: 8)) { try Shard("8/8") }
    #expect(throws: ShardError.outOfRange(index: -1, count: 8)) { try Shard("-1/8") }
    #expect(throws: ShardError.outOfRange(index: 0, count: 0)) { try Shard("0/0") }
    #expect("\(ShardError.outOfRange(index: 8, count: 8))".contains("counted from 0"))
  }

  @Test func rangesDoNotOverflow() throws {
    let shard = try Shard(index: 999, count: 1000)
    #expect(shard.range(of: Int.max).upperBound == Int.max)
    #expect(shard.range(of: 0).isEmpty)
  }

  /// ID, MIN, MAX, STEP, COUNT and the shard meant.
  static let arrays: [([String?], String)] = [
    (["0", "0", "7", "1", "8"], "0/8"),
    (["7", "0", "7", "1", "8"], "7/8"),
    (["1", "1", "8", "1", "8"], "0/8"),
    (["8", "1", "8", "1", "8"], "7/8"),
    (["14", "0", "14", "2", "8"], "7/8"),
    (["103", "100", "106", "3", "3"], "1/3"),
    (["5", "5", "5", "1", "1"], "0/1"),
    (["5", "5", "5", nil, "1"], "0/1"),
  ]

  @Test(arguments: arrays) func findsItsPlaceInASlurmArray(values: [String?], shard: String) throws
  {
    #expect(try Shard.slurmArrayTask(Self.environment(values))?.description == shard)
  }

  static let wrongArrays: [[String?]] = [
    ["3", "0", "7", "1", "3"],  // a list with gaps: 0,3,7
    ["7", "3", "7", "1", "2"],  // 3,7
    ["9", "0", "7", "1", "8"],  // beyond the last
    ["1", "0", "14", "2", "8"],  // between steps
    ["0", "0", "7", "0", "8"],  // no step
    ["0", nil, "7", "1", "8"],
    ["x", "0", "7", "1", "8"],
    ["-1", "0", "7", "1", "8"],
    ["0", "0", "7", "1", nil],
    ["0", "0", "99999999999", "1", "8"],
  ]

  @Test(arguments: wrongArrays) func refusesArraysItCannotPlace(values: [String?]) {
    #expect(throws: ShardError.self) { try Shard.slurmArrayTask(Self.environment(values)) }
  }

  @Test func isNoShardOutsideAnArray() throws {
    #expect(try Shard.slurmArrayTask(["SLURM_JOB_ID": "12", "SLURM_NTASKS": "4"]) == nil)
  }

  @Test func saysWhatToDoAboutGaps() {
    let error = ShardError.irregularArray(id: 3, first: 0, last: 7, step: 1, count: 3)
    #expect("\(error)".contains("--array=0-2"))
    #expect("\(error)".contains("--shard I/N"))
  }

  private static func environment(_ values: [String?]) -> [String: String] {
    let names = ["ID", "MIN", "MAX", "STEP", "COUNT"].map { "SLURM_ARRAY_TASK_\($0)" }
    return zip(names, values).reduce(into: [:]) { $0[$1.0] = $1.1 }
  }
}
