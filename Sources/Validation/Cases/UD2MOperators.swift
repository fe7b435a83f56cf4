import Engine
import RunFiles
import Tensors

extension Computation {
  /// The transform as stored, with the number of coefficients cleared.
  static func ud2mTransfer(_ context: CaseContext) throws -> [String: [Double]] {
    let (height, width) = (try context.int("height"), try context.int("width"))
    let kernel = try context.kernel()
    try context.checkGenerator(of: kernel)
    let threshold = CircularConvolution.publishedThreshold(height: height, width: width)
    guard abs(threshold - (try context.double("threshold"))) < 1e-6 * threshold else {
      throw CaseFailure("the threshold is \(threshold)")
    }
    let cut = try transform(kernel, height, width, threshold: threshold)
    let cleared = zip(cut.real, cut.imaginary).count { $0 == 0 && $1 == 0 }
    guard cleared == (try context.int("zero_count")) else {
      throw CaseFailure("\(cleared) coefficients are 0")
    }
    if let rows = context.parameters["rows"]?.array?.compactMap(\.int) {
      let chosen = { (values: [Double]) in rows.flatMap { values[$0 * width..<($0 + 1) * width] } }
      return ["otfReal": chosen(cut.real), "otfImaginary": chosen(cut.imaginary)]
    }
    let whole = try transform(kernel, height, width, threshold: 0)
    return [
      "otfReal": cut.real, "otfImaginary": cut.imaginary, "otfRealNoThreshold": whole.real,
      "otfImaginaryNoThreshold": whole.imaginary,
    ]
  }

  /// The transform of what the operator makes of a bright pixel at the origin.
  private static func transform(
    _ kernel: ConvolutionKernel, _ height: Int, _ width: Int, threshold: Double
  ) throws -> (real: [Double], imaginary: [Double]) {
    let blur = try CircularConvolution(
      kernel: kernel, imageShape: [1, height, width], threshold: threshold)
    let transfer = try blur.transferFunction()
    return (try transfer.realPart().doubles(), try transfer.imaginaryPart().doubles())
  }

  static func ud2mOperator(_ context: CaseContext) throws -> [String: [Double]] {
    let x = try context.tensor("x")
    let noise = try context.tensor("noise") * context.ud2mProblem("sigma_y")
    let shape = Array(x.shape.dropFirst())
    if try context.ud2mTask() == "inp" {
      let inpainting = try ClippedInpainting(mask: context.drawnMask(shape)).moved(
        to: context.device)
      let y = try inpainting.restricted(inpainting.apply(x) + noise)
      let mask = try Tensor(inpainting.mask.values, shape: [1, 1] + shape.dropFirst())
        .moved(to: context.device)
      return [
        "mask": inpainting.mask.values.map(Double.init), "y": try y.doubles(),
        "adjoint": try (y * mask).doubles(),
      ]
    }
    let chosen = try context.ud2mOperator(imageShape: shape)
    let clean = try chosen.apply(x)
    let y = try clean + noise
    let measurement = try UD2MMeasurement(
      chosen, y: y, sigma: 1, imageShape: shape, form: .published, descent: .published)
    var results = [
      "y": try y.doubles(), "noiseless": try clean.doubles(),
      "adjoint": try measurement.backProjected().doubles(),
    ]
    if case .superResolution(let small) = measurement.task {
      results["upsampled"] = try small.enlarged(y, clipping: true).doubles()
    }
    return results
  }

  static func ud2mProximal(_ context: CaseContext) throws -> [String: [Double]] {
    let x = try context.tensor("x")
    let measurement = try context.ud2mMeasurement(
      imageShape: Array(x.shape.dropFirst()),
      form: context.string("form") == "exact" ? .exact : .published)
    let (sigmaT, signal) = (try context.double("sigma_t"), try context.double("a_t"))
    let (lambda, rho) = (try context.double("lambda"), try context.double("rho"))
    let observation = UD2MObservation(xt: try context.tensor("xt"), signal: signal, sigma: sigmaT)
    let z = try measurement.proximal(x, observation, lambda: lambda, rho: rho)
    guard case .superResolution(let small) = measurement.task,
      context.item.outputs["rightHandSide"] != nil
    else { return ["z": try z.doubles()] }
    let data = try small.adjoint(measurement.y) / (lambda * measurement.sigma * measurement.sigma)
    let right =
      try data + x / (rho * rho) + context.tensor("xt") / (signal * sigmaT * sigmaT)
    return ["z": try z.doubles(), "rightHandSide": try right.doubles()]
  }
}

// MARK: - The case's problem

extension CaseContext {
  func ud2mProblem(_ key: String) throws -> Double {
    guard let value = try object("problem")[key]?.double else {
      throw CaseFailure("no problem.\(key)")
    }
    return value
  }

  func ud2mTask() throws -> String { try object("problem")["task"]?.string ?? "?" }

  /// The kernel stored with the case.
  func kernel() throws -> ConvolutionKernel {
    let array = try stored("kernel")
    return try ConvolutionKernel(array.doubles(), height: array.shape[0], width: array.shape[1])
  }

  /// A stored kernel must be what the generator of its name gives.
  func checkGenerator(of kernel: ConvolutionKernel) throws {
    let made: ConvolutionKernel
    switch try string("kernel") {
    case "gaussian": made = try .gaussian(size: int("size"))
    case "uniform": made = try .uniform(size: int("size"))
    case "anisotropic": made = try .anisotropic()
    case "bicubic": made = try .bicubic(factor: int("size"))
    default: return
    }
    let error = zip(made.values, kernel.values).map { abs($0 - $1) }.max() ?? .infinity
    guard made.values.count == kernel.values.count, error < 1e-7 else {
      throw CaseFailure("the kernel made here is off by \(error)")
    }
  }

  /// The operator of the case's `problem` block.
  func ud2mOperator(imageShape shape: [Int]) throws -> any MeasurementOperator {
    if try ud2mTask() == "inp" {
      let mask = try InpaintingMask(values: floats("mask"), height: shape[1], width: shape[2])
      return try ClippedInpainting(mask: mask).moved(to: device)
    }
    let problem = try object("problem")
    let published = CircularConvolution.publishedThreshold(height: shape[1], width: shape[2])
    let threshold = problem["otf_threshold"]?.double ?? published
    let blur = try CircularConvolution(
      kernel: kernel(), imageShape: shape, threshold: threshold)
    switch try ud2mTask() {
    case "deblur": return try blur.moved(to: device)
    case "sr":
      guard let factor = problem["sf"]?.int else { throw CaseFailure("no problem.sf") }
      return try CircularSuperResolution(blur: blur, factor: factor).moved(to: device)
    default: throw NotImplemented("task \(try ud2mTask())")
    }
  }

  func ud2mMeasurement(
    imageShape: [Int], form: UD2MMeasurement.ProximalForm = .published
  ) throws -> UD2MMeasurement {
    try UD2MMeasurement(
      ud2mOperator(imageShape: imageShape), y: tensor("y"), sigma: ud2mProblem("sigma_y"),
      imageShape: imageShape, form: form, descent: .published)
  }

  /// The mask drawn from the case's uniform numbers, or its box.
  func drawnMask(_ shape: [Int]) throws -> InpaintingMask {
    let problem = try object("problem")
    let (height, width) = (shape[1], shape[2])
    if let rate = problem["kept_fraction"]?.double {
      return try .kept(rate: rate, uniform: floats("uniform"), height: height, width: width)
    }
    guard let share = problem["box_proportion"]?.double else { throw CaseFailure("no mask") }
    return try .squareHole(side: Int(share * Double(height)), height: height, width: width)
  }
}

extension NormalizedDescent {
  /// Of the published `mean_estimate_GD`.
  static var published: Self { Self(iterations: 50, step: 0.01) }
}
