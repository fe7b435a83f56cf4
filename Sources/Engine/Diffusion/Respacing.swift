/// Which steps of a long diffusion process a sampler takes.
///
/// Source: the strided sampling of Nichol and Dhariwal 2021, with the exact rounding of their code.
public enum Respacing: Sendable, Equatable {
  /// Every step.
  case all
  /// The process is cut into sections of equal length (the first ones get the remainder), and this
  /// many evenly spread steps are taken from each.
  case sections([Int])
  /// This many steps at a constant whole stride, from step 0 on.
  case stride(Int)

  /// Reads the text form: “” (all), “250”, “10,10,5” or “ddim25”.
  ///
  /// - Throws: ``DiffusionError/respacingText(_:)`` for anything else.
  public init(_ text: String) throws(DiffusionError) {
    let trimmed = text.trimmingSpaces
    if trimmed.isEmpty {
      self = .all
    } else if trimmed.hasPrefix("ddim") {
      guard let count = Int(trimmed.dropFirst(4).trimmingSpaces) else {
        throw .respacingText(text)
      }
      self = .stride(count)
    } else {
      let parts = trimmed.split(separator: ",", omittingEmptySubsequences: false)
      let counts = parts.compactMap { Int($0.trimmingSpaces) }
      guard counts.count == parts.count else { throw .respacingText(text) }
      self = .sections(counts)
    }
  }

  /// The steps that are taken, ascending.
  ///
  /// - Parameter steps: the number of steps of the whole process.
  /// - Returns: at least two distinct numbers of 0..<`steps`.
  /// - Throws: ``DiffusionError`` if the process cannot be cut like this.
  public func steps(of steps: Int) throws(DiffusionError) -> [Int] {
    guard NoiseSchedule.stepRange.contains(steps) else { throw .stepCount(steps) }
    let kept =
      switch self {
      case .all: Array(0..<steps)
      case .sections(let counts): try Self.spread(counts, over: steps)
      case .stride(let count): try Self.strided(count, over: steps)
      }
    guard kept.count >= 2 else { throw .tooFewSteps(kept.count) }
    return kept
  }

  private static func strided(_ count: Int, over steps: Int) throws(DiffusionError) -> [Int] {
    guard count > 1, count <= steps else { throw .noStride(steps: steps, wanted: count) }
    let stride = (1..<steps).first { (steps + $0 - 1) / $0 == count }
    guard let stride else { throw .noStride(steps: steps, wanted: count) }
    return Array(Swift.stride(from: 0, to: steps, by: stride))
  }

  private static func spread(_ counts: [Int], over steps: Int) throws(DiffusionError) -> [Int] {
    guard !counts.isEmpty else { throw .tooFewSteps(0) }
    let (size, longer) = steps.quotientAndRemainder(dividingBy: counts.count)
    var kept: [Int] = []
    var start = 0
    for (section, count) in counts.enumerated() {
      let length = section < longer ? size + 1 : size
      guard count >= 0 else { throw .respacingCount(count) }
      guard count <= length else {
        throw .sectionTooShort(section: section, size: length, wanted: count)
      }
      kept += positions(count, in: length).map { start + $0 }
      start += length
    }
    return kept
  }

  /// `count` positions from 0 to `length` − 1.
  ///
  /// The position is a sum of strides, not a product, and ties go to the even neighbour: both
  /// decide which step is taken, and a network sees a different time if they are done otherwise.
  private static func positions(_ count: Int, in length: Int) -> [Int] {
    let stride = count <= 1 ? 1 : Double(length - 1) / Double(count - 1)
    var position = 0.0
    return (0..<count).map { _ in
      defer { position += stride }
      return Int(position.rounded(.toNearestOrEven))
    }
  }
}

extension StringProtocol {
  /// The text without spaces and line ends at either side.
  fileprivate var trimmingSpaces: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[startIndex..<startIndex] }
    return self[first...last]
  }
}
