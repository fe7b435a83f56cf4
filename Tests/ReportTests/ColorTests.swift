import Foundation
import Testing

@testable import Report

@Suite("Colours")
struct ColorTests {
  @Test("Viridis is the published table")
  func viridis() {
    #expect(ColorMap.viridisTable.count == 256)
    #expect(ColorMap.viridis.color(0) == Color(red: 68, green: 1, blue: 84))
    #expect(ColorMap.viridis.color(128 / 255) == Color(red: 33, green: 145, blue: 140))
    #expect(ColorMap.viridis.color(1) == Color(red: 253, green: 231, blue: 37))
  }

  /// Single steps of viridis may be lost in the rounding to 8 bits.
  @Test("Both maps grow brighter all the way", arguments: ColorMap.allCases)
  func brightness(map: ColorMap) {
    let lights = (0...255).map { step -> Double in
      let color = map.color(Float(step) / 255)
      return luminance(color)
    }
    #expect(zip(lights, lights.dropFirst(4)).allSatisfy { $0 < $1 })
  }

  @Test(
    "Fractions are clamped; NaN has a colour that no map contains", arguments: ColorMap.allCases)
  func specials(map: ColorMap) {
    #expect(map.color(-.infinity) == map.color(0))
    #expect(map.color(-0.1) == map.color(0))
    #expect(map.color(.infinity) == map.color(1))
    #expect(map.color(.nan) == .notANumber)
    #expect((0...255).allSatisfy { map.color(Float($0) / 255) != .notANumber })
  }

  /// Relative luminance of sRGB, by the definition in IEC 61966-2-1.
  private func luminance(_ color: Color) -> Double {
    let linear = [color.red, color.green, color.blue].map { byte in
      let value = Double(byte) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
}
