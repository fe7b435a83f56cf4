import Engine
import RunFiles
import Tensors

/// A checkpoint of UD2M's fine-tuning: low-rank factors, replaced weights, and the sampler's scalars.
///
/// Lightning's `.ckpt` with `model_state_dict` or `state_dict` and `HQS_state_dict`, or a safetensors
/// file with the same names. Nothing in it is executed; optimiser states, discriminator and
/// initialisation network are not looked at.
public struct FineTuning: Sendable {
  let path: String
  /// The trained tensors by the names of the network.
  public let tensors: [String: StoredArray]
  /// The learned scalars; `nil` if the file has none.
  public let scalars: UD2MScalars?

  /// Prefix under which `HQS_state_dict` has all of the network once more.
  private static let copyPrefix = "model."

  /// - Throws: an error of the reader, or ``FineTuningError``.
  public init(path: String) throws {
    self.path = path
    var found: [String: StoredArray] = [:]
    var unfolding: [String: StoredArray] = [:]
    for array in try Self.entries(path) { found.merge(array) { first, _ in first } }
    for (name, array) in found where Self.isScalar(name) { unfolding[name] = array }
    for name in unfolding.keys { found[name] = nil }
    for (name, array) in found where name.hasPrefix(Self.copyPrefix) {
      found[name] = nil
      let own = String(name.dropFirst(Self.copyPrefix.count))
      if found[own] == nil { found[own] = array }
    }
    guard !found.isEmpty || !unfolding.isEmpty else {
      throw FineTuningError(path: path, reason: "there is nothing of a fine-tuned network in it")
    }
    tensors = found
    scalars = unfolding.isEmpty ? nil : try Self.scalars(unfolding)
    for (name, array) in unfolding where try !array.floats().allSatisfy(\.isFinite) {
      throw FineTuningError(path: path, reason: "\(name) has NaN or infinities")
    }
  }

  /// The factors and weights, in float32.
  public var lora: LoRA {
    get throws { LoRA(try tensors.mapValues { try $0.tensor().converted(to: .float32) }) }
  }

  /// The weights of a network with this fine-tuning in them.
  ///
  /// - Throws: ``FineTuningError`` if nothing of it belongs to the network.
  public func folded(
    into weights: NetworkWeights
  ) throws -> (weights: NetworkWeights, report: LoRA.Report) {
    let result: (weights: NetworkWeights, report: LoRA.Report)
    do {
      result = try lora.folded(into: weights)
    } catch let error as LoRAError {
      throw FineTuningError(path: path, reason: "\(error)")
    }
    guard result.report.parameters > 0 else {
      throw FineTuningError(
        path: path, reason: "none of its \(tensors.count) tensors belongs to the prior's network")
    }
    return result
  }

  // MARK: - Reading

  private static func entries(_ path: String) throws -> [[String: StoredArray]] {
    if path.hasSuffix(".safetensors") { return [try Safetensors.read(path: path).tensors] }
    var found: [[String: StoredArray]] = []
    for names in [["model_state_dict", "state_dict"], ["HQS_state_dict"]] {
      for name in names {
        if let file = try entry(name, path) {
          found.append(file.tensors)
          break
        }
      }
    }
    return found
  }

  /// `nil` if the file has no dictionary of tensors of that name.
  private static func entry(_ name: String, _ path: String) throws -> TensorFile? {
    do {
      return try PyTorchCheckpoint.read(path: path, entry: name)
    } catch let error as FormatError<CheckpointProblem> {
      guard case .noTensors = error.problem else { throw error }
      return nil
    }
  }

  private static let scalarNames = ["LambdaSIG", "SP_Param", "TAUG", "TLAT"]

  private static func isScalar(_ name: String) -> Bool {
    scalarNames.contains { name == $0 || name.hasPrefix($0 + ".") }
  }

  /// `NAME.0`, `NAME.1`, … in order; a name that is not there is 0.
  private static func scalars(_ arrays: [String: StoredArray]) throws -> UD2MScalars {
    let values = { (name: String) throws -> [Float] in
      if let array = arrays[name] { return try array.floats() }
      let parts = (0...).lazy.map { arrays["\(name).\($0)"] }.prefix { $0 != nil }
      let numbers = try parts.compactMap { $0 }.flatMap { try $0.floats() }
      return numbers.isEmpty ? [0] : numbers
    }
    return UD2MScalars(
      lambdaSIG: try values("LambdaSIG"), spParam: try values("SP_Param"),
      tauG: try values("TAUG"), tLat: try values("TLAT"))
  }
}

/// A file of fine-tuned weights that cannot be used.
public struct FineTuningError: BadInput, Sendable {
  let path: String
  let reason: String

  public var description: String { "\(path): \(reason)" }
}
