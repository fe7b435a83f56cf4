import Coordinator
import Tensors
import Worker

extension RankMachine {
  /// This process's view of this machine.
  static var current: RankMachine {
    RankMachine(
      processor: "\(Processor.name) (\(TorchRuntime.cpuCapability))",
      onlineCores: Processor.onlineCores, affinity: Processor.affinity, gpus: TorchRuntime.gpuCount)
  }
}
