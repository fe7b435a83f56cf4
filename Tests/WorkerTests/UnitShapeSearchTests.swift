import RunFiles
import Testing

@testable import Worker

@Suite struct UnitShapeSearchTests {
  /// A machine whose unit of u rows on t threads takes `seconds(u, t)`.
  private func search(
    units: [Int] = [1, 2, 4, 8, 16], threads: [Int] = [1, 2, 4], cores: Int = 4, images: Int = 100,
    samples: Int = 16, fits: @escaping (Int) -> Bool = { _ in true },
    trials most: Int = .max, seconds: (Int, Int) -> Double?
  ) -> (tried: [UnitShape], best: UnitShape?) {
    var tried: [UnitShape] = []
    let search = UnitShapeSearch(
      units: units, threads: threads, workers: { cores / $0 },
      length: RunLength(images: images, samples: samples, ranks: 1), fits: fits,
      hasTime: { tried.count < most })
    let trials = search.run { shape, _ in
      tried.append(shape)
      return seconds(shape.unit, shape.threads)
    }
    return (tried, search.best(of: trials)?.shape)
  }

  @Test func largerUnitsAreTakenAsLongAsTheyPay() {
    // 1 s a call and 0.1 s a row: the largest unit is the fastest on one thread; two threads save
    // nothing.
    let found = search { unit, _ in 1 + 0.1 * Double(unit) }
    #expect(found.best == UnitShape(unit: 16, threads: 1))
    #expect(found.tried.allSatisfy { $0.threads <= 2 })
  }

  @Test func theSmallestOfThoseAsFastIsTaken() {
    let found = search { unit, threads in Double(unit) / Double(threads) * 0.1 }
    #expect(found.best == UnitShape(unit: 1, threads: 1))
    // Two larger ones that are no faster end it.
    #expect(found.tried.filter { $0.threads == 1 }.map(\.unit) == [1, 2, 4])
  }

  @Test func aStepThatPaysLaterIsFound() {
    // A kernel that needs four rows: two rows are as slow a row as one.
    let found = search { unit, threads in
      Double(unit) * (unit < 4 ? 1 : 0.5) / (threads == 1 ? 1 : 0.9 * Double(threads))
    }
    #expect(found.best == UnitShape(unit: 4, threads: 1))
  }

  @Test func moreThreadsAreTakenWhereTheyPay() {
    // Workers stand in each other's way: 4 × 1 thread are slower than 2 × 2.
    let found = search { unit, threads in Double(unit) * (threads == 1 ? 2 : 0.6) }
    #expect(found.best == UnitShape(unit: 1, threads: 2))
  }

  @Test func threadsSaveTheMemoryOfWorkers() {
    // 4 workers do not fit; 2 with one row each do.
    let found = search(
      fits: { $0 <= 2 }, seconds: { unit, threads in Double(unit) / Double(threads) })
    #expect(found.tried.allSatisfy { 4 / $0.threads * $0.unit <= 2 })
    #expect(found.best == UnitShape(unit: 1, threads: 2))
  }

  @Test func nothingFits() {
    let found = search(fits: { _ in false }, seconds: { _, _ in 1 })
    #expect(found.tried.isEmpty && found.best == nil)
  }

  @Test func aShapeTheLibraryRefusesEndsTheGrowth() {
    let found = search(threads: [1]) { unit, _ in unit > 4 ? nil : 1 }
    #expect(found.tried.map(\.unit) == [1, 2, 4, 8])
    #expect(found.best == UnitShape(unit: 4, threads: 1))
  }

  @Test func fewUnitsAreSharedOutEvenly() {
    // Batches of 16 are the fastest a row, but then one worker draws the only unit and three wait.
    let found = search(images: 1, samples: 16) { unit, _ in 1 + 0.2 * Double(unit) }
    #expect(found.best == UnitShape(unit: 4, threads: 1))
  }

  @Test func timeEndsTheSearchButNotBeforeTheFirst() {
    #expect(
      search(trials: 0) { unit, _ in 1 / Double(unit) }.tried == [UnitShape(unit: 1, threads: 1)])
    #expect(search(trials: 3) { unit, _ in 1 / Double(unit) }.tried.count == 3)
  }

  @Test(arguments: [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])])
  func candidates(largest: Int, powers: [Int]) {
    #expect(ShapeMeasurement.powersOfTwo(upTo: largest) == powers)
  }
}
