/// A way to show numbers as colours.
public enum ColorMap: Sendable, CaseIterable {
  /// From black to white.
  case grey
  /// From dark violet over green to yellow; equal steps look equally large, also to colour-blind
  /// readers and in grey print.
  case viridis

  /// The colour of a fraction of the range, clamped to [0, 1]; NaN has a colour of its own.
  func color(_ fraction: Float) -> Color {
    guard !fraction.isNaN else { return .notANumber }
    let index = Int((min(max(fraction, 0), 1) * 255).rounded())
    switch self {
    case .grey: return Color(grey: UInt8(index))
    case .viridis: return Color(hexadecimal: Self.viridisTable[index])
    }
  }
}

/// An 8-bit RGB colour.
struct Color: Sendable, Equatable {
  let red: UInt8
  let green: UInt8
  let blue: UInt8

  init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  init(grey: UInt8) {
    self.init(red: grey, green: grey, blue: grey)
  }

  init(hexadecimal code: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: code >> 16), green: UInt8(truncatingIfNeeded: code >> 8),
      blue: UInt8(truncatingIfNeeded: code))
  }

  static let paper = Color(grey: 255)
  static let ink = Color(hexadecimal: 0x222222)
  static let faintInk = Color(hexadecimal: 0x666666)
  static let frame = Color(hexadecimal: 0x999999)
  /// Vermilion, which neither colour map contains.
  static let notANumber = Color(hexadecimal: 0xE8452C)
}
