/// An operator that an array tells, in the form in which a configuration takes it from a file.
public protocol ArrayOperator: MeasurementOperator {
  /// What the array is called, its values row by row, and its shape.
  var array: (name: String, values: [Float], shape: [Int]) { get }
}

extension Inpainting: ArrayOperator {
  /// The mask, [H, W]: 1 where a pixel is measured.
  public var array: (name: String, values: [Float], shape: [Int]) { mask.array }
}

extension ClippedInpainting: ArrayOperator {
  /// The mask, [H, W]: 1 where a pixel is measured.
  public var array: (name: String, values: [Float], shape: [Int]) { mask.array }
}

extension KernelBlur: ArrayOperator {
  /// The kernel, [rows, columns], correlated with the image.
  public var array: (name: String, values: [Float], shape: [Int]) { kernel.array }
}

extension CircularBlur: ArrayOperator {
  /// The kernel, [rows, columns], correlated with the image.
  public var array: (name: String, values: [Float], shape: [Int]) { kernel.array }
}

extension MRI: ArrayOperator {
  /// The mask, [H, W]: 1 where a frequency is measured.
  public var array: (name: String, values: [Float], shape: [Int]) {
    ("mask", mask.values, [mask.height, mask.width])
  }
}

extension InpaintingMask {
  fileprivate var array: (name: String, values: [Float], shape: [Int]) {
    ("mask", values, [height, width])
  }
}

extension ConvolutionKernel {
  fileprivate var array: (name: String, values: [Float], shape: [Int]) {
    ("kernel", values.map { Float($0) }, [height, width])
  }
}
