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
}
