import Tensors

/// How the inner chain is started at each outer time.
public enum UD2MStart: Sendable {
  /// From y at first, then from the previous x̂0; of the version behind the published tables.
  case v1
  /// From (s_t·Aᵀy + a_tσ_y·x_t)/√(σ_y² + s_t²) at every outer time; of the last version.
  case head
  /// From a network that sees y and x_t.
  case network(UD2MStartNetwork)

  /// Network calls it takes at each outer time.
  var evaluations: Int { if case .network = self { 1 } else { 0 } }
}

/// An initialisation network, such as a fine-tuned RAM, as a TorchScript module.
///
/// The module is called as `forward(y1, y2, sigma, s2, a)`, tensors of float32:
///
/// | argument | meaning |
/// |---|---|
/// | `y1` [B,…] | the measurement in image units, (y + 1)/2 limited to [0, 1]: A u + σ·n |
/// | `y2` [B,C,H,W] | (x_t + a_t)/2 = a_t·u + (s_t/2)·n |
/// | `sigma` [] | σ, the noise level of `y1` |
/// | `s2` [] | s_t/2, the noise level of `y2` |
/// | `a` [] | a_t |
///
/// It gives u, the image in [0, 1], [B,C,H,W]. It knows its own operator A.
public struct UD2MStartNetwork: Sendable {
  let module: ScriptModule

  public init(_ module: ScriptModule) { self.module = module }

  func callAsFunction(
    _ measurement: UD2MMeasurement, xt: Tensor, at t: Int, schedule: UD2MSchedule
  ) throws -> Tensor {
    let a = schedule.signal[t]
    let rows = [xt.shape[0]] + measurement.y.shape.dropFirst()
    let y1 = try ((measurement.y + 1) / 2).clamped(to: 0...1).expanded(rows).contiguous()
    let y2 = try (xt + Double(a)) / 2
    let scalar = { (value: Float) in
      try Tensor.full(Double(value), shape: [], device: xt.device)
    }
    let u = try module(
      y1, y2, scalar(Float(measurement.sigma / 2)), scalar(schedule.noise[t] / 2), scalar(a))
    guard u.shape == xt.shape else {
      throw UnfitModule(
        path: module.path,
        problem: .answerShape(found: u.shape, wanted: "images \(xt.shape)"))
    }
    return try u.converted(to: .float32) * 2 - 1
  }
}
