import Testing

@testable import Report

@Suite("Images of numbers")
struct FloatImageTests {
  @Test(
    "Shapes that do not fit the values are refused",
    arguments: [
      [], [4], [2, 2], [1, 2, 3], [1, 4, 0], [-1, 2, -2], [.max, .max, .max], [1, 1, 2, 2],
      [2, Int.max / 2, 4],
    ] as [[Int]])
  func refused(shape: [Int]) {
    #expect(throws: ReportError.shape(shape, valueCount: 4)) {
      try FloatImage([0, 0, 0, 0], shape: shape)
    }
  }

  @Test("An image without values is refused")
  func empty() {
    #expect(throws: ReportError.shape([1, 0, 0], valueCount: 0)) {
      try FloatImage([], shape: [1, 0, 0])
    }
  }

  @Test("The channel mean is taken at each pixel")
  func channelMean() throws {
    let image = try FloatImage([1, 2, 3, 4, 5, 12], shape: [3, 1, 2])
    #expect(image.channelMean == (try FloatImage([3, 6], shape: [1, 1, 2])))
  }

  @Test("Reducing takes means of squares, of what is there at the ends")
  func reduced() throws {
    let image = try FloatImage([0, 2, 4, 4, 6, 6, 8, 8, 8], shape: [1, 3, 3])
    #expect(image.reduced(by: 2) == (try FloatImage([3, 5, 8, 8], shape: [1, 2, 2])))
    #expect(image.reduced(by: 1) == image)
  }

  @Test("Differences need equal sizes")
  func difference() throws {
    let one = try FloatImage([0, 2], shape: [1, 1, 2])
    let other = try FloatImage([1, 1], shape: [1, 1, 2])
    #expect(one.absoluteDifference(to: other)?.values == [1, 1])
    #expect(one.absoluteDifference(to: try FloatImage([1, 1], shape: [1, 2, 1])) == nil)
  }

  @Test("Three channels are RGB, clipped to [0, 1]; others are grey means")
  func pictures() throws {
    let color = try FloatImage([1, -2, 0.5, 0.2, 0, 7], shape: [3, 1, 2]).pictureTile()
    #expect(color.colors[0] == Color(red: 255, green: 128, blue: 0))
    #expect(color.colors[1] == Color(red: 0, green: 51, blue: 255))
    let grey = try FloatImage([0, 1], shape: [2, 1, 1]).pictureTile()
    #expect(grey.colors == [Color(grey: 128)])
    let broken = try FloatImage([0, .nan, 1], shape: [3, 1, 1]).pictureTile()
    #expect(broken.colors == [.notANumber])
    let infinite = try FloatImage([.infinity, -.infinity, 1], shape: [3, 1, 1]).pictureTile()
    #expect(infinite.colors.count == 1)
  }
}
