import Statistics
import Testing

@Suite struct MeasuredDataTests {
  /// Four values, two measured; the others hold 3 and 4: 25 of every sample's sum of squares is theirs.
  @Test func whatIsNotMeasuredIsTakenOff() {
    let data = MeasuredData(
      isMeasured: [true, false, false, true], residuals: [100, 3, 4, -100])
    #expect(data.values == 4 && data.measured == 2)
    #expect(data.unmeasuredDiscrepancy == 25)
    // Root mean squares 3 and 2: sums of 36 and 16.
    #expect(data.discrepancies([3, 2]) == [11, 0])
  }
}
