import Testing

/// The shapes of a convolution: an image [N, C, H, W] and square filters for `to` channels.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  let size: [Int], to: Int, kernel: Int, stride: Int, padding: Int
  var testDescription: String { "\(size) → \(to), \(kernel)/\(stride)/\(padding)" }
}
