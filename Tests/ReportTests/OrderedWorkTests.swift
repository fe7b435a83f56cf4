import Foundation
import Synchronization
import Testing

@testable import Report

@Suite struct OrderedWorkTests {
  private struct Refused: Error, Equatable {
    let item: Int
  }

  @Test(arguments: [1, 2, 5, 64], [0, 1, 7, 100])
  func productsComeInTheOrderOfTheItems(threads: Int, count: Int) throws {
    var taken: [Int] = []
    try OrderedWork(threads: threads).run(Array(0..<count)) { item in
      // Later items are done sooner.
      if item % 8 == 0 { usleep(2000) }
      return 3 * item
    } take: {
      taken.append($0)
    }
    #expect(taken == (0..<count).map { 3 * $0 })
  }

  @Test func noMoreThanTheThreadsAreMadeAtOnce() throws {
    let state = Mutex((now: 0, most: 0))
    try OrderedWork(threads: 3).run(Array(0..<60)) { _ in
      state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      usleep(500)
      state.withLock { $0.now -= 1 }
    } take: { _ in
    }
    #expect((1...3).contains(state.withLock { $0.most }))
  }

  @Test func theFirstItemThatFailsIsTold() {
    var taken: [Int] = []
    #expect(throws: Refused(item: 11)) {
      try OrderedWork(threads: 4).run(Array(0..<100)) { item in
        // The later one fails first.
        if item == 11 { usleep(5000) }
        if item == 11 || item == 13 { throw Refused(item: item) }
        return item
      } take: {
        taken.append($0)
      }
    }
    #expect(taken == Array(0..<11))
  }

  @Test func whatCannotBeTakenEndsTheWork() {
    let made = Mutex(0)
    #expect(throws: Refused(item: 2)) {
      try OrderedWork(threads: 2).run(Array(0..<1000)) { item in
        made.withLock { $0 += 1 }
        return item
      } take: {
        if $0 == 2 { throw Refused(item: $0) }
      }
    }
    #expect(made.withLock { $0 } == 16, "one round of eight a thread")
  }
}
