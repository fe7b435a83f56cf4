/// What a stream of random numbers is drawn for; part of its key.
///
/// The raw values are fixed for ever: changing one changes every result that used it. New purposes
/// take the next free number. One purpose is drawn as one kind of number (normal or uniform) only,
/// as the two kinds read the same random words.
public enum NoisePurpose: UInt16, Sendable, CaseIterable {
  /// The start x_N of a sampler. Normal.
  case initial = 1
  /// The noise of a reverse diffusion step, DDPM or DDIM. Normal.
  case step = 2
  /// The noise in the measurement y. Normal; the same for every sample of an image.
  case measurement = 3
  /// The pixels an inpainting mask hides. The same for every sample of an image.
  case mask = 4
  /// The perturbations of guidance over several draws (`ps+`). Uniform.
  case guidance = 5
  /// The noise of a Langevin step. Normal.
  case langevin = 6
  /// The momentum refreshed by Hamiltonian dynamics. Normal.
  case velocity = 7
  /// The proposal of a Metropolis step. Normal.
  case proposal = 8
  /// The acceptance test of a Metropolis step. Uniform, one number a sample.
  case acceptance = 9
  /// Noising an estimate to the next annealing level (DAPS). Normal.
  case forward = 10
  /// Noising the measurement to the level of the step (projection, MCG). Normal.
  case noisyMeasurement = 11
  /// Noising a reconstruction to the level where annealed Langevin dynamics starts. Normal.
  case noiseToLevel = 12
  /// The ladder of ever noisier measurements of annealed Langevin dynamics. Normal.
  case ladder = 13
  /// Independent draws from a distribution known in closed form. Normal.
  case exact = 14
  /// Which component of a mixture a sample is drawn from. Uniform.
  case component = 15
  /// The random parameters of a measurement operator, such as a blur kernel. The same for every
  /// sample of an image.
  case operatorParameters = 16
  /// Photon counts of Poisson noise. Uniform; the same for every sample of an image.
  case photonCount = 17
  /// Random probes of diagnostics: dot-product tests and power iterations. Normal.
  case probe = 18
  /// The noise before the network in UD2M's inner iterations. Normal.
  case unfolding = 23
  /// The noise of UD2M's step between outer times; two draws a step. Normal.
  case outerStep = 24
  /// The noise that UD2M's initialisation network sees in place of x_t at first. Normal.
  case initialisation = 25
  /// The noise before the network in LATINO's kernel. Normal.
  case latino = 26
  /// The parameters of an operator that is redrawn at every step. Normal.
  case operatorDraw = 31
  /// The Gibbs samplers that validation compares with. Raw words, read one after the other.
  case gibbs = 32

  /// Whether all samples of an image see the same numbers.
  ///
  /// Such a stream ignores the sample index and the attempt, so every sample has the same y.
  public var isSharedByImage: Bool {
    switch self {
    case .measurement, .mask, .operatorParameters, .photonCount: true
    default: false
    }
  }
}
