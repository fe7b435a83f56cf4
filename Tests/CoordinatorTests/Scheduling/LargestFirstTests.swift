import Testing

@testable import Coordinator
@testable import Statistics

@Suite struct LargestFirstTests {
  @Test(arguments: [UInt64(1), 2, 3]) func agreesWithLookingAtAll(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var sizes = Array(repeating: 0, count: 40)
    var heap = LargestFirst(count: 40)
    for _ in 0..<4000 {
      let (number, size) = (
        Int.random(in: 0..<40, using: &random), Int.random(in: 0..<9, using: &random)
      )
      sizes[number] = size
      heap.set(number, size: size)
      let largest = sizes.max() ?? 0
      #expect(heap.first == (largest == 0 ? nil : sizes.firstIndex(of: largest)))
    }
  }
}

@Suite struct QueueTests {
  @Test(arguments: [UInt64(1), 2, 3]) func whatComesFirstGoesFirst(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var queue = Queue<Int>()
    var (added, taken) = (0, 0)
    for step in 0..<20_000 {
      // Longer for a while, then shorter.
      let isGrowing = Int.random(in: 0..<10, using: &random) < (step / 2000 % 2 == 0 ? 6 : 4)
      if isGrowing {
        queue.append(added)
        added += 1
      } else if let next = queue.popFirst() {
        #expect(next == taken)
        taken += 1
      } else {
        #expect(added == taken)
      }
      #expect(queue.isEmpty == (added == taken))
    }
  }
}

@Suite struct EventQueueTests {
  @Test func eventsComeByTimeAndThenInOrder() {
    var random = SplitMix64(seed: 1)
    var queue = EventQueue<Int>()
    let times = (0..<500).map { _ in Double(Int.random(in: 0..<20, using: &random)) }
    for (index, time) in times.enumerated() { queue.add(index, at: time) }
    var found: [Int] = []
    while let (time, event) = queue.next() {
      #expect(time == times[event])
      found.append(event)
    }
    #expect(found == times.indices.sorted { (times[$0], $0) < (times[$1], $1) })
  }
}
