import Statistics

/// Everything that was found out about some samples of one image: the sum of finished units.
///
/// Parts of disjoint samples add up to a part, and any order and grouping gives the same value, bit
/// for bit.
public struct Part: Sendable, Equatable {
  /// The image.
  public let image: ImageID
  /// The image's shape, [C, H, W].
  public let shape: [Int]
  /// SHA-256, in hex, of the file the samples were drawn for; nil where there is none.
  public let inputDigest: String?
  /// The samples that are finished, good and failed ones.
  public private(set) var samples: SampleRanges
  /// Exact per-pixel statistics of the good samples, in image units.
  public private(set) var statistics: ImageStatistics
  /// The names of the scalar quantities that are known of each good sample.
  public let quantityNames: [String]
  /// One record a sample, ascending by index.
  public private(set) var records: [SampleRecord]
  /// The pixels of the samples that are to be kept, by sample index; each C·H·W values in image
  /// units.
  public private(set) var kept: [Int: [Float]]

  /// A part of the samples that `records` tell of.
  ///
  /// - Parameters:
  ///   - inputDigest: SHA-256 of the image's file, lower-case hex.
  ///   - records: one a sample, in any order.
  ///   - kept: a subset of the good samples.
  ///   - quantityNames: what the quantities of the records are; letters, digits, `-` and `_`.
  /// - Throws: ``PartError`` unless the records, the count of the statistics and the kept samples
  ///   agree.
  public init(
    image: ImageID, shape: [Int], inputDigest: String? = nil, statistics: ImageStatistics,
    records: [SampleRecord], kept: [Int: [Float]] = [:], quantityNames: [String] = []
  ) throws(PartError) {
    self.image = image
    self.shape = shape
    self.inputDigest = inputDigest
    self.statistics = statistics
    self.quantityNames = quantityNames
    self.records = records.sorted { $0.index < $1.index }
    self.kept = kept
    samples = SampleRanges(indices: records.lazy.map(\.index))
    try check()
  }

  /// The known values of a quantity of the good samples, ascending by index; nil if it is not taken.
  public func values(ofQuantity name: String) -> [Double]? {
    quantityNames.firstIndex(of: name).map { column in
      records.filter { !$0.hasFailed }.compactMap { $0.quantities[column] }
    }
  }

  /// Number of samples left out of the statistics.
  public var failedCount: Int { records.count { $0.hasFailed } }
}

// MARK: - Sum

extension Part {
  /// Adds the samples of another part of the same image.
  ///
  /// - Throws: ``PartError`` if it is of another image, file or shape, shares a sample, or has other
  ///   statistics; the part is unchanged then.
  public mutating func merge(_ other: Part) throws(PartError) {
    guard other.image == image else { throw .otherImage(image, other.image) }
    guard other.inputDigest == inputDigest else { throw .otherInput(image) }
    guard other.shape == shape else { throw .otherShape(image, shape, other.shape) }
    guard other.quantityNames == quantityNames else {
      throw .otherQuantities(image, quantityNames, other.quantityNames)
    }
    let common = samples.intersection(other.samples)
    guard common.isEmpty else { throw .overlap(image, common) }
    try mergeStatistics(other.statistics)
    samples = samples.union(other.samples)
    records = Self.joined(records, other.records)
    kept.merge(other.kept) { mine, _ in mine }
  }

  /// The sum of one or more parts of one image, in any order.
  ///
  /// - Throws: ``PartError`` as ``merge(_:)`` does; nil for no parts.
  public static func sum(_ parts: some Sequence<Part>) throws(PartError) -> Part? {
    var total: Part?
    for part in parts {
      if total == nil { total = part } else { try total?.merge(part) }
    }
    return total
  }

  private mutating func mergeStatistics(_ other: ImageStatistics) throws(PartError) {
    do {
      try statistics.merge(other)
    } catch {
      throw .statistics(image, "\(error)")
    }
  }

  private static func joined(_ a: [SampleRecord], _ b: [SampleRecord]) -> [SampleRecord] {
    if let last = a.last, let first = b.first, last.index < first.index { return a + b }
    return (a + b).sorted { $0.index < $1.index }
  }
}

// MARK: - Agreement of its fields

extension Part {
  private func check() throws(PartError) {
    try checkRecords()
    guard statistics.count == records.count - failedCount else {
      throw .countMismatch(
        image, statistics: statistics.count, records: records.count - failedCount)
    }
    try checkShape()
    for (index, values) in kept { try checkKept(index, values.count) }
  }

  private func checkRecords() throws(PartError) {
    guard !records.isEmpty else { throw .empty(image) }
    for record in records where !(0..<SampleRanges.largestIndex).contains(record.index) {
      throw .badIndex(image, record.index)
    }
    for (one, next) in zip(records, records.dropFirst()) where one.index == next.index {
      throw .overlap(image, SampleRanges(one.index..<one.index + 1))
    }
    for record in records
    where record.quantities.count != (record.hasFailed ? 0 : quantityNames.count) {
      throw .quantityCount(image, record.index, record.quantities.count, quantityNames.count)
    }
  }

  private func checkShape() throws(PartError) {
    guard shape.count == 3, let count = pixelCount, count == statistics.pixelCount else {
      throw .shapeMismatch(image, shape, pixels: statistics.pixelCount)
    }
  }

  private func checkKept(_ index: Int, _ count: Int) throws(PartError) {
    guard count == statistics.pixelCount, let record = record(of: index), !record.hasFailed else {
      throw .badKeptSample(image, index)
    }
  }

  /// C·H·W; nil if a size is not positive or the product overflows.
  private var pixelCount: Int? {
    shape.reduce(1 as Int?) { product, size in
      guard let product, size > 0 else { return nil }
      let (value, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? nil : value
    }
  }

  /// The record of sample `index`; nil if the part lacks it.
  public func record(of index: Int) -> SampleRecord? {
    var (low, high) = (0, records.count)
    while low < high {
      let middle = (low + high) / 2
      if records[middle].index < index { low = middle + 1 } else { high = middle }
    }
    return low < records.count && records[low].index == index ? records[low] : nil
  }
}
