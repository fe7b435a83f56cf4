import Foundation
import RunFiles
import Tensors

/// What this machine offers a rank, and what it makes of the configuration's `auto`.
public struct Placement: Sendable {
  /// The processor, or the GPU of this rank.
  public let device: Device
  /// This rank's share of the machine, at least 1; the limit is `OMP_NUM_THREADS`.
  public let cores: Int

  /// Looks for a GPU and counts cores.
  ///
  /// Ranks that may run on the same cores share them; `OMP_NUM_THREADS` sets a limit, as it does
  /// for most programs.
  /// A single visible GPU is used by all ranks that see it, several are dealt out by node-local
  /// rank; `CUDA_VISIBLE_DEVICES` is left as it is.
  /// - Parameter gpus: those this process sees.
  /// - Throws: ``PlacementError`` if a GPU is asked for and none is visible.
  public init(
    _ compute: Configuration.Compute, localRank: Int, coreSharers: Int,
    gpus: Int = TorchRuntime.gpuCount,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    cores = Processor.cores(sharedBy: coreSharers, environment: environment)
    switch compute.device.resolved(gpus > 0 ? .cuda : .cpu) {
    case .cpu: device = .cpu
    case .cuda:
      guard gpus > 0 else { throw PlacementError.noGPU }
      device = .cuda(gpus == 1 ? 0 : localRank % gpus)
    }
  }

  /// The configuration with this machine's values for `auto`.
  ///
  /// bfloat16 is chosen where it is fast: on GPUs, and on processors with matrix tiles for it.
  ///
  /// - Parameter shape: for what the file leaves open of it.
  public func resolve(
    _ configuration: Configuration, shape: UnitShape
  ) -> ResolvedConfiguration {
    configuration.resolved(
      device: device == .cpu ? .cpu : .cuda,
      precision: device != .cpu || TorchRuntime.hasFastBFloat16 ? .bfloat16 : .float32,
      shape: shape)
  }

  /// Worker threads of this rank: one a GPU, else as many as the cores hold.
  public func workers(_ configuration: ResolvedConfiguration) -> Int {
    workers(configuration.configuration, threads: configuration.shape.threads)
  }

  /// Worker threads of this rank if each takes so many threads.
  func workers(_ configuration: Configuration, threads: Int) -> Int {
    let fitting = device == .cpu ? max(1, cores / max(1, threads)) : 1
    return configuration.compute.workers.resolved(fitting)
  }
}

/// A device that is not there.
public enum PlacementError: BadInput {
  case noGPU

  public var description: String {
    "compute.device is cuda, but this process sees no GPU (libtorch \(TorchRuntime.version)); "
      + "check CUDA_VISIBLE_DEVICES and that libtorch is a CUDA build, or set compute.device: cpu"
  }
}
