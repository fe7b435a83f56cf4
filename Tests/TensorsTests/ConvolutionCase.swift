import Testing

/// The shapes of a convolution: an image [N, C, H, W] and square filters for `to` channels.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  let size: [Int], to: Int
  var kernel = 3, stride = 1, padding = 1
  var testDescription: String { "\(size) → \(to), \(kernel)/\(stride)/\(padding)" }

  /// Products that are added up for a value, or for a gradient, of so many channels.
  func products(of channels: Int) -> Int { channels * kernel * kernel }
}
