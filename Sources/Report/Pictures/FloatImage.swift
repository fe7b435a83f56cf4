/// A [C, H, W] image of numbers, as pictures are made from.
public struct FloatImage: Sendable, Equatable {
  /// The number of channels.
  public let channels: Int
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// C·H·W values, row-major.
  public let values: [Float]

  /// Takes values with a shape.
  ///
  /// - Throws: `shape` unless there are three positive sizes whose product is the number of values.
  public init(_ values: [Float], shape: [Int]) throws(ReportError) {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 && $0 <= values.count }) else {
      throw .shape(shape, valueCount: values.count)
    }
    let (area, isHuge) = shape[1].multipliedReportingOverflow(by: shape[2])
    let (size, isHuger) = area.multipliedReportingOverflow(by: shape[0])
    guard !isHuge, !isHuger, size == values.count else {
      throw .shape(shape, valueCount: values.count)
    }
    self.init(channels: shape[0], height: shape[1], width: shape[2], values: values)
  }

  private init(channels: Int, height: Int, width: Int, values: [Float]) {
    (self.channels, self.height, self.width) = (channels, height, width)
    self.values = values
  }
}

extension FloatImage {
  private var area: Int { height * width }

  /// One channel: the mean of all channels at each pixel.
  var channelMean: FloatImage {
    guard channels > 1 else { return self }
    let means = (0..<area).map { pixel in
      (0..<channels).reduce(0) { $0 + values[$1 * area + pixel] } / Float(channels)
    }
    return FloatImage(channels: 1, height: height, width: width, values: means)
  }

  /// The means of squares of `size` pixels; those at the right and lower end may be smaller.
  func reduced(by size: Int) -> FloatImage {
    guard size > 1 else { return self }
    let (rows, columns) = ((height + size - 1) / size, (width + size - 1) / size)
    let means = (0..<channels).flatMap { channel in
      (0..<rows).flatMap { row in
        (0..<columns).map { mean(channel, row * size, column: $0 * size, size: size) }
      }
    }
    return FloatImage(channels: channels, height: rows, width: columns, values: means)
  }

  private func mean(_ channel: Int, _ row: Int, column: Int, size: Int) -> Float {
    let rows = row..<min(row + size, height)
    let columns = column..<min(column + size, width)
    var sum: Float = 0
    for y in rows {
      for x in columns { sum += values[channel * area + y * width + x] }
    }
    return sum / Float(rows.count * columns.count)
  }

  /// The absolute differences to another image of the same size; nil if the sizes differ.
  func absoluteDifference(to other: FloatImage) -> FloatImage? {
    guard (channels, height, width) == (other.channels, other.height, other.width) else {
      return nil
    }
    return FloatImage(
      channels: channels, height: height, width: width,
      values: zip(values, other.values).map { ($0 - $1).magnitude })
  }
}

// MARK: - Colours

extension FloatImage {
  /// The values as colours between limits; several channels are averaged.
  func tile(_ map: ColorMap, limits: ClosedRange<Float>) -> Tile {
    let range = limits.upperBound - limits.lowerBound
    let colors = channelMean.values.map { map.color(($0 - limits.lowerBound) / range) }
    return Tile(width: width, height: height, colors: colors)
  }

  /// The image itself, with values clipped to [0, 1]: three channels as RGB, else as grey.
  func pictureTile() -> Tile {
    guard channels == 3 else { return tile(.grey, limits: 0...1) }
    let colors = (0..<area).map { pixel -> Color in
      let (red, green, blue) = (
        values[pixel], values[area + pixel], values[2 * area + pixel]
      )
      guard !(red + green + blue).isNaN else { return .notANumber }
      return Color(red: Self.byte(red), green: Self.byte(green), blue: Self.byte(blue))
    }
    return Tile(width: width, height: height, colors: colors)
  }

  private static func byte(_ value: Float) -> UInt8 {
    UInt8((min(max(value, 0), 1) * 255).rounded())
  }
}
