/// What computes the outputs of one kind of case.
typealias CaseComputation = (CaseContext) throws -> [String: [Double]]

/// The kinds of case this build computes.
enum Computation {
  static func of(kind: String) -> CaseComputation? {
    table(kind) ?? measurement(kind) ?? network(kind) ?? reverseDiffusion(kind) ?? ud2m(kind)
      ?? annealedLangevin(kind) ?? daps(kind) ?? closedForm(kind)
  }

  private static func table(_ kind: String) -> CaseComputation? {
    switch kind {
    case "schedule": schedule
    case "respacing": respacing
    case "respacing_error": respacingErrors
    case "timestep_embedding": timestepEmbedding
    case "model_time": modelTime
    case "resizer_weights": resizerWeights
    case "gaussian_kernel": gaussianKernel
    default: nil
    }
  }

  private static func measurement(_ kind: String) -> CaseComputation? {
    switch kind {
    case "operator": measurementOperator
    case "operator_vjp": operatorVJP
    case "operator_slices": operatorSlices
    case "operator_transpose": operatorTranspose
    case "projection": projection
    case "daps_loss_gradient": dapsLossGradient
    case "measurement_noise": measurementNoise
    case "nonlinear_blur": nonlinearBlur
    case "nonlinear_blur_adapter": nonlinearBlurAdapter
    case "ud2m_jpeg": jpeg
    default: nil
    }
  }

  private static func network(_ kind: String) -> CaseComputation? {
    switch kind {
    case "unet": unet
    case "weight_files": weightFiles
    case "state_dict_layout": stateDictionaryLayout
    case "resblock": residualBlock
    case "attention_block": attentionBlock
    case "resample": resampling
    case "ud2m_unet": ud2mNetwork
    case "ud2m_lsun_unet": lsunNetwork
    case "ud2m_state_dict_layout": ud2mLayout
    case "ud2m_lora": ud2mLoRA
    default: nil
    }
  }

  private static func reverseDiffusion(_ kind: String) -> CaseComputation? {
    switch kind {
    case "p_mean_variance": meanAndVariance
    case "diffusion_step": diffusionStep
    case "dps_step": dpsStep
    case "trajectory_dps": dpsTrajectory
    default: nil
    }
  }

  private static func ud2m(_ kind: String) -> CaseComputation? {
    switch kind {
    case "ud2m_schedule": ud2mSchedule
    case "ud2m_embedding": ud2mEmbedding
    case "ud2m_kernel_law": ud2mKernelLaw
    case "ud2m_otf": ud2mTransfer
    case "ud2m_operator": ud2mOperator
    case "ud2m_prox", "ud2m_prox_exact_sr": ud2mProximal
    case "ud2m_ddim": ud2mDDIM
    case "ud2m_unfold": ud2mUnfolding
    case "ud2m_sampler": ud2mTrajectory
    default: nil
    }
  }

  private static func annealedLangevin(_ kind: String) -> CaseComputation? {
    switch kind {
    case "ald_ladder": ladder
    case "ald_step": langevinStep
    case "ald_noise_to_level": noiseToLevel
    case "ald_denoise": unconditionalDenoising
    case "trajectory_ald": annealedLangevinTrajectory
    default: nil
    }
  }

  private static func daps(_ kind: String) -> CaseComputation? {
    switch kind {
    case "daps_annealing_schedule": dapsAnnealing
    case "daps_ode_schedule": dapsODEGrid
    case "diffusion_scheduler": diffusionScheduler
    case "vp_precond_time": vpNetworkTime
    case "daps_learning_rate": dapsLearningRate
    case "vp_denoiser": vpDenoiser
    case "vp_score": vpScore
    case "daps_ode": dapsODE
    case "daps_mcmc": dapsChain
    case "daps_latent_gradient": dapsLatentGradient
    case "trajectory_daps": dapsTrajectory
    default: nil
    }
  }

  private static func closedForm(_ kind: String) -> CaseComputation? {
    switch kind {
    case "analytic": analytic
    case "analytic_data": analyticData
    default: nil
    }
  }
}
