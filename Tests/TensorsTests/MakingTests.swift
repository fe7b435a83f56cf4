import Testing

@testable import Tensors

@Suite struct MakingTests {
  @Test func everySwiftTypeComesBackAsItWasMade() throws {
    let floats: [Float] = [
      0, -1.5, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity, 3,
    ]
    let doubles = [0, -1e300, .leastNonzeroMagnitude, .infinity, 1.0 / 3, 2]
    let integers: [Int64] = [.min, -1, 0, 1, 1 << 53 + 1, .max]
    let bytes: [UInt8] = [0, 1, 127, 128, 254, 255]
    #expect(try Tensor(floats, shape: [2, 3]).values(as: Float.self) == floats)
    #expect(try Tensor(doubles, shape: [3, 2]).values(as: Double.self) == doubles)
    #expect(try Tensor(integers, shape: [6]).values(as: Int64.self) == integers)
    #expect(try Tensor(bytes, shape: [1, 6, 1]).values(as: UInt8.self) == bytes)
  }

  @Test func aTensorKnowsItsTypeShapeAndDevice() throws {
    let tensor = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 1, 3])
    #expect(tensor.scalarType == .float64)
    #expect(tensor.shape == [2, 1, 3])
    #expect(tensor.rank == 3)
    #expect(tensor.count == 6)
    #expect(tensor.device == .cpu)
  }

  /// In the first and last element, where a loop over blocks of lanes would err, and in a view.
  @Test(arguments: [ScalarType.float16, .bfloat16, .float32, .float64])
  func whatIsNotFiniteIsNoticed(type: ScalarType) throws {
    for bad in [Float.nan, .infinity, -.infinity] {
      for place in [0, 500, 1002] {
        var values = [Float](repeating: -60000, count: 1003)
        #expect(try Tensor(values, shape: [17, 59]).converted(to: type).isFinite())
        values[place] = bad
        let tensor = try Tensor(values, shape: [17, 59]).converted(to: type)
        #expect(try !tensor.isFinite())
        #expect(try tensor.sliced(1..<2, along: 0).isFinite())
        #expect(try !tensor.permuted([1, 0]).isFinite())
      }
    }
    #expect(try Tensor([Float](), shape: [0, 3]).converted(to: type).isFinite())
    #expect(try Tensor([1e300], shape: []).isFinite())
    #expect(try !Tensor([1e300], shape: []).converted(to: .float32).isFinite())
  }

  @Test func scalarsAndEmptyTensorsExist() throws {
    let scalar = try Tensor([Float(3)], shape: [])
    #expect(scalar.rank == 0 && scalar.count == 1)
    #expect(try scalar.floats() == [3])
    let empty = try Tensor([Float](), shape: [2, 0, 3])
    #expect(empty.count == 0 && empty.shape == [2, 0, 3])
    #expect(try empty.floats().isEmpty)
  }

  @Test(arguments: ScalarType.allCases)
  func smallWholeNumbersSurviveEveryType(type: ScalarType) throws {
    let numbers: [Float] = type == .bool ? [0, 1, 1, 0] : [0, 1, 100, 127]
    let tensor = try Tensor(numbers, shape: [4]).converted(to: type)
    #expect(tensor.scalarType == type)
    #expect(try tensor.floats() == numbers)
    #expect(try Tensor.full(1, shape: [3], type: type).doubles() == [1, 1, 1])
    #expect(try Tensor.full(1, shape: [3], type: type).scalarType == type)
  }

  /// bfloat16 keeps 8 significant bits, float16 11: 1 + 2⁻⁸ and 1 + 2⁻¹¹ are ties to even.
  @Test func conversionRoundsToTheNearestWithTiesToEven() throws {
    let near = try Tensor([Float(1) + 0x1p-8, 1 + 0x1.8p-8, 1 + 0x1p-11], shape: [3])
    #expect(try near.converted(to: .bfloat16).floats() == [1, 1 + 0x1p-7, 1])
    #expect(try near.converted(to: .float16).floats() == [1 + 0x1p-8, 1 + 0x1.8p-8, 1])
  }

  @Test(arguments: ScalarType.allCases)
  func theByteCountIsThatOfTheMemory(type: ScalarType) throws {
    let owner = Owner(byteCount: 4 * type.byteCount)
    #expect(throws: Never.self) {
      _ = try Tensor(borrowing: owner.bytes, type: type, shape: [4], owner: owner)
    }
    #expect(throws: TensorError.self) {
      _ = try Tensor(borrowing: owner.bytes, type: type, shape: [5], owner: owner)
    }
  }

  @Test func channelsLastMovesMemoryNotValues() throws {
    let image = try TestTensors.narrow([2, 3, 4, 5], seed: 1)
    let moved = try image.channelsLast()
    #expect(moved.isChannelsLast && !image.isChannelsLast)
    #expect(try moved.bits() == image.bits())
    #expect(try !moved.contiguous().isChannelsLast)
  }
}

/// Memory with an owner whose life tests watch.
final class Owner {
  let bytes: UnsafeRawBufferPointer
  private let memory: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    memory = .allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    bytes = UnsafeRawBufferPointer(memory)
  }

  convenience init(_ values: [Float]) {
    self.init(byteCount: 4 * values.count)
    values.withUnsafeBytes { memory.copyMemory(from: $0) }
  }

  deinit { memory.deallocate() }
}

@Suite struct BorrowingTests {
  @Test func borrowedMemoryIsReadWhereItIs() throws {
    let owner = Owner([1, 2, 3, 4, 5, 6])
    let tensor = try Tensor(borrowing: owner.bytes, type: .float32, shape: [2, 3], owner: owner)
    #expect(try tensor.floats() == [1, 2, 3, 4, 5, 6])
    let columns = try Tensor(
      borrowing: owner.bytes, type: .float32, shape: [3, 2], strides: [1, 3], owner: owner)
    #expect(try columns.floats() == [1, 4, 2, 5, 3, 6])
  }

  @Test func theOwnerLivesAsLongAsAViewAndNoLonger() throws {
    weak var watched: Owner?
    var view: Tensor?
    do {
      let owner = Owner([1, 2, 3, 4])
      watched = owner
      let tensor = try Tensor(borrowing: owner.bytes, type: .float32, shape: [2, 2], owner: owner)
      view = try tensor.sliced(1..<2, along: 0)
    }
    #expect(watched != nil)
    #expect(try view?.floats() == [3, 4])
    view = nil
    #expect(watched == nil)
  }

  /// A tensor that was refused must have given its owner back once, neither twice nor never.
  @Test(arguments: [([3, 2], [1, 1]), ([2], [-1]), ([-2], [1]), ([2, 2], [1])])
  func aRefusedTensorLeavesItsOwnerAlone(shape: [Int], strides: [Int]) throws {
    weak var watched: Owner?
    do {
      let owner = Owner([1, 2])
      watched = owner
      #expect(throws: TensorError.self) {
        _ = try Tensor(
          borrowing: owner.bytes, type: .float32, shape: shape, strides: strides, owner: owner)
      }
      #expect(watched != nil)
    }
    #expect(watched == nil)
  }

  @Test func nothingAtAllCanBeBorrowed() throws {
    weak var watched: Owner?
    do {
      let owner = Owner(byteCount: 0)
      watched = owner
      let none = UnsafeRawBufferPointer(start: nil, count: 0)
      let tensor = try Tensor(borrowing: none, type: .float32, shape: [0, 4], owner: owner)
      #expect(try tensor.floats().isEmpty)
    }
    #expect(watched == nil)
  }

  /// The graph of a gradient holds the borrowed memory; it must let go of it every time.
  @Test func gradientsGiveBorrowedMemoryBack() throws {
    for _ in 0..<100 {
      weak var watched: Owner?
      do {
        let owner = Owner([1, 2, 3])
        watched = owner
        let x = try Tensor(borrowing: owner.bytes, type: .float32, shape: [3], owner: owner)
        let result = try valueAndGradient(at: x) { try $0.squared().sum(over: [0]) }
        #expect(try result.gradient.floats() == [2, 4, 6])
      }
      #expect(watched == nil)
    }
  }
}
