import Foundation

/// The geometry of a parallel-beam scan.
///
/// Lengths are in pixels. The middle of the image is the centre of rotation; pixel (i, j) has its middle at
/// (j − (W−1)/2, (H−1)/2 − i). At the angle θ a point (u, v) is seen at s = u·cos θ + v·sin θ, and detector d
/// covers the strip |s − (d − (D−1)/2)·spacing| ≤ spacing/2.
public struct ParallelBeam: Sendable, Equatable {
  /// In degrees.
  public let angles: [Double]
  let detectors: Int
  /// Width of a detector, and distance of neighbours.
  public let spacing: Double

  /// - Throws: ``TomographyError`` for no or too many angles or detectors, or a spacing outside 1/64…1024.
  public init(angles: [Double], detectors: Int, spacing: Double = 1) throws(TomographyError) {
    guard (1...Self.limit).contains(angles.count), angles.allSatisfy(\.isFinite) else {
      throw .angles(angles.count)
    }
    guard (1...Self.limit).contains(detectors) else { throw .detectors(detectors) }
    guard spacing >= 1.0 / 64, spacing <= 1024 else { throw .spacing(spacing) }
    self.angles = angles
    self.detectors = detectors
    self.spacing = spacing
  }

  /// Most angles, and most detectors.
  static let limit = 16384

  /// So many angles from the first on, the last one left out.
  public static func equidistant(_ count: Int, from first: Double, to last: Double) -> [Double] {
    (0..<count).map { first + (last - first) * Double($0) / Double(count) }
  }

  /// Detectors that see the whole image at every angle.
  public static func detectors(height: Int, width: Int, spacing: Double) -> Int {
    let diagonal = (Double(height * height + width * width)).squareRoot()
    return Int((diagonal / spacing).rounded(.up))
  }
}

// MARK: - Weights

extension ParallelBeam {
  /// The weights of a pixel: on which rays (angle·detectors + detector) it is seen, and how much.
  ///
  /// The weight is the mean over the detector's strip of the length of the rays' way through the pixel: the
  /// area of pixel ∩ strip over `spacing`. It is exact: the shadow of a square is a trapezoid.
  func weights(
    x: Double, y: Double, directions: [(cosine: Double, sine: Double)],
    add: (_ ray: Int, _ weight: Double) -> Void
  ) {
    for (index, direction) in directions.enumerated() {
      let center = x * direction.cosine + y * direction.sine
      let shadow = Shadow(direction)
      let middle = Double(detectors - 1) / 2
      let low = ((center - shadow.outer) / spacing + middle + 0.5).rounded(.down)
      let high = ((center + shadow.outer) / spacing + middle + 0.5).rounded(.down)
      guard low < Double(detectors), high >= 0 else { continue }
      for detector in Int(max(low, 0))...Int(min(high, Double(detectors - 1))) {
        let start = (Double(detector) - middle - 0.5) * spacing - center
        let area = shadow.area(below: start + spacing) - shadow.area(below: start)
        if area > 0 { add(index * detectors + detector, area / spacing) }
      }
    }
  }

  /// Cosine and sine of each angle, exact at the multiples of 90°.
  var directions: [(cosine: Double, sine: Double)] {
    angles.map { angle in
      let turn = angle.truncatingRemainder(dividingBy: 360)
      switch turn < 0 ? turn + 360 : turn {
      case 0: return (1, 0)
      case 90: return (0, 1)
      case 180: return (-1, 0)
      case 270: return (0, -1)
      default: return (cos(turn * .pi / 180), sin(turn * .pi / 180))
      }
    }
  }

  /// The shadow of a pixel: a trapezoid of area 1 around 0, flat within `inner` and 0 beyond `outer`.
  struct Shadow {
    let inner, outer: Double

    init(_ direction: (cosine: Double, sine: Double)) {
      let (a, b) = (abs(direction.cosine), abs(direction.sine))
      outer = (a + b) / 2
      inner = abs(a - b) / 2
    }

    /// The area left of a point.
    func area(below point: Double) -> Double {
      let height = 1 / (inner + outer)
      let distance = abs(point)
      let half: Double
      if distance >= outer {
        half = 0.5
      } else if distance <= inner {
        half = height * distance
      } else {
        let rest = outer - distance
        half = 0.5 - height * rest * rest / (2 * (outer - inner))
      }
      return point < 0 ? 0.5 - half : 0.5 + half
    }
  }
}

/// A scan that cannot be.
public enum TomographyError: Error, Equatable, Sendable, CustomStringConvertible {
  case angles(Int)
  case detectors(Int)
  case spacing(Double)
  /// The matrix would have about so many entries.
  case tooLarge(entries: Double)
  /// No ray meets the image.
  case nothingSeen

  public var description: String {
    switch self {
    case .angles(let count):
      "\(count) angles: a scan has 1 to \(ParallelBeam.limit), finite, in degrees"
    case .detectors(let count): "\(count) detectors: a scan has 1 to \(ParallelBeam.limit)"
    case .spacing(let spacing): "a detector \(spacing) pixels wide is outside 1/64…1024"
    case .tooLarge(let entries):
      "the matrix of this scan would have about \(Int(entries / 1e6)) million entries; at most "
        + "\(Int(Tomography.entryLimit / 1e6)) million are laid out: take fewer angles or wider detectors"
    case .nothingSeen: "no ray of the scan meets the image"
    }
  }
}
