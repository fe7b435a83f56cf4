/// A small coloured picture to be put on a canvas.
struct Tile {
  let width: Int
  let height: Int
  let colors: [Color]

  /// The tile with every pixel repeated `factor` times in both directions.
  func enlarged(_ factor: Int) -> Tile {
    guard factor > 1 else { return self }
    var copies: [Color] = []
    copies.reserveCapacity(colors.count * factor * factor)
    for y in 0..<(height * factor) {
      for x in 0..<(width * factor) {
        copies.append(colors[y / factor * width + x / factor])
      }
    }
    return Tile(width: width * factor, height: height * factor, colors: copies)
  }
}
