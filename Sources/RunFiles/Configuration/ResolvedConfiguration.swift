/// A configuration whose `auto` values are replaced, so that it fixes every bit of the samples.
///
/// Only ``Configuration/resolved(device:precision:threads:)`` makes one; hashing anything else is a compile error.
public struct ResolvedConfiguration: Sendable, Equatable {
  /// The experiment; its device, precision and threads are not `auto`.
  public let configuration: Configuration
  /// Where the network runs.
  public let device: Configuration.Compute.Device
  /// Number format of the network.
  public let precision: Configuration.Compute.Precision
  /// Threads libtorch takes in one worker.
  public let threads: Int

  /// The experiment as a file that loads back to the same value; see ``Configuration/yaml(record:)``.
  public func yaml(record: [(key: String, value: String)] = []) -> String {
    configuration.yaml(record: record)
  }
}

extension Configuration {
  /// The configuration with this machine's values in place of `auto`; `workers` stays as it is.
  public func resolved(
    device: Compute.Device, precision: Compute.Precision, threads: Int
  ) -> ResolvedConfiguration {
    let device = compute.device.resolved(device)
    let precision = compute.precision.resolved(precision)
    let threads = compute.threads.resolved(threads)
    var configuration = self
    configuration.compute.device = .fixed(device)
    configuration.compute.precision = .fixed(precision)
    configuration.compute.threads = .fixed(threads)
    return ResolvedConfiguration(
      configuration: configuration, device: device, precision: precision, threads: threads)
  }
}
