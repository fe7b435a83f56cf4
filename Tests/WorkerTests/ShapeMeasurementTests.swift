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

@Suite struct FreeMemoryTests {
  private func free(_ files: [String: String]) -> FreeMemory { FreeMemory { files[$0] } }

  @Test func itIsWhatTheMachineHasLeft() {
    let memory = free(["/proc/meminfo": "MemTotal: 900 kB\nMemAvailable:   500 kB\n"])
    #expect(memory.bytes == 500 * 1024)
    #expect(free([:]).bytes == nil)
  }

  @Test func theTightestGroupCounts() {
    let memory = free([
      "/proc/meminfo": "MemAvailable: 5000 kB\n", "/proc/self/cgroup": "0::/job_7/step\n",
      "/sys/fs/cgroup/job_7/step/memory.max": "max\n",
      "/sys/fs/cgroup/job_7/step/memory.current": "10\n",
      "/sys/fs/cgroup/job_7/memory.max": "1000000\n",
      "/sys/fs/cgroup/job_7/memory.current": "600000\n",
      "/sys/fs/cgroup/job_7/memory.stat": "anon 1\ninactive_file 100000\n",
    ])
    #expect(memory.bytes == 500_000)
  }

  @Test func groupsOfTheFirstKindCount() {
    let memory = free([
      "/proc/self/cgroup": "4:cpu,memory:/slurm/uid_0\n3:cpuset:/other\n",
      "/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes": "4096\n",
      "/sys/fs/cgroup/memory/slurm/memory.usage_in_bytes": "8192\n",
    ])
    #expect(memory.bytes == 0)
  }

  @Test func thisProcessHasSome() throws {
    #expect(try #require(FreeMemory().bytes) > 0)
    #expect(try #require(FreeMemory().resident) > 1 << 20)
  }
}

@Suite struct BatchMemoryTests {
  @Test func rowsFitAsLongAsTheyTakeLessThanThereIs() throws {
    // The probe takes 64 MiB for its 2 rows.
    var memory = BatchMemory(limit: 200 << 20) {
      let bytes = [UInt8](repeating: 1, count: 64 << 20)
      return bytes.last == 1 ? 2 : 0
    }
    #expect(memory.fits(rows: 1) && !memory.fits(rows: 100_000))
    #expect(!memory.hasTrials)
    memory.learn(rows: 1)
    #expect(memory.hasTrials)
    #expect(BatchMemory(limit: nil) { 1 }.fits(rows: .max))
  }
}
