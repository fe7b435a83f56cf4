import Testing

@testable import RunFiles

@Suite struct ArrayShareTests {
  /// ID, MIN, MAX, STEP, COUNT as environment variables.
  private static func environment(_ values: [String?]) -> [String: String] {
    let names = ["ID", "MIN", "MAX", "STEP", "COUNT"].map { "SLURM_ARRAY_TASK_\($0)" }
    return zip(names, values).reduce(into: [:]) { $0[$1.0] = $1.1 }
  }

  private static func geometry(_ first: Int, _ step: Int, _ count: Int) -> ArrayGeometry {
    guard let made = ArrayGeometry(first: first, step: step, count: count) else {
      preconditionFailure("no numbering")
    }
    return made
  }

  /// ID, MIN, MAX, STEP, COUNT and the share meant.
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
    let share = try ArrayShare.slurmTask(Self.environment(values), recorded: [])
    #expect(share?.shard.description == shard)
  }

  static let wrongArrays: [[String?]] = [
    ["3", "0", "7", "1", "3"],  // a list with gaps: 0,3,7
    ["7", "3", "7", "1", "2"],  // 3,7
    ["4", "0", "7", "2", "4"],  // 0-4:2,7
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
    #expect(throws: ShardError.self) {
      try ArrayShare.slurmTask(Self.environment(values), recorded: [])
    }
  }

  @Test func isNoShareOutsideAnArray() throws {
    let environment = ["SLURM_JOB_ID": "12", "SLURM_NTASKS": "4"]
    #expect(try ArrayShare.slurmTask(environment, recorded: [Self.geometry(0, 1, 4)]) == nil)
  }

  /// ID, MIN, MAX, STEP, COUNT; the arrays recorded, most tasks first; the share meant.
  static let startedAgain: [([String?], [ArrayGeometry], String?)] = [
    // Lists with gaps, of 0-7.
    (["3", "0", "7", "1", "3"], [geometry(0, 1, 8)], "3/8"),
    (["7", "3", "7", "1", "2"], [geometry(0, 1, 8)], "7/8"),
    // What is missing happens to have no gaps, or to be one task.
    (["5", "4", "6", "1", "3"], [geometry(0, 1, 8)], "5/8"),
    (["3", "1", "3", "2", "2"], [geometry(0, 1, 4)], "3/4"),
    (["2", "2", "2", "1", "1"], [geometry(0, 1, 8)], "2/8"),
    // Numbers as the user counts them.
    (["8", "6", "8", "1", "2"], [geometry(1, 1, 8)], "7/8"),
    (["14", "4", "14", "1", "3"], [geometry(0, 2, 8)], "7/8"),
    // The whole array again, or one as large: its own.
    (["7", "0", "7", "1", "8"], [geometry(0, 1, 8)], "7/8"),
    (["1", "1", "8", "1", "8"], [geometry(0, 1, 8)], "0/8"),
    // A larger one: its own.
    (["7", "0", "15", "1", "16"], [geometry(0, 1, 8)], "7/16"),
    // A smaller one with other numbers: its own; all its tasks must agree.
    (["100", "100", "103", "1", "4"], [geometry(0, 1, 8)], "0/4"),
    (["6", "6", "9", "1", "4"], [geometry(0, 1, 8)], "0/4"),
    (["1", "1", "3", "1", "3"], [geometry(0, 2, 8)], "0/3"),
    // A list with gaps that fits nothing.
    (["9", "3", "9", "1", "2"], [geometry(0, 1, 8)], nil),
    (["3", "3", "9", "1", "2"], [geometry(0, 1, 8)], nil),
    (["3", "0", "5", "1", "3"], [geometry(0, 2, 8)], nil),
    // Of several the first that fits.
    (["3", "1", "5", "1", "3"], [geometry(0, 1, 16), geometry(0, 1, 8)], "3/16"),
    (["3", "1", "5", "1", "3"], [geometry(100, 1, 16), geometry(1, 1, 8)], "2/8"),
  ]

  @Test(arguments: startedAgain) func takesTheShareOfTheEarlierArray(
    values: [String?], recorded: [ArrayGeometry], shard: String?
  ) throws {
    let environment = Self.environment(values)
    guard let shard else {
      #expect(throws: ShardError.self) {
        try ArrayShare.slurmTask(environment, recorded: recorded)
      }
      return
    }
    let share = try ArrayShare.slurmTask(environment, recorded: recorded)
    #expect(share?.shard.description == shard)
    #expect(share?.geometry.count == share?.shard.count)
  }

  /// What is foretold of an array without gaps is what its tasks then do.
  @Test(arguments: [geometry(0, 1, 3), geometry(1, 1, 2), geometry(0, 2, 3), geometry(2, 1, 1)])
  func foretellsThatAnArrayIsPartOfAnEarlierOne(array: ArrayGeometry) throws {
    let two = [Self.geometry(0, 1, 8), Self.geometry(0, 2, 4)]
    for recorded in [[], two, [Self.geometry(0, 1, 2)]] {
      for index in 0..<array.count {
        let values = [
          array.task(ofShare: index), array.first, array.task(ofShare: array.count - 1),
          array.step, array.count,
        ]
        let share = try ArrayShare.slurmTask(
          Self.environment(values.map { "\($0)" }), recorded: recorded)
        #expect(share?.geometry == array.earlierArray(in: recorded) ?? array)
      }
    }
  }

  @Test func saysWhichShareAndWhy() throws {
    let again = try ArrayShare.slurmTask(
      Self.environment(["3", "1", "3", "1", "2"]), recorded: [Self.geometry(0, 1, 4)])
    #expect(
      again?.description
        == "share 3/4: task 3 of the earlier array 0-3, of which this one is a part, a list with gaps"
    )
    let own = try ArrayShare.slurmTask(
      Self.environment(["3", "1", "7", "2", "4"]), recorded: [])
    #expect(own?.description == "share 1/4: task 3 of the array 1-7:2")
    #expect(ArrayShare(try Shard("2/8")).description == "share 2/8: as --shard says")
  }

  @Test func saysWhatToDoAboutGaps() {
    let error = ShardError.irregularArray(id: 3, first: 0, last: 7, step: 1, count: 3)
    #expect("\(error)".contains("--array=0-2"))
    #expect("\(error)".contains("--shard I/N"))
  }

  @Test func tasksAndSharesBelongTogether() {
    for geometry in [Self.geometry(0, 1, 8), Self.geometry(1, 1, 3), Self.geometry(5, 3, 4)] {
      for index in 0..<geometry.count {
        #expect(geometry.shard(ofTask: geometry.task(ofShare: index))?.index == index)
      }
      #expect(geometry.shard(ofTask: geometry.task(ofShare: geometry.count)) == nil)
      #expect(geometry.shard(ofTask: geometry.first - 1) == nil)
    }
    #expect(Self.geometry(5, 3, 4).shard(ofTask: 6) == nil)
  }

  @Test func impossibleNumberingsAreRefused() {
    for (first, step, count) in [
      (-1, 1, 1), (0, 0, 1), (0, 1, 0), (0, Int.max, 3), (Int.max, 1, 1), (1 << 32, 1, 2),
    ] {
      #expect(ArrayGeometry(first: first, step: step, count: count) == nil)
    }
  }
}
