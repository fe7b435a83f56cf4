extension Configuration {
  /// Section `compute`: device, number format and threads.
  public struct Compute: Sendable, Equatable {
    /// Where the network runs.
    public enum Device: String, Sendable, CaseIterable {
      /// The processor.
      case cpu
      /// An NVIDIA GPU.
      case cuda
    }

    /// Number format of the network; sampler state and statistics are float32 always.
    public enum Precision: String, Sendable, CaseIterable {
      /// 24 significant bits.
      case float32
      /// 8 significant bits; group norms stay in float32.
      case bfloat16
    }

    /// Where the network runs.
    public var device: Automatic<Device>
    /// Number format of the network.
    public var precision: Automatic<Precision>
    /// Threads libtorch takes in one worker; `auto` is measured when the run begins. It fixes bits,
    /// as the seed does.
    public var threads: Automatic<Int>
    /// Workers of a rank; `auto` fills the cores it owns.
    public var workers: Automatic<Int>

    /// Makes the section with the defaults of the file format.
    public init(
      device: Automatic<Device> = .auto, precision: Automatic<Precision> = .auto,
      threads: Automatic<Int> = .fixed(1), workers: Automatic<Int> = .auto
    ) {
      self.device = device
      self.precision = precision
      self.threads = threads
      self.workers = workers
    }
  }

  /// A value that the file fixes, or leaves to the machine with `auto`.
  public enum Automatic<Value: Sendable & Equatable>: Sendable, Equatable {
    /// Left to the machine.
    case auto
    /// The file's value.
    case fixed(Value)

    /// The value, with `machine` where the file says `auto`.
    public func resolved(_ machine: @autoclosure () -> Value) -> Value {
      switch self {
      case .auto: machine()
      case .fixed(let value): value
      }
    }
  }
}
