import Foundation
import Tensors

/// What fine-tuning changed of a network: low-rank factors of some weights, and weights replaced.
///
/// Names are those of PyTorch's parametrisations: `LAYER.parametrizations.weight.0.lora_A`, [out, r],
/// and `….lora_B`, [r, in]; `LAYER.parametrizations.weight.original` is the weight they are added
/// to; any other name is a weight that replaces the network's.
public struct LoRA: Sendable {
  /// α; the published code has no other.
  public static let alpha = 1.5

  private let tensors: [String: Tensor]

  public init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  /// What became of the entries, as PyTorch's `load_state_dict(strict=False)` has it.
  public struct Report: Sendable, Equatable, CustomStringConvertible {
    /// Layers that got low-rank factors.
    public var folded: [String] = []
    /// Weights replaced.
    public var replaced: [String] = []
    /// Entries the network has no place for; they are left out.
    public var unexpected: [String] = []
    /// r, the largest if layers differ.
    public var rank = 0
    /// Values of the entries used.
    public var parameters = 0

    public var description: String {
      let rest = unexpected.isEmpty ? "" : ", \(unexpected.count) entries left out"
      return "\(folded.count) layers with factors of rank \(rank), \(replaced.count) weights "
        + "replaced, \(parameters) values\(rest)"
    }
  }

  /// The weights W + (α/r)·A·B of the layers with factors, the replaced weights, and the others.
  ///
  /// - Throws: ``LoRAError`` for a factor without its partner, shapes that do not fit, or values that are not
  ///   finite.
  public func folded(
    into weights: NetworkWeights
  ) throws -> (weights: NetworkWeights, report: Report) {
    var report = Report()
    var changed: [String: Tensor] = [:]
    for (name, tensor) in replacements.sorted(by: { $0.key < $1.key }) {
      guard weights.contains(name) else {
        report.unexpected.append(name)
        continue
      }
      try Self.check(tensor, name, weights)
      changed[name] = tensor
      report.replaced.append(name)
      report.parameters += tensor.count
    }
    for layer in layers {
      let (a, b) = try factors(layer)
      let name = "\(layer).weight"
      guard weights.contains(name) else {
        report.unexpected.append(layer)
        continue
      }
      let base = try changed[name] ?? weights(name)
      changed[name] = try Self.fold(base, a, b, layer: layer)
      report.folded.append(layer)
      report.rank = max(report.rank, a.shape[1])
      report.parameters += a.count + b.count
    }
    return (weights.replacing(changed), report)
  }

  // MARK: - Entries

  private static let marker = ".parametrizations.weight."

  private var layers: [String] {
    Set(
      tensors.keys.compactMap { name -> String? in
        guard let place = name.range(of: Self.marker + "0.lora_") else { return nil }
        return String(name[..<place.lowerBound])
      }
    ).sorted()
  }

  private var replacements: [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (name, tensor) in tensors {
      if name.hasSuffix(Self.marker + "original") {
        found[name.dropLast(Self.marker.count + 8) + ".weight"] = tensor
      } else if !name.contains(Self.marker) {
        found[name] = tensor
      }
    }
    return found
  }

  private func factors(_ layer: String) throws -> (Tensor, Tensor) {
    let name = { (factor: String) in "\(layer)\(Self.marker)0.lora_\(factor)" }
    guard let a = tensors[name("A")], let b = tensors[name("B")] else {
      throw LoRAError.incomplete(layer: layer)
    }
    return (try Self.finite(a, name("A")), try Self.finite(b, name("B")))
  }

  private static func fold(_ base: Tensor, _ a: Tensor, _ b: Tensor, layer: String) throws -> Tensor
  {
    let (out, into) = (base.shape[0], base.shape.dropFirst().reduce(1, *))
    guard a.rank == 2, b.rank == 2, a.shape[1] > 0, a.shape[1] == b.shape[0],
      a.shape[0] == out, b.shape[1] == into
    else {
      throw LoRAError.shape(name: layer, expected: base.shape, found: a.shape + b.shape)
    }
    let change = try a.matrixProduct(b) * (alpha / Double(a.shape[1]))
    return try finite(base + change.reshaped(base.shape), "\(layer).weight with its factors")
  }

  private static func finite(_ tensor: Tensor, _ name: String) throws -> Tensor {
    guard try tensor.isFinite() else { throw LoRAError.notFinite(name: name) }
    return tensor
  }

  /// As in PyTorch, a shape that does not fit is an error even where names need not fit.
  private static func check(_ tensor: Tensor, _ name: String, _ weights: NetworkWeights) throws {
    let expected = try weights(name).shape
    guard tensor.shape == expected else {
      throw LoRAError.shape(name: name, expected: expected, found: tensor.shape)
    }
    _ = try finite(tensor, name)
  }
}

/// Fine-tuned entries that do not fit a network.
public enum LoRAError: Error, Sendable, Equatable, CustomStringConvertible {
  case incomplete(layer: String)
  case shape(name: String, expected: [Int], found: [Int])
  case notFinite(name: String)

  public var description: String {
    switch self {
    case .incomplete(let layer): "\(layer) has one low-rank factor without the other"
    case .shape(let name, let expected, let found):
      "\(name): \(found) does not fit the network's \(expected)"
    case .notFinite(let name): "\(name) has NaN, infinities or numbers beyond float32"
    }
  }
}

extension NetworkWeights {
  /// The weights with some replaced.
  func replacing(_ changed: [String: Tensor]) -> NetworkWeights {
    NetworkWeights(tensors.merging(changed) { $1 })
  }
}
