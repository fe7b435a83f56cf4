import Tensors
import Testing

@Suite struct WeightedSumTests {
  /// Sizes around the pieces that the loop works in, and of several of them.
  @Test(arguments: [0, 1, 15, 511, 512, 513, 2_000])
  func itIsTheSumInFloat64RoundedOnce(count: Int) throws {
    let columns = (UInt64(0)..<4).map { seed in
      TestTensors.numbers(count, seed: seed).map { Float($0) }
    }
    let weights = [1, -3e-9, 0.1, 1234.5678]
    let sum = try Tensor.weightedSum(
      zip(weights, columns).map { (weight: $0, tensor: try Tensor($1, shape: [count])) })
    let expected = (0..<count).map { index in
      Float(zip(weights, columns).reduce(0.0) { $0 + $1.0 * Double($1.1[index]) })
    }
    #expect(try sum.floats() == expected)
  }

  @Test func layoutsAndTypesDoNotChangeIt() throws {
    let x = try TestTensors.narrow([2, 3, 4, 5], seed: 7)
    let plain = try Tensor.weightedSum([(0.3, x), (-7, x)])
    let mixed = try Tensor.weightedSum([(0.3, x.channelsLast()), (-7, x)])
    let wide = try Tensor.weightedSum([(0.3, x), (-7, x.converted(to: .float64))])
    #expect(try mixed.floats() == plain.floats())
    #expect(try wide.floats() == plain.floats())
    #expect(wide.scalarType == .float32)
  }

  /// Rows shorter and longer than the pieces that the loop works in, and no rows at all.
  @Test(arguments: [[3, 5], [2, 3, 40], [1, 33], [0, 4], [2, 0]])
  func oneRowStandsForEveryRow(shape: [Int]) throws {
    let x = try TestTensors.narrow(shape, seed: 1)
    let row = try TestTensors.narrow([1] + shape.dropFirst(), seed: 2)
    let sum = try Tensor.weightedSum([(0.3, x), (-7, row), (2, x)])
    let whole = try Tensor.weightedSum([(0.3, x), (-7, row.expanded(shape)), (2, x)])
    #expect(sum.shape == shape)
    #expect(try sum.floats() == whole.floats())
    let wide = try Tensor.weightedSum([(0.3, x), (-7, row.converted(to: .float64)), (2, x)])
    #expect(try wide.floats() == sum.floats())
  }

  @Test func gradientsRunThroughIt() throws {
    let x = try Tensor([Float(1), 2, 3], shape: [1, 3])
    let result = try valueAndGradient(at: x) {
      try Tensor.weightedSum([(2, $0), (0.5, $0.squared())]).sum(over: [1])
    }
    #expect(try result.gradient.floats() == [3, 4, 5])
  }

  @Test func termsMustFit() throws {
    #expect(throws: TensorError.self) { try Tensor.weightedSum([]) }
    let (two, three) = (try Tensor.full(1, shape: [2]), try Tensor.full(1, shape: [3]))
    #expect(throws: TensorError.self) { try Tensor.weightedSum([(1, two), (1, three)]) }
    let (row, rows) = (try Tensor.full(1, shape: [1, 3]), try Tensor.full(1, shape: [2, 3]))
    for (first, second) in [(row, rows), (rows, three)] {
      #expect(throws: TensorError.self) { try Tensor.weightedSum([(1, first), (1, second)]) }
    }
  }
}
