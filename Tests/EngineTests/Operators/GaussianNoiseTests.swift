import Tensors
import Testing

@testable import Engine

@Suite struct GaussianNoiseTests {
  @Test func noiseBelongsToTheRunAndTheImage() throws {
    let noise = try GaussianNoise(sigma: 0.05)
    let clean = try Tensor.full(0.5, shape: [1, 3, 5, 7])
    let y = try noise.added(to: clean, seed: 1, image: 2).floats()
    #expect(try noise.added(to: clean, seed: 1, image: 2).floats() == y)
    #expect(try noise.added(to: clean, seed: 1, image: 3).floats() != y)
    #expect(try noise.added(to: clean, seed: 2, image: 2).floats() != y)
    let expected = NoiseStream(seed: 1, image: 2, purpose: .measurement).normals(105)
    for (value, z) in zip(y, expected) { #expect(abs(value - (0.5 + 0.05 * z)) < 1e-7) }
  }

  @Test func samplersSeeTheSameNoise() throws {
    let source = try PhiloxNoise(seed: 1, image: 2, samples: [5])
    let clean = try Tensor.full(0, shape: [1, 4])
    #expect(
      try GaussianNoise(sigma: 1).added(to: clean, seed: 1, image: 2).floats()
        == source.normal(purpose: .measurement, step: 0, rowShape: [4]))
  }

  @Test func levelZeroIsClean() throws {
    let clean = try Tensor([0.25, -1] as [Float], shape: [1, 2])
    #expect(try GaussianNoise(sigma: 0).added(to: clean, seed: 0, image: 0).floats() == [0.25, -1])
  }

  @Test func impossibleLevelsAreRefused() {
    for sigma in [-0.1, Double.infinity] {
      #expect(throws: OperatorError.noiseSigma(sigma)) { _ = try GaussianNoise(sigma: sigma) }
    }
    #expect(throws: OperatorError.self) { _ = try GaussianNoise(sigma: .nan) }
  }
}
