import Synchronization

/// Noise that was written down before: a queue of arrays for each purpose.
///
/// It lets a sampler repeat a run of another program number by number. Each request takes the next
/// array of its purpose, whatever its step.
public final class RecordedNoise: NoiseSource {
  public let rowCount: Int
  private let queues: Mutex<[NoisePurpose: ArraySlice<[Float]>]>

  /// Makes a source from recorded arrays.
  ///
  /// - Parameters:
  ///   - rowCount: the number of rows of the batch.
  ///   - arrays: for each purpose the arrays in the order they will be asked for, each with the
  ///     rows of the whole batch one after the other.
  public init(rowCount: Int, arrays: [NoisePurpose: [[Float]]]) {
    self.rowCount = rowCount
    self.queues = Mutex(arrays.mapValues { $0[...] })
  }

  public func normal(
    purpose: NoisePurpose, step: Int, rowShape: [Int]
  ) throws(NoiseError) -> [Float] {
    try next(purpose, rowShape)
  }

  public func uniform(
    purpose: NoisePurpose, step: Int, rowShape: [Int]
  ) throws(NoiseError) -> [Float] {
    try next(purpose, rowShape)
  }

  /// How many arrays of a purpose have not been asked for.
  public func remaining(_ purpose: NoisePurpose) -> Int {
    queues.withLock { $0[purpose]?.count ?? 0 }
  }

  private func next(_ purpose: NoisePurpose, _ rowShape: [Int]) throws(NoiseError) -> [Float] {
    let array = queues.withLock { $0[purpose]?.popFirst() }
    guard let array else { throw .recordingExhausted(purpose) }
    let wanted = rowShape.reduce(rowCount, *)
    guard array.count == wanted else {
      throw .recordingSize(purpose, wanted: wanted, found: array.count)
    }
    return array
  }
}
