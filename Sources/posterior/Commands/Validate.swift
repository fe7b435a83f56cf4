import ArgumentParser
import Coordinator
import Foundation
import RunFiles
import Tensors
import Validation
import Worker

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks this build and machine against recorded values or exact posteriors.",
    discussion: """
      With --reference, runs every case of a folder with an index.json and arrays in safetensors \
      files, prints a line a case and exits with 1 if one fails. Cases of kinds that this build \
      does not compute are listed as not implemented.

      With --exact, draws from samplers on problems whose posterior is known, and prints in \
      Markdown what they score beside what exact draws score: error of the mean, spread, sliced \
      Wasserstein and energy distance, and how often intervals hold the truth. Most samplers are \
      approximate, and shown so; exits with 1 if an exact one is not. --self-check instead spoils \
      exact draws in four ways and exits with 1 if one is not noticed.

        posterior validate --reference Tests/Reference
        posterior validate --exact --output exact
        posterior validate --exact --extent quick --samples 100 --truths 40
        posterior validate --exact --self-check
      """)

  @Option(help: "Folder with index.json and the recorded arrays.")
  var reference: String?

  @Flag(help: "Compare samplers with exact posteriors.")
  var exact = false

  @Option(help: "With --exact: samples of each measurement.")
  var samples = 500

  @Option(help: "With --exact: truths for the coverage of intervals; 0 for none.")
  var truths = 100

  @Option(
    help: """
      With --exact: quick (a few samplers, no sparse signals), normal (every sampler on four \
      operators) or thorough.
      """)
  var extent = ExactExtent.normal

  @Option(help: "With --exact: folder for the table, all numbers as CSV, and plots.")
  var output: String?

  @Flag(help: "With --exact: only check that broken samplers are noticed.")
  var selfCheck = false

  @Option(help: "With --reference: device to check, cpu or cuda for the first visible GPU.")
  var device: DeviceChoice = .cpu

  @Flag(help: "Print only failures and the totals, or the table.")
  var quiet = false

  func validate() throws {
    guard (reference != nil) != exact else {
      throw ValidationError("Give either --reference FOLDER or --exact.")
    }
    guard (10...100_000).contains(samples) else {
      throw ValidationError("--samples must be from 10 to 100000.")
    }
    guard truths == 0 || (10...100_000).contains(truths) else {
      throw ValidationError("--truths must be 0 or from 10 to 100000.")
    }
  }

  func run() throws {
    TorchRuntime.setThreads(1)
    if let reference { try checkReference(reference) } else { try compareWithExact() }
  }

  private func checkReference(_ folder: String) throws {
    guard device == .cpu || TorchRuntime.gpuCount > 0 else { throw PlacementError.noGPU }
    let suite = try explained { try ReferenceSuite(directory: folder) }
    let outcomes = suite.run(device: device.device) { outcome in
      if !quiet || outcome.isFailure { print(ValidationLine(outcome)) }
    }
    let totals = ValidationTotals(outcomes)
    print(totals)
    if totals.failed > 0 { throw ExitCode(1) }
  }

  private func compareWithExact() throws {
    let comparison = ExactComparison(samples: samples, truths: truths, extent: extent)
    if selfCheck { return try checkItself(comparison) }
    let results = try explained { try comparison.run { note($0.line) } }
    let table = "\(ExactTable(results))"
    print(table)
    if let output {
      try explained {
        try FolderCalls.makeFolder(output)
        try AtomicFile.write(Array(table.utf8), to: output + "/exact.md")
        try AtomicFile.write(Array("\(ExactCSV(results))".utf8), to: output + "/exact.csv")
        try ExactFigures(results).write(to: output)
      }
    }
    if results.contains(where: { $0.claimsToBeExact && !$0.isExact }) { throw ExitCode(1) }
  }

  private func checkItself(_ comparison: ExactComparison) throws {
    let results = try explained {
      try comparison.selfCheck { if !quiet || !$0.isRight { print($0.line) } }
    }
    let wrong = results.count { !$0.isRight }
    print("\(results.count) checks, \(wrong) wrong")
    if wrong > 0 { throw ExitCode(1) }
  }

  private func note(_ line: String) {
    if !quiet { StandardStreams.writeError(line + "\n") }
  }
}

extension ExactExtent: ExpressibleByArgument {}

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
