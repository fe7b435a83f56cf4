import Foundation

@testable import Report

/// A ring on a soft background; `phase` moves it, `noise` adds a fixed pattern of that size.
func ringImage(
  channels: Int = 1, side: Int, phase: Double = 0, noise: Double = 0
) throws(ReportError) -> FloatImage {
  let pixels = (0..<channels).flatMap { channel in
    (0..<side * side).map { pixel -> Float in
      let x = (Double(pixel % side) + 0.5) / Double(side) - 0.5 + 0.1 * cos(phase)
      let y = (Double(pixel / side) + 0.5) / Double(side) - 0.5 + 0.1 * sin(phase)
      let radius = (x * x + y * y).squareRoot()
      let ring = exp(-200 * (radius - 0.25) * (radius - 0.25))
      let speckle = sin(12.9898 * Double(pixel) + 78.233 * (phase + Double(channel)))
      return Float(ring * (1 - 0.3 * Double(channel)) + 0.2 * (x + 0.5) + noise * speckle)
    }
  }
  return try FloatImage(pixels, shape: [channels, side, side])
}

/// A map of standard deviations with its largest values, about 0.18, in the right half.
func deviationMap(channels: Int = 1, side: Int) throws(ReportError) -> FloatImage {
  let pixels = (0..<channels * side * side).map { pixel -> Float in
    let x = Double(pixel % side) / Double(side)
    let y = Double(pixel / side % side) / Double(side)
    return Float(0.01 + 0.17 * exp(-12 * ((x - 0.7) * (x - 0.7) + (y - 0.5) * (y - 0.5))))
  }
  return try FloatImage(pixels, shape: [channels, side, side])
}
