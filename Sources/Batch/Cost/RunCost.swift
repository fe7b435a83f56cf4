import RunFiles

/// What a run costs, from its amount of work and the measured time of a unit.
///
/// A rank is taken to have the workers that were measured; all times are in seconds.
public struct RunCost: Hashable, Sendable {
  /// Number of images.
  public var images: Int
  /// How many samples an image gets; if that is open, all figures are of the most.
  public var goal: SampleGoal
  /// Network evaluations of a sample that is good at once.
  public var evaluationsPerSample: Int
  /// Workers of a rank, at least 1.
  public var workers: Int
  /// Time of a unit on one worker while the others of its rank work too.
  public var unitSeconds: Double
  /// Time to set up an image's problem on a worker.
  public var setupSeconds: Double
  /// Time from the start of the program to the first unit.
  public var startSeconds: Double
  /// Time a thread of rank 0 takes at the end to write the maps and pictures of an image.
  public var resultSeconds: Double
  /// Images whose results rank 0 writes at once, at least 1.
  public var resultThreads: Int

  public init(
    images: Int, goal: SampleGoal, evaluationsPerSample: Int, workers: Int, unitSeconds: Double,
    setupSeconds: Double = 0, startSeconds: Double = 0, resultSeconds: Double = 0,
    resultThreads: Int = 1
  ) {
    self.images = images
    self.goal = goal
    self.evaluationsPerSample = evaluationsPerSample
    self.workers = max(1, workers)
    self.unitSeconds = unitSeconds
    self.setupSeconds = setupSeconds
    self.startSeconds = startSeconds
    self.resultSeconds = resultSeconds
    self.resultThreads = max(1, resultThreads)
  }
}

// MARK: - Work

extension RunCost {
  /// How the samples of an image are cut into units.
  public var grid: UnitGrid { goal.grid }
  /// Samples of all images.
  public var samples: Int { images * grid.samples }
  /// Units of all images.
  public var units: Int { images * grid.blockCount }
  /// Network evaluations of all rows drawn; whole units only, so rows that are thrown away count.
  public var evaluations: Int { units * grid.unit * evaluationsPerSample }
}

// MARK: - Time

extension RunCost {
  /// Time of a run on so many ranks, from start to maps.
  public func seconds(ranks: Int) -> Double {
    startSeconds + drawing(units: units, images: images, workers: ranks * workers)
      + results(threads: resultThreads)
  }

  /// Units the busiest worker of so many ranks draws.
  public func unitsPerWorker(ranks: Int) -> Int { units.dividedUp(by: ranks * workers) }

  /// Time of the longest task of an array: one rank a task, maps left to `merge`.
  public func taskSeconds(tasks: Int) -> Double {
    let (share, touched) = goal.rule == nil ? shareOfUnits(tasks) : shareOfImages(tasks)
    return startSeconds + drawing(units: share, images: touched, workers: workers)
  }

  private func shareOfUnits(_ tasks: Int) -> (units: Int, images: Int) {
    let share = units.dividedUp(by: tasks)
    return (share, min(images, share.dividedUp(by: max(1, grid.blockCount)) + 1))
  }

  private func shareOfImages(_ tasks: Int) -> (units: Int, images: Int) {
    let share = images.dividedUp(by: tasks)
    return (share * grid.blockCount, share)
  }

  /// Time `merge` takes in a job with so many cores.
  public func mergeSeconds(cores: Int) -> Double { startSeconds + results(threads: cores) }

  private func results(threads: Int) -> Double {
    Double(images.dividedUp(by: threads)) * resultSeconds
  }

  /// Units come whole: the last round keeps some workers idle.
  private func drawing(units: Int, images: Int, workers: Int) -> Double {
    let rounds = units.dividedUp(by: workers)
    return Double(rounds) * unitSeconds
      + Double(min(rounds, images.dividedUp(by: workers))) * setupSeconds
  }
}

extension Int {
  /// The quotient rounded up.
  func dividedUp(by divisor: Int) -> Int {
    let (quotient, rest) = quotientAndRemainder(dividingBy: Swift.max(1, divisor))
    return quotient + (rest > 0 ? 1 : 0)
  }
}
