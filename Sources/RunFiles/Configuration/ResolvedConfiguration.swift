/// A configuration whose `auto` values are replaced, so that it fixes every bit of the samples.
///
/// Only ``Configuration/resolved(device:precision:shape:)`` and ``Configuration/recorded`` make one;
/// hashing anything else is a compile error.
public struct ResolvedConfiguration: Sendable, Equatable {
  /// The experiment; nothing but its workers is `auto`.
  public let configuration: Configuration
  /// Where the network runs.
  public let device: Configuration.Compute.Device
  /// Number format of the network.
  public let precision: Configuration.Compute.Precision
  /// How a unit is drawn.
  public let shape: UnitShape

  /// How many samples an image gets.
  public var goal: SampleGoal {
    let run = configuration.run
    return SampleGoal(grid: UnitGrid(unit: shape.unit, samples: run.samples), rule: run.stopping)
  }

  /// The experiment as a file that loads back to the same value; see ``Configuration/yaml(record:)``.
  public func yaml(record: [(key: String, value: String)] = []) -> String {
    configuration.yaml(record: record)
  }
}

extension ResolvedConfiguration {
  /// The same without ``Configuration/recording``.
  public var unrecorded: ResolvedConfiguration {
    var configuration = configuration
    configuration.recording = nil
    return ResolvedConfiguration(
      configuration: configuration, device: device, precision: precision, shape: shape)
  }

  /// The same with units of another shape.
  public func reshaped(_ shape: UnitShape) -> ResolvedConfiguration {
    var configuration = configuration
    configuration.run.unit = .fixed(shape.unit)
    configuration.compute.threads = .fixed(shape.threads)
    return ResolvedConfiguration(
      configuration: configuration, device: device, precision: precision, shape: shape)
  }
}

extension Configuration {
  /// The configuration with this machine's values in place of `auto`; `workers` stays as it is.
  ///
  /// - Parameter shape: for what the file leaves open of it.
  public func resolved(
    device: Compute.Device, precision: Compute.Precision, shape: UnitShape
  ) -> ResolvedConfiguration {
    var configuration = shaped(shape)
    configuration.compute.device = .fixed(compute.device.resolved(device))
    configuration.compute.precision = .fixed(compute.precision.resolved(precision))
    return configuration.recorded!
  }

  /// The configuration that a run has recorded; nil if anything in it is still open.
  public var recorded: ResolvedConfiguration? {
    guard case .fixed(let device) = compute.device, case .fixed(let precision) = compute.precision,
      let unitShape
    else { return nil }
    return ResolvedConfiguration(
      configuration: self, device: device, precision: precision, shape: unitShape)
  }
}
