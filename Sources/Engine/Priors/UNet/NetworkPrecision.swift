import Tensors

/// The arithmetic of a network's convolutions and matrix products.
///
/// Norms, softmax and everything outside the network stay float32.
public enum NetworkPrecision: String, Sendable, CaseIterable {
  case float32
  case bfloat16

  var scalarType: ScalarType { self == .float32 ? .float32 : .bfloat16 }
}
