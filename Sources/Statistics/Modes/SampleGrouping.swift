import LinearAlgebra

/// Points in groups, cut out of their shortest spanning tree at the largest ratio of its edges.
struct SampleGrouping {
  /// By falling size, then by first member; members ascending.
  let groups: [[Int]]
  /// The shortest cut edge over the longest kept one; 1 where all points are one.
  let separation: Double
  /// The sum of squares within groups over that of all; 1 where all points are one.
  let within: Double

  /// How many edges are cut.
  let cuts: Int

  /// - Parameters:
  ///   - squares: squared distances, symmetric, 0 on the diagonal.
  ///   - given: how many edges to cut, in place of where their ratio is largest.
  init(_ squares: Matrix, cuts given: Int? = nil) {
    let edges = Self.spanningTree(squares).sorted { $0.length > $1.length }
    let (found, separation) = Self.cuts(edges.map { $0.length.squareRoot() })
    cuts = given ?? found
    self.separation = separation
    groups = Self.groups(joining: edges.dropFirst(cuts), of: squares.rows)
    let total = Self.deviation(Array(0..<squares.rows), squares)
    let inside = groups.reduce(0) { $0 + Self.deviation($1, squares) }
    within = total > 0 ? inside / total : 1
  }

  private struct Edge {
    let from, to: Int
    let length: Double
  }

  /// Prim's algorithm.
  private static func spanningTree(_ squares: Matrix) -> [Edge] {
    let count = squares.rows
    guard count > 1 else { return [] }
    var nearest = (0..<count).map { Edge(from: 0, to: $0, length: squares[0, $0]) }
    var outside = Array(1..<count)
    var edges: [Edge] = []
    while !outside.isEmpty {
      let place = outside.indices.min { nearest[outside[$0]].length < nearest[outside[$1]].length }
      let next = outside.remove(at: place ?? 0)
      edges.append(nearest[next])
      for point in outside where squares[next, point] < nearest[point].length {
        nearest[point] = Edge(from: next, to: point, length: squares[next, point])
      }
    }
    return edges
  }

  /// How many of the falling lengths are cut, at most a third, and the ratio at the cut.
  private static func cuts(_ lengths: [Double]) -> (count: Int, ratio: Double) {
    let ratios = (1...max(1, lengths.count / 3)).compactMap { count -> (Int, Double)? in
      guard count < lengths.count, lengths[count - 1] > 0 else { return nil }
      return (count, lengths[count - 1] / lengths[count])
    }
    return ratios.max { $0.1 < $1.1 }.map { (count: $0.0, ratio: $0.1) } ?? (0, 1)
  }

  private static func groups(joining edges: ArraySlice<Edge>, of count: Int) -> [[Int]] {
    var label = Array(0..<count)
    for edge in edges {
      let (kept, gone) = (
        min(label[edge.from], label[edge.to]), max(label[edge.from], label[edge.to])
      )
      for i in label.indices where label[i] == gone { label[i] = kept }
    }
    let members = Dictionary(grouping: label.indices, by: { label[$0] })
    return members.values.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }

  /// The sum of squared distances from the mean: those of all pairs over the number of points.
  private static func deviation(_ group: [Int], _ squares: Matrix) -> Double {
    var sum = 0.0
    for (place, i) in group.enumerated() {
      for j in group[..<place] { sum += squares[i, j] }
    }
    return sum / Double(group.count)
  }
}
