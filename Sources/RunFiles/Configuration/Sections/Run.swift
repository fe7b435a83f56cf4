extension Configuration {
  /// Section `run`: how much to draw, from which seed, and where the results go.
  public struct Run: Sendable, Equatable {
    /// Key of every random number of the run; 0 is as good as any other.
    public var seed: UInt64
    /// Samples drawn for each image, at least 1; with `stopping`, the most of them.
    public var samples: Int
    /// When fewer samples are enough; nil if all images get the same.
    public var stopping: StoppingRule?
    /// Samples drawn together as one batch, at least 1; `auto` is measured when the run begins. It
    /// fixes bits (rounding), as the seed does.
    public var unit: Automatic<Int>
    /// Folder of the results, relative to the current directory unless absolute.
    public var output: String
    /// Seconds between two commits of unfinished statistics, more than 0.
    public var checkpoint: Double
    /// Seconds of silence after which a rank is taken for lost, more than 0.
    public var lease: Double

    /// Makes the section with the defaults of the file format.
    public init(
      seed: UInt64 = 0, samples: Int = 16, stopping: StoppingRule? = nil,
      unit: Automatic<Int> = .fixed(8),
      output: String,
      checkpoint: Double = 60, lease: Double = 600
    ) {
      self.seed = seed
      self.samples = samples
      self.stopping = stopping
      self.unit = unit
      self.output = output
      self.checkpoint = checkpoint
      self.lease = lease
    }
  }
}
