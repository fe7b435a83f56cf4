import Testing

@testable import Engine

@Suite struct StreamGeneratorTests {
  private func generator(_ step: UInt32 = 0) -> StreamGenerator {
    StreamGenerator(NoiseStream(seed: 3, image: 4, purpose: .mask, step: step))
  }

  /// Pearson's statistic of equally likely outcomes.
  private func chiSquared(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }

  @Test func wordsAreThoseOfTheStream() {
    let stream = NoiseStream(seed: 3, image: 4, purpose: .mask)
    var generator = StreamGenerator(stream)
    for number in 0..<5 {
      let words = stream.block(UInt32(number))
      for index in 0..<4 { #expect(generator.nextWord() == words[index]) }
    }
  }

  @Test func uniformsStayInTheirRange() {
    var generator = generator()
    for _ in 0..<1000 {
      #expect((0..<1).contains(generator.uniform()))
      #expect((0.3...0.7).contains(generator.uniform(in: 0.3...0.7)))
      #expect(generator.uniform(in: 0.5...0.5) == 0.5)
    }
  }

  /// The 0.1 % point of χ² with 6 degrees of freedom is 22.5.
  @Test func integersAreUniform() {
    var generator = generator()
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<7000 { counts[generator.integer(below: 7)] += 1 }
    #expect(chiSquared(counts) < 22.5)
    #expect(generator.integer(below: 1) == 0)
  }

  /// In 0..<3·2⁶¹ two thirds are below 2⁶² and a third leaves 2 when divided by 3. The remainder of
  /// a 64-bit word would give 3/4 for the first, its product without rejection 1/4 for the second.
  @Test func integersOfLargeBoundsAreUnbiased() {
    var generator = generator(1)
    let values = (0..<5000).map { _ in generator.integer(below: 3 << 61) }
    let below = Double(values.count { $0 < 1 << 62 })
    let leavingTwo = Double(values.count { $0 % 3 == 2 })
    let standardError = (5000.0 * 2 / 9).squareRoot()
    #expect(abs(below - 5000 * 2 / 3) < 5 * standardError)
    #expect(abs(leavingTwo - 5000 / 3) < 5 * standardError)
  }

  @Test(arguments: [(0, 0), (0, 5), (1, 1), (5, 5), (40, 64), (700, 1024)])
  func choicesAreDistinct(count: Int, bound: Int) {
    var generator = generator()
    let choice = generator.choice(count, of: bound)
    #expect(choice.count == count && Set(choice).count == count)
    #expect(choice.allSatisfy { (0..<bound).contains($0) })
  }

  /// All 12 ordered pairs out of four; the 0.1 % point of χ² with 11 degrees of freedom is 31.3.
  @Test func orderedChoicesAreEquallyLikely() {
    var generator = generator(2)
    var counts = [Int](repeating: 0, count: 16)
    for _ in 0..<6000 {
      let pair = generator.choice(2, of: 4)
      counts[pair[0] * 4 + pair[1]] += 1
    }
    let possible = counts.indices.filter { $0 / 4 != $0 % 4 }
    #expect(possible.reduce(0) { $0 + counts[$1] } == 6000)
    #expect(chiSquared(possible.map { counts[$0] }) < 31.3)
  }

  @Test func aChoiceOfAllHoldsEveryNumberOnce() {
    var generator = generator()
    let permutation = generator.choice(100, of: 100)
    #expect(permutation != Array(0..<100))
    #expect(permutation.sorted() == Array(0..<100))
  }
}
