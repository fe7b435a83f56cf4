import RunFiles
import Testing

@testable import Batch

@Suite struct RunCostTests {
  /// 10 images × 5 units of 4 samples (18 wanted), 2 workers a rank, 7 s a unit.
  private let cost = RunCost(
    images: 10, goal: SampleGoal(grid: UnitGrid(unit: 4, samples: 18)), evaluationsPerSample: 100,
    workers: 2, unitSeconds: 7, setupSeconds: 1, startSeconds: 3, resultSeconds: 0.5,
    resultThreads: 2)

  @Test func workIsCounted() {
    #expect(cost.units == 50)
    #expect(cost.samples == 180)
    #expect(cost.evaluations == 50 * 4 * 100, "the network sees whole units")
  }

  @Test func unitsComeWhole() {
    #expect(cost.seconds(ranks: 1) == 185.5, "start 3, 25 rounds of 7, setups 5, results 2.5")
    #expect(cost.seconds(ranks: 2) == 99.5, "13 rounds, 3 images to set up")
    #expect(cost.seconds(ranks: 25) == 13.5, "one round")
    #expect(cost.seconds(ranks: 512) == cost.seconds(ranks: 25), "no rank speeds up a unit")
    #expect(cost.unitsPerWorker(ranks: 2) == 13)
  }

  @Test func tasksDrawAShareWithoutMaps() {
    #expect(cost.taskSeconds(tasks: 1) == 3 + 25 * 7 + 5)
    // 7 units of 50/8, up to 3 images: 4 rounds on 2 workers.
    #expect(cost.taskSeconds(tasks: 8) == 3 + 4 * 7 + 2)
    #expect(cost.mergeSeconds(cores: 1) == 3 + 5)
    #expect(cost.mergeSeconds(cores: 4) == 3 + 1.5, "the last round has two images")
  }

  @Test func nothingToDoTakesTheStart() {
    var empty = cost
    empty.images = 0
    #expect(empty.seconds(ranks: 8) == 3)
    #expect(empty.taskSeconds(tasks: 4) == 3)
    #expect(ArrayAdvice(for: empty).tasks == 1)
  }

  @Test func arraysHaveTasksOfHours() {
    for (seconds, images) in [(0.01, 1), (30, 100), (600, 1000), (3000, 40_000)] {
      var large = cost
      (large.unitSeconds, large.images) = (seconds, images)
      let advice = ArrayAdvice(for: large)
      let whole = large.taskSeconds(tasks: 1)
      #expect((1...1001).contains(advice.tasks))
      if advice.tasks == 1 {
        #expect(whole < 4 * 3600)
      } else if advice.tasks < 1001 {
        #expect((3600...4 * 3600).contains(advice.seconds), "\(advice) for \(seconds) s")
      }
    }
  }

  @Test func noMoreTasksThanRounds() {
    var long = cost
    (long.unitSeconds, long.images) = (5 * 3600, 1)
    // Five units on two workers: three rounds.
    #expect(ArrayAdvice(for: long).tasks == 3)
    (long.unitSeconds, long.images) = (.infinity, 1000)
    #expect(ArrayAdvice(for: long).tasks == 1001)
  }
}
