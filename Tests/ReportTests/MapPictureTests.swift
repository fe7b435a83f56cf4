import RunFiles
import Testing

@testable import Report

@Suite("Map pictures")
struct MapPictureTests {
  private let map = MapPicture.Style.map(.viridis, limits: 0...0.2)

  private func render(
    _ values: [Float], shape: [Int], style: MapPicture.Style
  ) throws -> RasterImage {
    try MapPicture(title: "map", style: style).render(FloatImage(values, shape: shape))
  }

  @Test("Every value is a square of its colour, framed, below the title")
  func pixels() throws {
    let picture = try render([0, 0.1, 0.2, 0.4], shape: [1, 2, 2], style: map)
    let layout = try layout(of: [0, 0.1, 0.2, 0.4], shape: [1, 2, 2])
    #expect(layout.map.width == 320)
    let colors: [Float] = [0, 0.5, 1, 1]
    for (index, fraction) in colors.enumerated() {
      for offset in [0, 80, 159] {
        let x = layout.map.x + index % 2 * 160 + offset
        let y = layout.map.y + index / 2 * 160 + offset
        #expect(picture.color(x, y) == ColorMap.viridis.color(fraction))
      }
    }
    #expect(picture.color(layout.map.x - 1, layout.map.y) == .frame)
    #expect(picture.color(layout.map.x - 2, layout.map.y) == .paper)
  }

  @Test("The colour bar runs from the lower limit at its foot to the upper at its head")
  func bar() throws {
    let picture = try render([0, 0.1, 0.2, 0.4], shape: [1, 2, 2], style: map)
    let bar = try layout(of: [0, 0.1, 0.2, 0.4], shape: [1, 2, 2]).bar
    let x = bar.x + bar.width / 2
    #expect(picture.color(x, bar.y) == ColorMap.viridis.color(1))
    #expect(picture.color(x, bar.y + bar.height - 1) == ColorMap.viridis.color(0))
    #expect(ColorBar(map: .viridis, limits: 0...0.2).labels == ["0", "0.1", "0.2"])
  }

  @Test("The same limits give the same colour to the same value in every image")
  func commonLimits() throws {
    let one = try render([0.1, 0], shape: [1, 1, 2], style: map)
    let other = try render([0.1, 0.9], shape: [1, 1, 2], style: map)
    let area = try layout(of: [0.1, 0], shape: [1, 1, 2]).map
    #expect(one.color(area.x, area.y) == other.color(area.x, area.y))
  }

  @Test(
    "Longer sides below 320 pixels are enlarged by a whole factor",
    arguments: [
      (1, 320), (28, 336), (32, 320), (100, 400), (256, 512), (320, 320), (400, 400),
    ])
  func enlargement(side: Int, shown: Int) throws {
    let values = [Float](repeating: 0, count: side)
    #expect(try layout(of: values, shape: [1, 1, side]).map.width == shown)
    #expect(try layout(of: values, shape: [1, side, 1]).map.height == shown)
  }

  @Test("NaN and infinity are shown and counted, not a crash")
  func specials() throws {
    let values: [Float] = [.nan, .infinity, -.infinity, 0.1]
    let picture = try render(values, shape: [1, 2, 2], style: map)
    let area = try layout(of: values, shape: [1, 2, 2]).map
    #expect(picture.color(area.x, area.y) == .notANumber)
    #expect(picture.color(area.x + 160, area.y) == ColorMap.viridis.color(1))
    let plain = try render([0, 0, 0, 0.1], shape: [1, 2, 2], style: map)
    #expect(picture.height == plain.height + MapLayout.lineHeight)
    _ = try render([.nan, .nan, .nan], shape: [3, 1, 1], style: .picture)
    _ = try render([.nan], shape: [1, 1, 1], style: map)
  }

  @Test("A map of several channels says that it is their mean")
  func channels() throws {
    let one = try render([0.1, 0.1], shape: [1, 1, 2], style: map)
    let three = try render([0.1, 0.1, 0.2, 0.1, 0, 0.1], shape: [3, 1, 2], style: map)
    #expect(three.height == one.height + MapLayout.lineHeight)
    let rgb = try render([0.1, 0.1, 0.2, 0.1, 0, 0.1], shape: [3, 1, 2], style: .picture)
    #expect(rgb.height < three.height)
  }

  @Test("Limits must be finite and rising")
  func limits() {
    #expect(throws: ReportError.limits(0.2, 0.2)) {
      try MapPicture(title: "", style: .map(.grey, limits: 0.2...0.2))
    }
    #expect(throws: ReportError.limits(0, .infinity)) {
      try MapPicture(title: "", style: .map(.grey, limits: 0...(.infinity)))
    }
  }

  private func layout(of values: [Float], shape: [Int]) throws -> MapLayout {
    let image = try FloatImage(values, shape: shape)
    let tile = image.pictureTile().enlarged(MapLayout.enlargement(of: image))
    return MapLayout(tile: tile, barWidth: 60, title: "map", notes: 0, figures: 2)
  }
}

extension RasterImage {
  /// The colour at a place.
  func color(_ x: Int, _ y: Int) -> Color {
    Color(red: self[x, y, 0], green: self[x, y, 1], blue: self[x, y, 2])
  }
}
