import Testing

@testable import Engine

@Suite struct PhiloxNoiseTests {
  @Test func rowsDependOnTheirOwnSampleOnly() throws {
    let together = try PhiloxNoise(seed: 1, image: 2, samples: [0, 1, 2, 7])
    let alone = try PhiloxNoise(seed: 1, image: 2, samples: [7])
    let batch = try together.normal(purpose: .step, step: 5, rowShape: [3, 5, 7])
    #expect(batch.count == 4 * 105)
    #expect(
      Array(batch[315...]) == (try alone.normal(purpose: .step, step: 5, rowShape: [3, 5, 7])))
    #expect(
      Array(batch[315...])
        == NoiseStream(seed: 1, image: 2, sample: 7, purpose: .step, step: 5).normals(105))
  }

  @Test func rowsOfABatchDiffer() throws {
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0, 1, 1], attempts: [0, 0, 1])
    for values in [
      try noise.normal(purpose: .step, step: 0, rowShape: [4]),
      try noise.uniform(purpose: .guidance, step: 0, rowShape: [4]),
    ] {
      #expect(Set([values[0..<4], values[4..<8], values[8..<12]].map(Array.init)).count == 3)
    }
  }

  @Test func measurementNoiseIsTheSameForEverySampleAndAttempt() throws {
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0, 9], attempts: [0, 3])
    let values = try noise.normal(purpose: .measurement, step: 0, rowShape: [40])
    #expect(values[..<40] == values[40...])
  }

  @Test(arguments: [[3, 5, 5], [], [0]])
  func tensorsHaveTheSameNumbers(rowShape: [Int]) throws {
    let noise = ShiftedNoise(
      try PhiloxNoise(seed: 1, image: 2, samples: [0, 9], attempts: [0, 3]), by: 4)
    let tensor = try noise.normalTensor(purpose: .step, step: 3, rowShape: rowShape)
    #expect(tensor.shape == [2] + rowShape)
    #expect(
      try tensor.floats() == noise.base.normal(purpose: .step, step: 7, rowShape: rowShape))
    #expect(throws: NoiseError.self) {
      try noise.normalTensor(purpose: .step, step: 1 << 32, rowShape: rowShape)
    }
  }

  @Test func emptyRequestsGiveNothing() throws {
    let none = try PhiloxNoise(seed: 1, image: 2, samples: [])
    #expect(try none.normal(purpose: .step, step: 0, rowShape: [3]).isEmpty)
    let one = try PhiloxNoise(seed: 1, image: 2, samples: [0])
    #expect(try one.normal(purpose: .step, step: 0, rowShape: [3, 0]).isEmpty)
    #expect(try one.uniform(purpose: .acceptance, step: 0, rowShape: []).count == 1)
  }

  @Test func impossibleSamplesAreRefused() {
    #expect(throws: NoiseError.sampleOutOfRange(-1)) {
      _ = try PhiloxNoise(seed: 0, image: 0, samples: [-1])
    }
    #expect(throws: NoiseError.sampleOutOfRange(1 << 32)) {
      _ = try PhiloxNoise(seed: 0, image: 0, samples: [1 << 32])
    }
    #expect(throws: NoiseError.attemptOutOfRange(65536)) {
      _ = try PhiloxNoise(seed: 0, image: 0, samples: [0], attempts: [65536])
    }
    #expect(throws: NoiseError.attemptCount(samples: 2, attempts: 1)) {
      _ = try PhiloxNoise(seed: 0, image: 0, samples: [0, 1], attempts: [0])
    }
  }

  @Test func impossibleRequestsAreRefused() throws {
    let noise = try PhiloxNoise(seed: 0, image: 0, samples: [0, 1])
    #expect(throws: NoiseError.stepOutOfRange(-1)) {
      _ = try noise.normal(purpose: .step, step: -1, rowShape: [1])
    }
    for shape in [[-1], [Int.max, 2], [1 << 20, 1 << 20], [0, -3]] {
      #expect(throws: NoiseError.rowShape(shape)) {
        _ = try noise.uniform(purpose: .guidance, step: 0, rowShape: shape)
      }
    }
  }
}

@Suite struct RecordedNoiseTests {
  @Test func arraysComeInOrderForEachPurpose() throws {
    let noise = RecordedNoise(
      rowCount: 2, arrays: [.step: [[1, 2, 3, 4], [5, 6, 7, 8]], .acceptance: [[0.5, 0.25]]])
    #expect(try noise.normal(purpose: .step, step: 9, rowShape: [2]) == [1, 2, 3, 4])
    #expect(try noise.uniform(purpose: .acceptance, step: 0, rowShape: []) == [0.5, 0.25])
    #expect(noise.remaining(.step) == 1)
    #expect(try noise.normal(purpose: .step, step: 8, rowShape: [1, 2]) == [5, 6, 7, 8])
    #expect(noise.remaining(.step) == 0)
  }

  @Test func missingAndMisshapenArraysAreRefused() throws {
    let noise = RecordedNoise(rowCount: 1, arrays: [.step: [[1, 2]]])
    #expect(throws: NoiseError.recordingExhausted(.initial)) {
      _ = try noise.normal(purpose: .initial, step: 0, rowShape: [2])
    }
    #expect(throws: NoiseError.recordingSize(.step, wanted: 3, found: 2)) {
      _ = try noise.normal(purpose: .step, step: 0, rowShape: [3])
    }
  }

  @Test func errorsSayWhatIsWrong() {
    #expect(
      NoiseError.recordingSize(.step, wanted: 3, found: 2).description
        == "The next recorded array for “step” has 2 numbers; 3 are needed.")
    #expect(
      NoiseError.rowShape([-1]).description
        == "A row of shape [-1] cannot be drawn: sizes must be at least 0, their product at most "
        + "17179869184.")
  }
}
