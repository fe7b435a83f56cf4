import Foundation

// MARK: - Lines

extension Canvas {
  /// Draws lines with soft edges through some places.
  ///
  /// - Parameter dashes: lengths of dashes and gaps by turns; none for a full line.
  mutating func polyline(
    _ places: [Place], width: Double, color: Color, dashes: [Double] = []
  ) {
    for (start, end) in DashedLine(places, dashes: dashes).pieces {
      segment(from: start, to: end, width: width, color: color)
    }
  }

  /// Each pixel is covered by how far its centre lies inside the line.
  private mutating func segment(from a: Place, to b: Place, width: Double, color: Color) {
    let reach = width / 2 + 1
    let columns = pixels(min(a.x, b.x) - reach, max(a.x, b.x) + reach, limit: self.width)
    for y in pixels(min(a.y, b.y) - reach, max(a.y, b.y) + reach, limit: height) {
      for x in columns {
        let centre = Place(x: Double(x) + 0.5, y: Double(y) + 0.5)
        let cover = width / 2 + 0.5 - centre.distance(toSegment: a, b)
        if cover > 0 { blend(x, y, color, min(1, cover)) }
      }
    }
  }

  private func pixels(_ low: Double, _ high: Double, limit: Int) -> Range<Int> {
    let first = Int(min(max(0, low), Double(limit)))
    return first..<max(first, Int(min(max(0, high), Double(limit))))
  }
}

extension Place {
  fileprivate func distance(toSegment a: Place, _ b: Place) -> Double {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let square = dx * dx + dy * dy
    let along = square > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / square : 0
    let t = min(1, max(0, along))
    return hypot(x - a.x - t * dx, y - a.y - t * dy)
  }
}

/// A line cut into its dashes.
private struct DashedLine {
  private(set) var pieces: [(Place, Place)] = []
  private let dashes: [Double]
  private var index = 0
  private var left: Double

  init(_ places: [Place], dashes: [Double]) {
    self.dashes = dashes
    left = dashes.first ?? .infinity
    for (start, end) in zip(places, places.dropFirst()) { add(start, end) }
  }

  private mutating func add(_ start: Place, _ end: Place) {
    let length = hypot(end.x - start.x, end.y - start.y)
    var done = 0.0
    while done < length {
      let step = min(left, length - done)
      let ends = [done, done + step].map { Self.place($0 / length, start, end) }
      if index.isMultiple(of: 2) { pieces.append((ends[0], ends[1])) }
      done += step
      left -= step
      if left <= 0 { turn() }
    }
  }

  private mutating func turn() {
    index += 1
    left = dashes[index % dashes.count]
  }

  private static func place(_ t: Double, _ a: Place, _ b: Place) -> Place {
    Place(x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y))
  }
}

// MARK: - Areas

extension Canvas {
  /// Shades the area between two edges given at some x from left to right.
  mutating func fillBand(
    _ edges: [(x: Double, upper: Double, lower: Double)], color: Color, opacity: Double
  ) {
    for (left, right) in zip(edges, edges.dropFirst()) {
      let columns = Int(max(0, left.x.rounded()))..<Int(max(0, left.x.rounded(), right.x.rounded()))
      for x in columns.clamped(to: 0..<width) {
        let t = (Double(x) + 0.5 - left.x) / max(right.x - left.x, 1e-9)
        let (upper, lower) = (
          left.upper + t * (right.upper - left.upper), left.lower + t * (right.lower - left.lower)
        )
        fillColumn(x, upper, lower, color, opacity)
      }
    }
  }

  private mutating func fillColumn(
    _ x: Int, _ upper: Double, _ lower: Double, _ color: Color, _ opacity: Double
  ) {
    let rows = Int(max(0, upper.rounded(.down)))..<max(Int(max(0, upper)), Int(lower.rounded(.up)))
    for y in rows.clamped(to: 0..<height) {
      let cover = min(lower, Double(y) + 1) - max(upper, Double(y))
      if cover > 0 { blend(x, y, color, opacity * min(1, cover)) }
    }
  }

  /// Draws the sign of a point.
  mutating func mark(_ marker: Marker, at place: Place, radius: Double, color: Color) {
    let reach = Int(radius * 1.5) + 1
    for y in (Int(place.y) - reach)...(Int(place.y) + reach) {
      for x in (Int(place.x) - reach)...(Int(place.x) + reach) {
        let cover = radius + 0.5 - marker.size(Double(x) + 0.5 - place.x, Double(y) + 0.5 - place.y)
        if cover > 0 { blend(x, y, color, min(1, cover)) }
      }
    }
  }
}

extension Marker {
  /// The size of the sign whose edge passes through a place; `dy` grows downward.
  fileprivate func size(_ dx: Double, _ dy: Double) -> Double {
    switch self {
    case .disc: hypot(dx, dy)
    case .square: max(abs(dx), abs(dy))
    case .diamond: (abs(dx) + abs(dy)) / 1.3
    // Corners at (0, −1.3) and (±1.2, 1).
    case .triangle: max(dy, (2.3 * abs(dx) / 1.2 - dy) / 1.3)
    }
  }
}
