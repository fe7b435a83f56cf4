import Foundation
import RunFiles
import Statistics
import Tensors
import Testing

@testable import Worker

/// Quantities of samples, by masks and by networks (`Tests/Support/TorchScript/difference.pt`).
@Suite struct QuantityTests {
  typealias Experiments = TestExperiments

  private static let support = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Support/TorchScript").path

  private func network(_ name: String, file: String = "difference.pt", withTruth: Bool = false)
    -> Configuration.DerivedQuantity
  {
    .init(
      name: name,
      kind: .network(
        file: "\(Self.support)/\(file)", range: -1...1, comparesWithTruth: withTruth))
  }

  private func part(_ derived: [Configuration.DerivedQuantity]) throws -> (Part, [Float]) {
    let folder = try Experiments.folder()
    var configuration = Experiments.configuration(folder)
    configuration.statistics.derived = derived
    let experiment = try Experiments.experiment(configuration)
    let image = experiment.images.images[0].id
    let part = try UnitWorker(experiment).draw(
      WorkUnit(image: image, samples: 0..<8), stop: StopFlag())
    return (part, try Experiments.image().floats())
  }

  /// The network sees 2x − 1: its mean is twice that of the image less 1, a difference is twice as large.
  @Test func networksSeeTheRangeTheyWant() throws {
    let (part, truth) = try part([
      network("level"), network("distance", withTruth: true),
      .init(name: "mean", kind: .mean(mask: nil)),
    ])
    let means = try #require(part.values(ofQuantity: "mean"))
    let levels = try #require(part.values(ofQuantity: "level"))
    let distances = try #require(part.values(ofQuantity: "distance"))
    #expect(means.count == 8 && levels.count == 8 && distances.count == 8)
    for (index, values) in part.kept {
      let difference = zip(values, truth).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(truth.count)
      // Sums of 16 numbers in float32, each up to 2: 16 roundings of 2⁻²³.
      #expect(abs(levels[index] - (2 * means[index] - 1)) < 4e-6)
      #expect(abs(distances[index] - 2 * Double(difference)) < 4e-6)
    }
  }

  @Test func aNetworkThatGivesSeveralNumbersIsNamed() throws {
    #expect(throws: OperatorFileError.self) { try part([network("many", file: "features.pt")]) }
    #expect(throws: ScriptModuleError.self) {
      try part([network("none", file: "make_difference.py")])
    }
  }

  @Test func aNetworkOfImagesAloneCannotCompare() throws {
    #expect(throws: ScriptModuleError.self) {
      try part([network("two", file: "features.pt", withTruth: true)])
    }
  }

  @Test func anEmptyMaskIsNamed() throws {
    let folder = try TestFolder()
    try folder.write(StoredArray([Float](repeating: 0, count: 16), shape: [4, 4]), "mask.npy")
    #expect(throws: OperatorFileError.self) {
      try part([.init(name: "a", kind: .mean(mask: "\(folder.path)/mask.npy"))])
    }
  }
}
