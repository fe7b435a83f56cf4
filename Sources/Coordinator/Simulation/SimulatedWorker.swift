import RunFiles

/// What a ``WorkerThread`` does, without a thread: it works off its orders, and keeps the sum of the
/// finished units of one image until that changes, a checkpoint is due, or it is told to send.
struct SimulatedWorker {
  /// Finished samples of one image that have not been sent.
  struct Sum {
    var image: ImageID
    var samples: SampleRanges
    var since: Double
  }

  /// What is to be done next.
  enum Step {
    /// Draw the unit under way; before that, send the sum of another image.
    case draw(sending: Sum?)
    case send(Sum)
  }

  var orders = Queue<WorkerOrder>()
  /// The unit under way.
  private(set) var unit: WorkUnit?
  /// When it was begun.
  private(set) var began = 0.0
  /// Tells it from those given up before.
  private(set) var serial = 0
  private var sum: Sum?

  /// The next step; nil while a unit is under way or nothing is ordered.
  mutating func nextStep(now: Double) -> Step? {
    guard unit == nil else { return nil }
    while let order = orders.popFirst() {
      if case .unit(let next) = order {
        (unit, began) = (next, now)
        serial += 1
        return .draw(sending: sum?.image == next.image ? nil : takeSum())
      }
      if let sum = takeSum() { return .send(sum) }
    }
    return nil
  }

  /// Ends the unit under way.
  mutating func finish(now: Double) -> WorkUnit? {
    guard let done = unit else { return nil }
    unit = nil
    var whole = sum ?? Sum(image: done.image, samples: SampleRanges(), since: now)
    whole.samples = whole.samples.union(SampleRanges(done.samples))
    sum = whole
    return done
  }

  /// Gives up the unit under way and all orders.
  mutating func interrupt() {
    unit = nil
    serial += 1
    orders = Queue()
  }

  /// Takes what has been finished, if it is older than `seconds`.
  mutating func takeSum(olderThan seconds: Double = 0, now: Double = .infinity) -> Sum? {
    guard let ready = sum, now - ready.since >= seconds else { return nil }
    sum = nil
    return ready
  }
}
