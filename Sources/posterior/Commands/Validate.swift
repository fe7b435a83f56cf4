import ArgumentParser
import Tensors
import Validation

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks this build and machine against recorded values of the published codes.",
    discussion: """
      Runs every case of a folder with an index.json and arrays in safetensors files, prints a \
      line a case and exits with 1 if one fails. Cases of kinds that this build does not compute \
      are listed as not implemented.

        posterior validate --reference Tests/Reference
      """)

  @Option(help: "Folder with index.json and the recorded arrays.")
  var reference: String

  @Option(help: "Device to check: cpu, or cuda for the first visible GPU.")
  var device: DeviceChoice = .cpu

  @Flag(help: "Print only failures and the totals.")
  var quiet = false

  func run() throws {
    let suite = try explained { try ReferenceSuite(directory: reference) }
    TorchRuntime.setThreads(1)
    let outcomes = suite.run(device: device.device) { outcome in
      if !quiet || outcome.isFailure { print(ValidationLine(outcome)) }
    }
    let totals = ValidationTotals(outcomes)
    print(totals)
    if totals.failed > 0 { throw ExitCode(1) }
  }
}

enum DeviceChoice: String, ExpressibleByArgument {
  case cpu
  case cuda

  var device: Device {
    switch self {
    case .cpu: .cpu
    case .cuda: .cuda(0)
    }
  }
}
