import Tensors
import Testing

/// Transforms of 48 float64 numbers below 1 at most: six rounds of additions round to 6·2⁻⁵³·48 = 3·10⁻¹⁴; 10⁻¹² is
/// allowed.
@Suite struct FourierTests {
  @Test(arguments: [(5, 7), (6, 8), (1, 1), (4, 1)])
  func halfATransformDeterminesTheWhole(rows: Int, columns: Int) throws {
    let x = try TestTensors.wide([2, 1, rows, columns], seed: 3)
    let half = try x.realFourierTransform()
    let whole = try x.fourierTransform().sliced(0..<columns / 2 + 1, along: 3)
    #expect(half.shape == [2, 1, rows, columns / 2 + 1])
    #expect(try (half.realPart() - whole.realPart()).largest() < 1e-12)
    #expect(try (half.imaginaryPart() - whole.imaginaryPart()).largest() < 1e-12)
    #expect(try half.inverseRealFourierTransform(width: columns).distance(to: x) < 1e-12)
  }

  @Test(arguments: [7, 8])
  func gradientsRunThroughBoth(columns: Int) throws {
    let gain = try TestTensors.wide([1, 1, 5, columns], seed: 9).realFourierTransform()
    try expectGradient(at: TestTensors.wide([2, 1, 5, columns], seed: 4)) {
      try ($0.realFourierTransform() * gain).inverseRealFourierTransform(width: columns)
    }
  }

  @Test func halvesOfAnotherWidthAreRefused() throws {
    let half = try TestTensors.wide([1, 1, 4, 4], seed: 1).realFourierTransform()
    #expect(throws: TensorError.self) { try half.inverseRealFourierTransform(width: 0) }
  }
}
