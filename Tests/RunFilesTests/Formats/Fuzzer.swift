@testable import RunFiles
@testable import Statistics

/// A maker of damaged files: the same seed gives the same damage.
struct Fuzzer {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func next() -> UInt64 { random.next() }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

  /// `file` with one to four damages.
  mutating func damage(_ file: [UInt8]) -> [UInt8] {
    (0...below(4)).reduce(file) { file, _ in damageOnce(file) }
  }

  private mutating func damageOnce(_ file: [UInt8]) -> [UInt8] {
    guard !file.isEmpty else { return [UInt8(truncatingIfNeeded: next())] }
    let place = below(file.count)
    let length = min(file.count - place, 1 + below(24))
    var file = file
    switch below(10) {
    case 0...2: file[place] ^= 1 << UInt8(below(8))
    case 3: file[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][below(6)]
    case 4: file.removeSubrange(place...)
    case 5: file.removeSubrange(place..<place + length)
    case 6: file.insert(contentsOf: file[place..<place + length], at: below(file.count))
    case 7:
      file.insert(
        contentsOf: (0..<length).map { _ in UInt8(truncatingIfNeeded: next()) }, at: place)
    case 8: lieAboutNumber(&file, at: place)
    default: lieAboutText(&file, at: place)
    }
    return file
  }

  /// Replaces a word of two, four or eight bytes by one that often hurts.
  private mutating func lieAboutNumber(_ file: inout [UInt8], at place: Int) {
    let width = [2, 4, 8][below(3)]
    let words: [UInt64] = [
      0, 1, .max, UInt64(Int64.max), 1 << 63, 0xFFFF_FFFF, 0x7FFF_FFFF, UInt64(file.count),
      UInt64(file.count) &- 1, 1 << 32, next(), UInt64(below(file.count)),
    ]
    let bytes = little(words[below(words.count)]).prefix(width)
    for (offset, byte) in bytes.enumerated() where place + offset < file.count {
      file[place + offset] = byte
    }
  }

  /// Replaces the digits of the next decimal number, if there is one.
  private mutating func lieAboutText(_ file: inout [UInt8], at place: Int) {
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    guard let start = file[place...].firstIndex(where: isDigit) else { return }
    let end = file[start...].firstIndex { !isDigit($0) } ?? file.count
    let numbers = [
      "0", "1", "-1", "4294967296", "9223372036854775807", "9223372036854775808",
      "99999999999999999999999", "1e9", "\(below(10_000))",
    ]
    file.replaceSubrange(start..<end, with: numbers[below(numbers.count)].utf8)
  }
}
