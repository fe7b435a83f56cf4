import RunFiles

extension Configuration.Sampler {
  /// Network evaluations a sample takes when it is good at once.
  public var evaluationsPerSample: Int {
    switch self {
    case .dps(let settings): settings.respacing.count
    case .annealedLangevin(let settings):
      settings.ownEvaluations + (start?.evaluationsPerSample ?? 0)
    case .daps(let settings): settings.evaluations
    case .ud2m(let settings):
      settings.steps * settings.iterations + settings.initialisationCalls
    case .latino(let settings): settings.iterations * settings.evaluationsPerIteration
    case .exact: 0
    case .unconditional(let settings): settings.respacing.count
    case .ddnm(let settings): settings.respacing.count
    case .diffPIR(let settings): settings.steps
    case .pnpULA(let settings): settings.iterations
    }
  }
}
