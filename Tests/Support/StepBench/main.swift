// What a unit of work costs beside the network: noise, operator, schedule, statistics.
//
//   swift run -c release step-bench CONFIG [key=value …]
//
// Draws units of the configuration's first image as a run does, with its network and with one that costs nothing, and
// prints a row of a table in Markdown: arguments, seconds of processor time of a unit, those beside the network, and their
// share.
import Engine
import Foundation
import RunFiles
import Tensors
import Worker

func experiment(_ file: String, _ overrides: [String]) throws -> Experiment {
  let configuration = try Configuration.load(path: file, overrides: overrides).configuration
  let placement = try Placement(configuration.compute, localRank: 0, coreSharers: 1)
  let shape = configuration.unitShape ?? UnitShape(unit: 1, threads: 1)
  return try Experiment(placement.resolve(configuration, shape: shape), device: placement.device)
}

/// Processor seconds of a unit on one worker.
func seconds(_ experiment: Experiment) throws -> Double {
  try UnitTrial(experiment, workers: 1, limit: 20).run().processorSeconds
}

let arguments = CommandLine.arguments.dropFirst()
guard let file = arguments.first else {
  FileHandle.standardError.write(Data("usage: step-bench CONFIG [key=value …]\n".utf8))
  exit(64)
}
do {
  TorchRuntime.keepFreedMemory()
  let real = try experiment(file, Array(arguments.dropFirst()))
  let network = FreeNetwork(
    imageShape: real.prior.model.imageShape,
    learnsVariance: [.learned, .learnedRange].contains(real.prior.diffusion.varianceType))
  let free = try real.replacingNetwork(with: network)
  let (whole, beside) = (try seconds(real), try seconds(free))
  print(
    String(
      format: "| %@, unit of %d | %.3g s | %.3g s | %.2f %% |",
      arguments.joined(separator: " "), real.configuration.shape.unit, whole, beside,
      100 * beside / whole))
} catch {
  FileHandle.standardError.write(Data("step-bench: \(error)\n".utf8))
  exit(65)
}
