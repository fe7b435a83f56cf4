/// The samples of every pixel as a multiset of 256 levels, from which quantiles are read.
///
/// Level ℓ stands for the value ℓ/255; a sample takes the nearest level, and values outside
/// [0, 1] take level 0 or 255. For few samples the levels themselves are kept, sorted, as planes:
/// plane k holds the k-th smallest level of every pixel. Above `sortedLimit` samples a table of
/// 256 counts a pixel is smaller and takes over. Which form is used follows from the number of
/// samples alone, so that equal multisets always have equal bytes.
struct LevelMultiset: Sendable, Equatable {
  static let levelCount = 256

  /// The most samples kept as sorted levels: 512 bytes a pixel, as much as 256 counts of 16 bits.
  static let sortedLimit = 512

  /// The most samples whose counts fit 16 bits.
  static let narrowLimit = Int(Int16.max)

  let pixelCount: Int
  /// The number of samples.
  private(set) var count = 0
  /// Sorted planes [count, pixelCount]; empty once there are too many samples.
  private(set) var planes: [UInt8] = []
  /// Counts [pixelCount, 256] for more than `sortedLimit` samples; else empty.
  private(set) var narrow: [Int16] = []
  /// Counts [pixelCount, 256] for more than `narrowLimit` samples; else empty.
  private(set) var wide: [Int32] = []

  init(pixelCount: Int) {
    self.pixelCount = pixelCount
  }

  /// Takes storage that is known to be valid.
  init(pixelCount: Int, count: Int, planes: [UInt8], narrow: [Int16], wide: [Int32]) {
    self.pixelCount = pixelCount
    self.count = count
    self.planes = planes
    self.narrow = narrow
    self.wide = wide
  }

  /// How a number of samples is kept.
  enum Form {
    case sorted
    case narrow
    case wide

    init(count: Int) {
      self = count <= sortedLimit ? .sorted : count <= narrowLimit ? .narrow : .wide
    }
  }

  /// The bytes kept per pixel for a number of samples.
  static func bytesPerPixel(count: Int) -> Int {
    switch Form(count: count) {
    case .sorted: count
    case .narrow: levelCount * MemoryLayout<Int16>.size
    case .wide: levelCount * MemoryLayout<Int32>.size
    }
  }
}

// MARK: - Adding

extension LevelMultiset {
  /// The level nearest to a value, ties to even.
  ///
  /// Adding 1.5·2²³ rounds a small `Float` to an integer, found in its lowest bits.
  @inline(__always)
  static func level(_ x: Float) -> UInt8 {
    let rounder: Float = 12_582_912
    let clamped = x < 0 ? 0 : x > 1 ? 1 : x
    return UInt8(truncatingIfNeeded: (clamped * 255 + rounder).bitPattern)
  }

  /// Takes in one sample of `pixelCount` finite values.
  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    let levels = [UInt8](unsafeUninitializedCapacity: pixelCount) { levels, initialized in
      for pixel in 0..<values.count { levels[pixel] = Self.level(values[pixel]) }
      initialized = values.count
    }
    widen(for: count + 1)
    switch Form(count: count + 1) {
    case .sorted: insert(levels)
    case .narrow: Self.increase(&narrow, at: levels)
    case .wide: Self.increase(&wide, at: levels)
    }
    count += 1
  }

  /// Takes in the levels of other samples of as many pixels.
  mutating func merge(_ other: LevelMultiset) {
    let total = count + other.count
    widen(for: total)
    switch Form(count: total) {
    case .sorted: insert(other.planes)
    case .narrow:
      Self.increase(&narrow, at: other.planes, pixelCount: pixelCount)
      Self.increase(&narrow, by: other.narrow)
    case .wide:
      Self.increase(&wide, at: other.planes, pixelCount: pixelCount)
      Self.increase(&wide, by: other.narrow)
      Self.increase(&wide, by: other.wide)
    }
    count = total
  }
}

// MARK: - Sorted planes

extension LevelMultiset {
  /// Runs of pixels to work on, short enough for all their levels to stay in the processor's cache.
  private static func tiles(of pixelCount: Int) -> [Range<Int>] {
    let size = 2048
    return stride(from: 0, to: pixelCount, by: size).map { $0..<min($0 + size, pixelCount) }
  }

  /// Inserts sorted planes into the sorted planes, keeping the order at every pixel.
  private mutating func insert(_ added: [UInt8]) {
    guard pixelCount > 0, !added.isEmpty else { return }
    let old = planes.count / pixelCount
    planes.append(contentsOf: added)
    planes.withUnsafeMutableBufferPointer { planes in
      for pixels in Self.tiles(of: pixelCount) {
        Self.sort(planes, old: old, pixels: pixels, pixelCount: pixelCount)
      }
    }
  }

  /// Sorts planes of which the first `old` and the others are sorted each.
  ///
  /// The j-th of the others has j smaller ones before it, so it sinks to plane j at most.
  private static func sort(
    _ planes: UnsafeMutableBufferPointer<UInt8>, old: Int, pixels: Range<Int>, pixelCount: Int
  ) {
    for other in old..<(planes.count / pixelCount) {
      let rising = UnsafeMutableBufferPointer(rebasing: planes[offset(pixels, other * pixelCount)])
      for plane in (other - old)..<other {
        exchange(
          UnsafeMutableBufferPointer(rebasing: planes[offset(pixels, plane * pixelCount)]), rising)
      }
    }
  }

  private static func offset(_ pixels: Range<Int>, _ amount: Int) -> Range<Int> {
    (pixels.lowerBound + amount)..<(pixels.upperBound + amount)
  }

  /// Leaves the smaller level of each pair in `lower` and the larger in `upper`.
  private static func exchange(
    _ lower: UnsafeMutableBufferPointer<UInt8>, _ upper: UnsafeMutableBufferPointer<UInt8>
  ) {
    for pixel in 0..<lower.count {
      let (one, other) = (lower[pixel], upper[pixel])
      lower[pixel] = min(one, other)
      upper[pixel] = max(one, other)
    }
  }
}

// MARK: - Counts

extension LevelMultiset {
  /// Changes to the form that `total` samples are kept in.
  private mutating func widen(for total: Int) {
    let form = Form(count: total)
    if form == .narrow, narrow.isEmpty {
      narrow = Array(repeating: 0, count: pixelCount * Self.levelCount)
      Self.increase(&narrow, at: planes, pixelCount: pixelCount)
      planes = []
    }
    if form == .wide, wide.isEmpty {
      wide = Array(repeating: 0, count: pixelCount * Self.levelCount)
      Self.increase(&wide, at: planes, pixelCount: pixelCount)
      Self.increase(&wide, by: narrow)
      planes = []
      narrow = []
    }
  }

  /// Counts one plane of levels.
  private static func increase<Count: FixedWidthInteger>(
    _ counts: inout [Count], at levels: [UInt8]
  ) {
    increase(&counts, at: levels, pixelCount: levels.count)
  }

  /// Counts planes of levels [planes, pixelCount], by tiles whose counts stay in the cache.
  private static func increase<Count: FixedWidthInteger>(
    _ counts: inout [Count], at planes: [UInt8], pixelCount: Int
  ) {
    for pixels in tiles(of: pixelCount) {
      for start in stride(from: 0, to: planes.count, by: pixelCount) {
        for pixel in pixels {
          counts[pixel * levelCount + Int(planes[start + pixel])] &+= 1
        }
      }
    }
  }

  /// Adds tables of counts; an empty one adds nothing.
  private static func increase<Count: FixedWidthInteger, Other: FixedWidthInteger>(
    _ counts: inout [Count], by others: [Other]
  ) {
    for index in others.indices { counts[index] &+= Count(truncatingIfNeeded: others[index]) }
  }
}
