import Testing

@testable import Worker

@Suite struct BatchMemoryTests {
  @Test func rowsFitAsLongAsTheyTakeLessThanThereIs() throws {
    // The probe takes 64 MiB for its 2 rows.
    var memory = BatchMemory(limit: 200 << 20) {
      let bytes = [UInt8](repeating: 1, count: 64 << 20)
      return bytes.last == 1 ? 2 : 0
    }
    #expect(memory.fits(rows: 1) && !memory.fits(rows: 100_000))
    #expect(!memory.hasTrials)
    memory.learn(rows: 1)
    #expect(memory.hasTrials)
    #expect(BatchMemory(limit: nil) { 1 }.fits(rows: .max))
  }
}
