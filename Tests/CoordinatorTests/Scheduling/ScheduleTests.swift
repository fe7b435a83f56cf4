import RunFiles
import Testing

@testable import Coordinator
@testable import Statistics

@Suite struct ScheduleTests {
  private static func worker(_ rank: Int, _ slot: Int = 0) -> WorkerID {
    WorkerID(rank: rank, slot: slot)
  }

  private static func schedule(_ names: [String], unit: Int = 4, samples: Int = 12) -> Schedule {
    let work = names.map {
      RemainingWork(image: TestSamples.image($0), samples: SampleRanges(0..<samples))
    }
    return Schedule(work, grid: UnitGrid(unit: unit, samples: samples))
  }

  @Test func aWorkerStaysWithItsImage() throws {
    var schedule = Self.schedule(["a", "b"])
    let (one, two) = (Self.worker(0), Self.worker(1))
    #expect(schedule.next(for: one) == TestSamples.unit("a", 0..<4))
    #expect(schedule.next(for: two) == TestSamples.unit("b", 0..<4))
    #expect(schedule.next(for: one) == TestSamples.unit("a", 4..<8))
    #expect(schedule.next(for: two) == TestSamples.unit("b", 4..<8))
    #expect(schedule.unitsInHand(of: one) == 2)
    #expect(schedule.pendingUnits == 2)
  }

  @Test func withoutFreshImagesTheOneWithMostLeftIsShared() {
    var schedule = Self.schedule(["a", "b"], samples: 12)
    let (one, two, three) = (Self.worker(0), Self.worker(1), Self.worker(2))
    _ = schedule.next(for: one)
    _ = schedule.next(for: two)
    _ = schedule.next(for: two)
    #expect(schedule.next(for: three)?.image.name == "a")
    _ = schedule.next(for: three)
    #expect(schedule.next(for: three)?.image.name == "b")
    #expect(schedule.next(for: three) == nil)
    #expect(schedule.pendingUnits == 0)
  }

  @Test func resultsCountOnce() {
    var schedule = Self.schedule(["a"], samples: 8)
    let (one, two) = (Self.worker(0), Self.worker(1))
    let image = TestSamples.image("a")
    _ = schedule.next(for: one)
    schedule.finish(TestSamples.unit("a", 0..<4), by: one)
    #expect(schedule.accept(SampleRanges(0..<4), of: image, from: one) == .accepted)
    #expect(schedule.accept(SampleRanges(0..<4), of: image, from: one) == .refused)
    #expect(schedule.accept(SampleRanges(0..<4), of: image, from: two) == .refused)
    #expect(schedule.missingSamples == 4 && schedule.pendingUnits == 1)
  }

  @Test func aRefusedSumGivesItsOtherUnitsBack() {
    var schedule = Self.schedule(["a"], samples: 12)
    let (one, two) = (Self.worker(0), Self.worker(1))
    let image = TestSamples.image("a")
    _ = schedule.next(for: one)
    _ = schedule.next(for: two)
    _ = schedule.next(for: two)
    #expect(schedule.accept(SampleRanges(0..<4), of: image, from: one) == .accepted)
    #expect(schedule.accept(SampleRanges(0..<12), of: image, from: two) == .refused)
    #expect(schedule.pendingUnits == 2)
    #expect(schedule.next(for: one) == TestSamples.unit("a", 4..<8))
    #expect(schedule.next(for: one) == TestSamples.unit("a", 8..<12))
  }

  @Test func whatWasNeverAskedForIsRefused() {
    var schedule = Self.schedule(["a"])
    #expect(
      schedule.accept(SampleRanges(0..<4), of: TestSamples.image("x"), from: Self.worker(0))
        == .refused)
    #expect(
      schedule.accept(SampleRanges(8..<16), of: TestSamples.image("a"), from: Self.worker(0))
        == .refused)
    #expect(schedule.missingSamples == 12)
    #expect(schedule.pendingUnits == 3)
    let isKnown = schedule.finish(TestSamples.unit("a", 0..<4), by: Self.worker(3))
    #expect(!isKnown)
  }

  @Test func aScheduleOfNothingIsComplete() {
    var schedule = Self.schedule([])
    #expect(schedule.isComplete)
    #expect(schedule.next(for: Self.worker(0)) == nil)
  }

  /// Random workers that draw, return sums and send some of them again: every sample is counted once.
  @Test(arguments: [UInt64(1), 2, 3, 4, 5]) func nothingIsLostOrDoubled(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let names = (0..<7).map { "i\($0)" }
    var schedule = Self.schedule(names, unit: 3, samples: 11)
    var sums: [WorkerID: (ImageID, SampleRanges)] = [:]
    var sent: [WorkerID: (ImageID, SampleRanges)] = [:]
    var queues: [WorkerID: [WorkUnit]] = [:]
    var counted: [ImageID: SampleRanges] = [:]
    var steps = 0

    func send(_ worker: WorkerID) {
      guard let (image, samples) = sums.removeValue(forKey: worker) else { return }
      #expect(schedule.accept(samples, of: image, from: worker) == .accepted)
      #expect(counted[image, default: SampleRanges()].isDisjoint(with: samples))
      counted[image] = counted[image, default: SampleRanges()].union(samples)
      sent[worker] = (image, samples)
    }

    func sendAgain(_ worker: WorkerID) {
      guard let (image, samples) = sent[worker] else { return }
      #expect(schedule.accept(samples, of: image, from: worker) == .refused)
    }

    while !schedule.isComplete, steps < 20_000 {
      steps += 1
      let worker = Self.worker(Int.random(in: 0..<4, using: &random))
      switch Int.random(in: 0..<20, using: &random) {
      case 0: sendAgain(worker)
      case 1..<8:
        if let unit = schedule.next(for: worker) { queues[worker, default: []].append(unit) }
      default:
        guard var queue = queues[worker], !queue.isEmpty else {
          send(worker)
          continue
        }
        let unit = queue.removeFirst()
        queues[worker] = queue
        if let sum = sums[worker],
          sum.0 != unit.image || !sum.1.isDisjoint(with: SampleRanges(unit.samples))
        {
          send(worker)
        }
        schedule.finish(unit, by: worker)
        let before = sums[worker]?.1 ?? SampleRanges()
        sums[worker] = (unit.image, before.union(SampleRanges(unit.samples)))
      }
    }
    #expect(schedule.isComplete)
    #expect(names.allSatisfy { counted[TestSamples.image($0)]?.ranges == [0..<11] })
  }

  @Test func anImageThatGrowsIsWorkedOnAgain() {
    var schedule = Self.schedule(["a", "b"], samples: 4)
    let (one, two) = (Self.worker(0), Self.worker(1))
    let image = TestSamples.image("a")
    _ = schedule.next(for: one)
    schedule.finish(TestSamples.unit("a", 0..<4), by: one)
    #expect(schedule.accept(SampleRanges(0..<4), of: image, from: one) == .accepted)
    schedule.extend(image, by: SampleRanges(2..<10))
    #expect(schedule.missingSamples == 4 + 6)
    #expect(schedule.pendingUnits == 1 + 2)
    // The other image has not been begun: it comes first, though its work came first too.
    #expect(schedule.next(for: two) == TestSamples.unit("b", 0..<4))
    #expect(schedule.next(for: two) == TestSamples.unit("a", 4..<8))
    #expect(schedule.next(for: one) == TestSamples.unit("a", 8..<10))
    #expect(
      schedule.accept(SampleRanges(0..<4), of: image, from: two) == .refused,
      "a late duplicate of the first stage")
    schedule.extend(TestSamples.image("x"), by: SampleRanges(0..<4))
    #expect(schedule.accept(SampleRanges(4..<8), of: image, from: two) == .accepted)
    #expect(schedule.accept(SampleRanges(8..<10), of: image, from: one) == .accepted)
    #expect(
      schedule.accept(SampleRanges(0..<4), of: TestSamples.image("b"), from: two) == .accepted)
    #expect(schedule.isComplete)
  }

  /// Ten million units, of which none is an object: what is kept is a range an image.
  @Test func tenMillionUnitsAreRanges() {
    var schedule = Self.schedule((0..<1000).map { "i\($0)" }, unit: 1, samples: 10_000)
    #expect(schedule.pendingUnits == 10_000_000)
    var count = 0
    for rank in 0..<1000 where schedule.next(for: Self.worker(rank)) != nil { count += 1 }
    #expect(count == 1000)
    #expect(schedule.items.allSatisfy { $0.pending.ranges.count == 1 })
  }
}

@Suite struct PaceTests {
  @Test func theMedianIgnoresOneSlowUnit() {
    var pace = Pace()
    #expect(pace.medianSecondsPerSample == nil)
    #expect(pace.remaining(samples: 10, workers: 2) == nil)
    pace.add(seconds: 100, samples: 1)
    for _ in 0..<9 { pace.add(seconds: 8, samples: 4) }
    #expect(pace.medianSecondsPerSample == 2)
    #expect(pace.remaining(samples: 10, workers: 2) == 10)
    #expect(pace.remaining(samples: 10, workers: 0) == 20)
  }

  @Test func onlyTheLastUnitsCount() {
    var pace = Pace()
    for _ in 0..<100 { pace.add(seconds: 9, samples: 1) }
    for _ in 0..<64 { pace.add(seconds: 1, samples: 1) }
    pace.add(seconds: .nan, samples: 1)
    pace.add(seconds: -1, samples: 1)
    #expect(pace.medianSecondsPerSample == 1)
  }
}
