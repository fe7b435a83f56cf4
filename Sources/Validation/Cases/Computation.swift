/// What computes the outputs of one kind of case.
typealias CaseComputation = (CaseContext) throws -> [String: [Double]]

/// The kinds of case this build computes.
enum Computation {
  static func of(kind: String) -> CaseComputation? {
    switch kind {
    case "schedule": schedule
    case "respacing": respacing
    case "respacing_error": respacingErrors
    case "timestep_embedding": timestepEmbedding
    case "resizer_weights": resizerWeights
    case "gaussian_kernel": gaussianKernel
    case "operator": measurementOperator
    case "operator_vjp": operatorVJP
    case "operator_slices": operatorSlices
    case "measurement_noise": measurementNoise
    case "unet": unet
    case "weight_files": weightFiles
    case "state_dict_layout": stateDictionaryLayout
    case "resblock": residualBlock
    case "attention_block": attentionBlock
    case "resample": resampling
    case "p_mean_variance": meanAndVariance
    case "model_time": modelTime
    case "diffusion_step": diffusionStep
    case "dps_step": dpsStep
    case "trajectory_dps": dpsTrajectory
    default: nil
    }
  }
}
