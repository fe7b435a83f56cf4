import Testing

@testable import Statistics

@Suite("Error texts")
struct StatisticsErrorTests {
  @Test(
    "Errors say what is wrong, where, and what is allowed",
    arguments: [
      (
        .absurdValue(index: 12, value: .nan),
        "value nan at index 12 of a sample: allowed are finite values from -256.0 to 256.0"
      ),
      (
        .pixelCount(expected: 4, found: 3),
        "an image has 3 values where 4 are expected"
      ),
      (
        .optionsDiffer(StatisticsOptions(), everything),
        "statistics that keep (sums) cannot be merged with statistics that keep "
          + "(sums, levels, extrema, truth rank)"
      ),
      (
        .probability(1.5),
        "probability 1.5 of a quantile: allowed is 0 to 1"
      ),
      (
        .arrayLayout(name: "sum", expected: "i64 [4]", found: "f32 [4] in 16 bytes"),
        "statistics cannot be read: array 'sum' is f32 [4] in 16 bytes where i64 [4] is expected"
      ),
      (
        .arrayValue(name: "level_planes", index: 7, reason: "the levels are not sorted"),
        "statistics cannot be read: array 'level_planes', value 7: the levels are not sorted"
      ),
    ] as [(StatisticsError, String)])
  func texts(error: StatisticsError, text: String) {
    #expect(error.description == text)
  }
}
