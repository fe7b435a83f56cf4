/// How much of a comparison with known posteriors is run.
public enum ExactExtent: String, Sendable, CaseIterable {
  /// A few samplers on four operators, with priors whose posterior has a closed form.
  case quick
  /// Every sampler on four operators, exact draws on all.
  case normal
  /// Every sampler on every operator.
  case thorough
}

/// The sizes of one comparison.
struct ExactSizes: Sendable {
  /// Measurements whose posterior is compared with draws, every one of another truth.
  var problems = 4
  /// Draws of each.
  var samples: Int
  /// Replications of exact draws that tell the Monte Carlo error.
  var replications = 40
  /// Other truths, for the coverage of intervals.
  var truths: Int
  /// Sweeps of the chain that tells moments which are not known in closed form.
  var longChain = LevyPosterior.longChain

  /// Where every denoising is a Gibbs chain.
  var ofChains: ExactSizes {
    var less = self
    less.problems = min(2, problems)
    less.samples = min(60, samples)
    less.truths = min(20, truths)
    return less
  }
}
