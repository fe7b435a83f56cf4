import Foundation
import Tensors

/// The sinusoidal embedding of diffusion times (guided-diffusion `nn.timestep_embedding`).
public enum TimestepEmbedding {
  /// Embeds `times` as [cos(t·f_i), sin(t·f_i)] with f_i = maxPeriod^(−i/half), cosines first.
  ///
  /// - Returns: `times.count` rows of `dimension` values; an odd dimension ends with a zero.
  public static func values(times: [Float], dimension: Int, maxPeriod: Double = 10_000) -> [Float] {
    let half = dimension / 2
    let frequencies = (0..<half).map {
      Float(exp(-log(maxPeriod) * Double($0) / Double(half)))
    }
    return times.flatMap { time in
      let angles = frequencies.map { Double(time * $0) }
      return angles.map { Float(cos($0)) } + angles.map { Float(sin($0)) }
        + [Float](repeating: 0, count: dimension % 2)
    }
  }

  static func tensor(times: [Float], dimension: Int, device: Device) throws -> Tensor {
    try Tensor(values(times: times, dimension: dimension), shape: [times.count, dimension])
      .sent(to: device)
  }
}
