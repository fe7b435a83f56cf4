import Engine
import RunFiles

extension Computation {
  static func schedule(_ context: CaseContext) throws -> [String: [Double]] {
    let schedule = try context.schedule(named: context.string("name"))
    let tables = try DiffusionTables(betas: schedule.betas(steps: context.int("steps")))
    return [
      "beta": tables.beta, "alphaBar": tables.alphaBar,
      "alphaBarPrevious": tables.alphaBarPrevious, "alphaBarNext": tables.alphaBarNext,
      "sigma": tables.sigma, "sqrtReciprocalAlphaBar": tables.sqrtReciprocalAlphaBar,
      "posteriorVariance": tables.posteriorVariance,
      "posteriorLogVarianceClipped": tables.posteriorLogVarianceClipped,
      "posteriorMeanCoefficientX0": tables.posteriorMeanCoefficientX0,
      "posteriorMeanCoefficientXt": tables.posteriorMeanCoefficientXt,
    ]
  }

  static func respacing(_ context: CaseContext) throws -> [String: [Double]] {
    let process = try DiffusionProcess(
      schedule: context.schedule(named: context.string("noise_schedule")),
      originalStepCount: context.int("original_steps"),
      respacing: CaseContext.respacing(context.object("timestep_respacing")))
    let tables = process.tables
    return [
      "timestepMap": process.timestepMap.map(Double.init), "beta": tables.beta,
      "alphaBar": tables.alphaBar, "posteriorVariance": tables.posteriorVariance,
      "posteriorLogVarianceClipped": tables.posteriorLogVarianceClipped,
    ]
  }

  /// Every request of the file must be refused.
  static func respacingErrors(_ context: CaseContext) throws -> [String: [Double]] {
    for request in try context.content().array ?? [] {
      guard let steps = request["original_steps"]?.int, let text = request["timestep_respacing"]
      else { throw CaseFailure("a request without steps") }
      guard (try? CaseContext.respacing(text).steps(of: steps)) == nil else {
        throw CaseFailure("respacing \(text.text) of \(steps) steps was not refused")
      }
    }
    return [:]
  }

  static func timestepEmbedding(_ context: CaseContext) throws -> [String: [Double]] {
    let values = TimestepEmbedding.values(
      times: try context.floats("t"), dimension: try context.int("dimension"),
      maxPeriod: try context.double("max_period"))
    return ["embedding": values.map(Double.init)]
  }

  static func resizerWeights(_ context: CaseContext) throws -> [String: [Double]] {
    guard let kernel = ResizingKernel(rawValue: try context.string("kernel")) else {
      throw NotImplemented("resizing kernel \(try context.string("kernel"))")
    }
    let weights = try ResizerWeights(
      inputLength: context.int("in_length"), scale: 1 / context.double("scale_factor"),
      kernel: kernel, antialiasing: context.bool("antialiasing"))
    return ["weights": weights.weights, "fieldOfView": weights.fieldOfView.map(Double.init)]
  }

  static func gaussianKernel(_ context: CaseContext) throws -> [String: [Double]] {
    let kernel = try GaussianKernel(
      size: context.int("kernel_size"), intensity: context.double("intensity"),
      truncate: context.double("truncate"))
    return ["kernel": kernel.square()]
  }

  static func modelTime(_ context: CaseContext) throws -> [String: [Double]] {
    let process = try context.reverseProcess().process
    return ["modelTime": (0..<process.stepCount).map { Double(process.modelTime(at: $0)) }]
  }
}

extension CaseContext {
  func schedule(named name: String) throws -> NoiseSchedule {
    guard let schedule = NoiseSchedule(rawValue: name) else {
      throw NotImplemented("schedule \(name)")
    }
    return schedule
  }

  /// `timestep_respacing` as text, number, list, or empty for all steps.
  static func respacing(_ value: JSONValue) throws -> Respacing {
    if let text = value.string { return try Respacing(text) }
    if let count = value.int { return .sections([count]) }
    guard let counts = value.array?.compactMap(\.int) else {
      throw CaseFailure("a respacing of unknown form")
    }
    return .sections(counts)
  }

  /// The process of the case's `diffusion` block, in the keys of DPS's configuration.
  func reverseProcess() throws -> ReverseProcess {
    let block = try object("diffusion")
    guard let steps = block["steps"]?.int, let name = block["noise_schedule"]?.string,
      let mean = block["model_mean_type"]?.string.flatMap(MeanType.init),
      let variance = block["model_var_type"]?.string.flatMap(VarianceType.init),
      let sampler = block["sampler"]?.string
    else { throw CaseFailure("an incomplete diffusion block") }
    let process = try DiffusionProcess(
      schedule: schedule(named: name), originalStepCount: steps,
      respacing: Self.respacing(block["timestep_respacing"] ?? .string("")),
      rescalesTimesteps: block["rescale_timesteps"]?.bool ?? false)
    return ReverseProcess(
      process, meanType: mean, varianceType: variance,
      rule: sampler == "ddim" ? .ddim(eta: parameters["eta"]?.double ?? 0) : .ddpm,
      clipsDenoised: block["clip_denoised"]?.bool ?? true,
      dynamicThreshold: block["dynamic_threshold"]?.bool ?? false)
  }
}
