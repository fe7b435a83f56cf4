import Tensors

/// The noise of a run: every row of the batch reads the streams of its own sample.
///
/// The numbers are those of ``NoiseStream`` with the seed, the image, and the sample and attempt of
/// the row, so they are the same in any batch, on any rank, in any order.
public struct PhiloxNoise: NoiseSource {
  /// The seed of the run.
  public let seed: UInt64
  /// The key of the image.
  public let image: UInt64
  private let rows: [(sample: UInt32, attempt: UInt16)]

  /// Makes the noise of a batch of samples of one image.
  ///
  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - image: the key of the image.
  ///   - samples: the index of the sample of each row, in 0..<2³².
  ///   - attempts: how often each was tried before, in 0..<2¹⁶; by default never.
  /// - Throws: ``NoiseError`` if an index is out of range or the counts differ.
  public init(
    seed: UInt64, image: UInt64, samples: [Int], attempts: [Int]? = nil
  ) throws(NoiseError) {
    let attempts = attempts ?? Array(repeating: 0, count: samples.count)
    guard attempts.count == samples.count else {
      throw .attemptCount(samples: samples.count, attempts: attempts.count)
    }
    var rows: [(sample: UInt32, attempt: UInt16)] = []
    for (sample, attempt) in zip(samples, attempts) {
      guard let sampleWord = UInt32(exactly: sample) else { throw .sampleOutOfRange(sample) }
      guard let attemptWord = UInt16(exactly: attempt) else { throw .attemptOutOfRange(attempt) }
      rows.append((sampleWord, attemptWord))
    }
    self.seed = seed
    self.image = image
    self.rows = rows
  }

  public var rowCount: Int { rows.count }

  public func normal(
    purpose: NoisePurpose, step: Int, rowShape: [Int]
  ) throws(NoiseError) -> [Float] {
    try array(purpose, step, rowShape) { $0.fillNormals($1) }
  }

  public func uniform(
    purpose: NoisePurpose, step: Int, rowShape: [Int]
  ) throws(NoiseError) -> [Float] {
    try array(purpose, step, rowShape) { $0.fillUniforms($1) }
  }

  /// Draws into the tensor's own memory.
  public func normalTensor(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> Tensor {
    let draw = try Draw(purpose, step, rowShape, rows: rows.count)
    return try Tensor(shape: [rows.count] + rowShape) { values in
      fill(values, draw) { $0.fillNormals($1) }
    }
  }

  private typealias RowFilling = (NoiseStream, UnsafeMutableBufferPointer<Float>) -> Void

  private func array(
    _ purpose: NoisePurpose, _ step: Int, _ rowShape: [Int], with fillRow: RowFilling
  ) throws(NoiseError) -> [Float] {
    let draw = try Draw(purpose, step, rowShape, rows: rows.count)
    return Array(unsafeUninitializedCapacity: draw.count) { buffer, initialized in
      fill(buffer, draw, with: fillRow)
      initialized = draw.count
    }
  }

  private func fill(
    _ values: UnsafeMutableBufferPointer<Float>, _ draw: Draw, with fillRow: RowFilling
  ) {
    for (index, row) in rows.enumerated() {
      let stream = NoiseStream(
        seed: seed, image: image, sample: row.sample, purpose: draw.purpose, step: draw.step,
        attempt: row.attempt)
      let start = index * draw.rowSize
      fillRow(
        stream, UnsafeMutableBufferPointer(rebasing: values[start..<(start + draw.rowSize)]))
    }
  }
}

/// What a batch is asked for, checked.
private struct Draw {
  let purpose: NoisePurpose
  let step: UInt32
  let rowSize: Int
  /// Elements of all rows.
  let count: Int

  init(
    _ purpose: NoisePurpose, _ step: Int, _ rowShape: [Int], rows: Int
  ) throws(NoiseError) {
    guard let word = UInt32(exactly: step) else { throw .stepOutOfRange(step) }
    (rowSize, count) = try Draw.elementCount(rowShape, rows: rows)
    self.purpose = purpose
    self.step = word
  }

  private static func elementCount(
    _ rowShape: [Int], rows: Int
  ) throws(NoiseError) -> (row: Int, batch: Int) {
    var count = 1
    for size in rowShape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product <= NoiseStream.elementLimit else {
        throw .rowShape(rowShape)
      }
      count = product
    }
    let (total, overflow) = count.multipliedReportingOverflow(by: rows)
    guard !overflow else { throw .rowShape(rowShape) }
    return (count, total)
  }
}
