import Tensors

/// Tries out a module of unknown origin for what every prior, operator and decoder must keep.
struct ModuleTrial {
  let path: String
  let kind: UnfitModule.Input
  /// [C,H,W] of one input.
  let shape: [Int]
  let device: Device
  /// The answers [B,…] to inputs [B,C,H,W], float32; it throws where they have a wrong shape.
  let answer: (Tensor) throws -> Tensor

  /// Largest difference, as a part of the largest value, between answers to one input at another
  /// place or in a batch of another size: there, libtorch may add up in another order. A module may
  /// compute in bfloat16 inside, which rounds to 2⁻⁹, in some 60 layers; errors add up like √60.
  static let placeTolerance = 0x1p-6

  /// Shows the module two inputs, and each beside another neighbour and alone.
  ///
  /// - Throws: ``UnfitModule`` if it answers with values that are not finite, or one input's answer
  ///   changes in any bit with the neighbour or the call, or in more than rounding with its place.
  func run() throws {
    // Another range than the neighbour's, since also a range may be taken over the batch.
    let (x, z, neighbour) = (try input(0) * 0.5, try input(1) * 0.5, try input(2))
    let pair = try answers(x, z)
    let (after, before) = (try answers(neighbour, z), try answers(x, neighbour))
    guard [pair, after, before].allSatisfy({ ($0.0 + $0.1).allSatisfy(\.isFinite) }) else {
      throw UnfitModule(path: path, problem: .notFinite(kind))
    }
    guard pair.0 == before.0, pair.1 == after.1 else {
      let isSame = try answers(x, z) == pair
      throw UnfitModule(path: path, problem: isSame ? .dependsOnBatch : .random)
    }
    let alone = try answer(x).floats()
    guard Self.areClose(after.0, before.1), Self.areClose(alone, pair.0) else {
      throw UnfitModule(path: path, problem: .dependsOnBatch)
    }
  }

  /// Looks for a gradient from the answer to the input.
  ///
  /// - Throws: ``UnfitModule`` if it is zero for inputs of several sizes, or libtorch has none, though
  ///   the answer changes with the input.
  func checkGradient() throws {
    guard try hasGradient() else { throw UnfitModule(path: path, problem: .noGradient) }
  }

  private func hasGradient() throws -> Bool {
    let points = try [input(2), input(0) * 0.5, input(1) * 0.125]
    if try points.contains(where: hasGradient) { return true }
    let values = try points.map { try answer($0).floats() }
    return values.allSatisfy { $0 == values[0] }
  }

  private func hasGradient(at point: Tensor) throws -> Bool {
    // An operation without derivative is an error of libtorch's.
    let weighted = try? valueAndGradient(at: point) { x in
      let y = try answer(x)
      return try y * random(3, Array(y.shape.dropFirst()))
    }
    return try weighted?.gradient.floats().contains { $0 != 0 } ?? false
  }

  /// The answers to two inputs in one batch.
  private func answers(_ first: Tensor, _ second: Tensor) throws -> ([Float], [Float]) {
    let both = try answer(.concatenated([first, second], along: 0)).floats()
    let half = both.count / 2
    return (Array(both[..<half]), Array(both[half...]))
  }

  /// A random input [1,C,H,W], another one for each number.
  private func input(_ number: Int) throws -> Tensor {
    let normal = try random(number, shape)
    guard kind == .images else { return normal }
    // Whole eighths: 0 is a grey that images have, and the ends are black and white.
    let values = try normal.floats().map { min(max(($0 * 8).rounded() / 8, -1), 1) }
    return try Tensor(values, shape: [1] + shape).moved(to: device)
  }

  private func random(_ number: Int, _ shape: [Int]) throws -> Tensor {
    try PhiloxNoise(seed: 0, image: 0, samples: [0])
      .normalTensor(purpose: .probe, step: number, rowShape: shape).moved(to: device)
  }

  private static func areClose(_ left: [Float], _ right: [Float]) -> Bool {
    let scale = (left + right).reduce(0) { max($0, abs($1)) }
    return zip(left, right).allSatisfy { abs($0 - $1) <= Float(placeTolerance) * scale }
  }
}
