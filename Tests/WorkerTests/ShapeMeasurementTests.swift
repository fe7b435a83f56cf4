import RunFiles
import Testing

@testable import Worker

/// What is measured depends on the machine; that something allowed comes out does not.
@Suite struct ShapeMeasurementTests {
  private func measure(_ change: (inout Configuration) -> Void) throws -> (UnitShape, [String]) {
    let folder = try TestExperiments.folder()
    var configuration = TestExperiments.configuration(folder)
    change(&configuration)
    let placement = try Placement(configuration.compute, localRank: 0, coreSharers: 1)
    let experiment = try Experiment(
      placement.resolve(configuration, shape: UnitShape(unit: 1, threads: 1)), device: .cpu)
    var notes: [String] = []
    let shape = try ShapeMeasurement(experiment, placement, ranks: 1, localRanks: 1, limit: 0.1) {
      notes.append($0)
    }.run(configuration)
    return (shape, notes)
  }

  @Test func whatTheFileFixesIsNotMeasured() throws {
    let (shape, notes) = try measure {
      $0.run.unit = .fixed(3)
      $0.compute.threads = .fixed(1)
    }
    #expect(shape == UnitShape(unit: 3, threads: 1) && notes.isEmpty)
  }

  @Test func anOpenUnitIsAtMostTheSamplesOfAnImage() throws {
    let (shape, notes) = try measure {
      $0.run.unit = .auto
      $0.run.samples = 3
      $0.compute.threads = .fixed(1)
    }
    #expect([1, 2, 3].contains(shape.unit) && shape.threads == 1)
    #expect(notes.first == "measuring what the configuration leaves open: run.unit")
    #expect(notes.last?.hasPrefix("taken: \(shape)") == true)
  }

  @Test func openThreadsFitTheCores() throws {
    let (shape, _) = try measure {
      $0.run.unit = .fixed(2)
      $0.compute.threads = .auto
    }
    #expect(shape.unit == 2 && (1...Processor.allowedCores).contains(shape.threads))
  }
}
