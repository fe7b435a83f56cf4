import RunFiles
import Tensors
import Testing

@testable import Engine
@testable import Worker

@Suite struct SceneTests {
  typealias Experiments = TestExperiments

  private func scene(_ configuration: Configuration, image: Int = 0) throws -> Scene {
    let images = try configuration.data.imageFolder()
    return try Scene(
      ImageID(name: "\(image)"),
      operators: OperatorSource(configuration, shape: Experiments.shape),
      configuration: configuration, images: images)
  }

  private func bits(_ configuration: Configuration, image: Int = 0) throws -> [UInt32] {
    try scene(configuration, image: image).measurement.floats().map(\.bitPattern)
  }

  @Test func theMeasurementIsTheOperatorPlusTheImagesNoise() throws {
    let folder = try Experiments.folder()
    let found = try scene(Experiments.configuration(folder))
    let truth = try Experiments.image().floats()
    let noise = try NoiseStream(seed: 5, image: ImageID(name: "0").key, purpose: .measurement)
      .normals(16)
    let expected = zip(truth, noise).map { (2 * $0 - 1) + $1 * 0.3 }
    #expect(found.truth == truth)
    #expect(found.measurement.shape == [1] + Experiments.shape)
    for (value, target) in zip(try found.measurement.floats(), expected) {
      #expect(abs(value - target) <= 0x1p-22)
    }
  }

  /// y follows from seed, image and operator alone: not from how, or how much, is drawn.
  @Test func theMeasurementIsTheSameHoweverSamplesAreDrawn() throws {
    let mask = Configuration.Operator.inpainting(.init(mask: .random(probability: 0.3...0.7)))
    let folder = try Experiments.folder()
    let expected = try bits(Experiments.configuration(folder, operation: mask))
    let variants = [
      Experiments.configuration(
        folder, operation: mask, run: Experiments.run(samples: 1000, unit: 3)),
      Experiments.configuration(folder, prior: Experiments.white(mean: 0.5), operation: mask),
      Experiments.configuration(
        folder, sampler: .dps(.init(scale: 1, respacing: .sections([3]))), operation: mask),
    ]
    for variant in variants { #expect(try bits(variant) == expected) }
    let more = try Experiments.folder(images: 3)
    #expect(try bits(Experiments.configuration(more, operation: mask)) == expected)
    #expect(
      try bits(
        Experiments.configuration(folder, operation: mask, run: Experiments.run(seed: 6)))
        != expected)
    #expect(try bits(Experiments.configuration(more, operation: mask), image: 1) != expected)
  }

  /// The truth's discrepancy is the sum of its noise squared over the pixels that are kept; float32 sums.
  @Test func maskedPixelsDoNotCountInTheDiscrepancy() throws {
    let mask = Configuration.Operator.inpainting(.init(mask: .random(probability: 0.5...0.5)))
    let folder = try Experiments.folder()
    let configuration = Experiments.configuration(folder, operation: mask)
    let found = try scene(configuration)
    let data = try found.measuredData(
      sigma: 0.3, operators: OperatorSource(configuration, shape: Experiments.shape))
    #expect(data.values == 16 && data.measured == 8)
    let truth = try Tensor(
      Experiments.image().floats().map { 2 * $0 - 1 }, shape: [1] + Experiments.shape)
    let residuals = try (found.measurement - found.measurementOperator.apply(truth)).doubles()
    let kept = try #require(found.measurementOperator as? Inpainting).mask.values
    let total = residuals.reduce(0) { $0 + $1 * $1 } / 16
    let expected = zip(residuals, kept).reduce(0) { $0 + ($1.1 == 0 ? 0 : $1.0 * $1.0) } / 0.09
    let discrepancy = data.discrepancies([total.squareRoot() / 0.3])[0]
    #expect(expected > 1 && abs(discrepancy - expected) < 1e-5 * 16)
  }

  /// What halfway images are asked for is what the records of samples hold; of a linear operator nothing
  /// is asked. Float32 residuals: 16 values with a relative error of 10⁻⁶ each.
  @Test func discrepanciesOfAnyImageAreThoseOfSamples() throws {
    let folder = try Experiments.folder()
    let curved = Experiments.configuration(folder, operation: .highDynamicRange(scale: 2))
    let found = try scene(curved)
    let data = try found.measuredData(
      sigma: 0.3, operators: OperatorSource(curved, shape: Experiments.shape))
    let discrepancy = try #require(found.discrepancy(sigma: 0.3, measured: data))
    let image = (0..<16).map { Float($0) / 15 }
    let x = try Tensor(image.map { 2 * $0 - 1 }, shape: [1] + Experiments.shape)
    let residuals = try (found.measurement - found.measurementOperator.apply(x)).doubles()
    let mean = residuals.reduce(0) { $0 + $1 * $1 } / 16
    let expected = data.discrepancies([mean.squareRoot() / 0.3])[0]
    #expect(expected > 1)
    #expect(abs(try discrepancy(image) - expected) < 1e-5 * expected)
    let straight = try scene(
      Experiments.configuration(folder, operation: .superResolution(scaleFactor: 2)))
    #expect(straight.discrepancy(sigma: 0.3, measured: data) == nil)
  }

  // MARK: - Measurements from files

  private func measured(_ shape: [Int], _ operation: Configuration.Operator) throws -> Scene {
    let folder = try TestFolder()
    try folder.write(
      StoredArray((0..<shape.reduce(1, *)).map { Float($0) - 3 }, shape: shape), "0.npy")
    return try scene(
      Experiments.configuration(folder, operation: operation, measurements: true))
  }

  @Test(arguments: [[1, 2, 2], [1, 1, 2, 2]]) func measurementsAreReadAsTheyAre(shape: [Int]) throws
  {
    let found = try measured(shape, .superResolution(scaleFactor: 2))
    #expect(try found.measurement.floats() == [-3, -2, -1, 0])
    #expect(found.measurement.shape == [1, 1, 2, 2])
    #expect(found.truth == nil)
    let picture = try found.measurementPicture()
    #expect(picture.values == [-1, -0.5, 0, 0.5] && picture.shape == [1, 2, 2])
  }

  @Test(arguments: [[1, 4, 4], [2, 2], [1, 1, 1, 2, 2], [2, 1, 2, 2], [1, 2, 3]])
  func measurementsOfOtherShapesAreRefused(shape: [Int]) throws {
    do {
      _ = try measured(shape, .superResolution(scaleFactor: 2))
      Issue.record("accepted")
    } catch let error as ExperimentError {
      #expect("\(error)".contains("0.npy: the measurement is \(shape)"))
      #expect("\(error)".contains("[1, 2, 2]"))
    }
  }

  @Test func imagesOfAnotherSizeAreRefused() throws {
    let folder = try TestFolder()
    try folder.write(Experiments.image(shape: [1, 4, 5]), "0.npy")
    #expect(throws: ImageError.self) { try scene(Experiments.configuration(folder)) }
  }

  @Test func anUnknownImageIsNamed() throws {
    let folder = try Experiments.folder()
    #expect(throws: ExperimentError.self) {
      try scene(Experiments.configuration(folder), image: 7)
    }
  }

  @Test func anOperatorThatDoesNotFitIsRefused() throws {
    let folder = try Experiments.folder()
    let blur = Configuration.Operator.gaussianBlur(kernelSize: 61, intensity: 3)
    #expect(throws: OperatorError.self) {
      try scene(Experiments.configuration(folder, operation: blur))
    }
  }

  @Test func checkingInputsReadsEveryOne() throws {
    let folder = try Experiments.folder(images: 3)
    let experiment = try Experiments.experiment(Experiments.configuration(folder))
    let digests = try experiment.checkInputs { _ in }
    #expect(digests.count == 3 && Set(digests.values).count == 3)
    try folder.write(Experiments.image(shape: [1, 4, 5]), "1.npy")
    #expect(throws: ImageError.self) { try experiment.checkInputs { _ in } }
  }

  /// A folder of thousands of grey images is told in a few lines, a stack of them in one.
  @Test func noticesOfManyFilesAreFew() {
    var notices = InputNotices()
    for index in (0..<3000).reversed() {
      notices.add("\(index).png: grey", ofFile: "\(index).png", at: index)
      notices.add("stack.npy: grey too", ofFile: "stack.npy", at: index)
    }
    notices.add("2.png: alpha left out", ofFile: "2.png", at: 2)
    #expect(
      notices.lines == ["0.png: grey", "stack.npy: grey too", "1.png: grey"]
        + ["2.png: alpha left out"] + (2..<8).map { "\($0).png: grey" }
        + ["… and 2992 more files: grey"])
  }

  /// Files are read on all cores; which error is told must not depend on who is first.
  @Test func theFirstBadInputByNameIsTold() throws {
    let folder = try Experiments.folder(images: 300)
    let experiment = try Experiments.experiment(Experiments.configuration(folder))
    let names = experiment.images.images.map(\.path)
    for place in [70, 71, 140, 299] { try AtomicFile.write("torn", to: names[place]) }
    for _ in 0..<20 {
      let error = #expect(throws: (any Error).self) { try experiment.checkInputs { _ in } }
      #expect(error.map { "\($0)".contains(names[70]) } == true)
    }
  }

  /// The identity has no published projection, and a process of 5 steps no step 7.
  @Test(arguments: [
    Configuration.Sampler.dps(
      .init(method: .projection(.published), respacing: .sections([5]))),
    .annealedLangevin(
      .init(mode: .code, start: .sampler(.exact, noiseTime: 1), respacing: .sections([5]))),
    .annealedLangevin(.init(start: .sampler(.exact, noiseTime: 7), respacing: .sections([5]))),
  ])
  func aSamplerThatDoesNotFitIsFoundBeforeDrawing(sampler: Configuration.Sampler) throws {
    let folder = try Experiments.folder()
    let experiment = try Experiments.experiment(
      Experiments.configuration(folder, sampler: sampler))
    #expect(throws: SamplerError.self) { try experiment.checkSampler() }
  }

  @Test func anExactPosteriorThatIsNoneIsFoundBeforeDrawing() throws {
    let folder = try Experiments.folder()
    let made = { (operation: Configuration.Operator) in
      try Experiments.experiment(Experiments.configuration(folder, operation: operation))
    }
    #expect(throws: ExactPosteriorError.operatorNotLinear) {
      try made(.highDynamicRange(scale: 2)).checkSampler()
    }
    try made(.denoising).checkSampler()
  }

  // MARK: - Priors from files

  @Test func priorsAreReadFromFiles() throws {
    let folder = try TestFolder()
    try folder.write(Experiments.image(), "mean.npy")
    let mean = Configuration.MeanImage.file(folder.path + "/mean.npy")
    let gaussian = Configuration.Gaussian(
      shape: Experiments.shape, mean: mean, covariance: .white(standardDeviation: 1))
    let prior = try LoadedPrior(
      .init(model: .gaussian(gaussian)), precision: .float32, device: .cpu)
    let model = try #require(prior.model as? GaussianPrior)
    #expect(model.mean.map { Float($0) } == (try Experiments.image().floats()))
    let wrong = Configuration.Gaussian(
      shape: [1, 4, 5], mean: mean, covariance: .white(standardDeviation: 1))
    #expect(throws: PriorError.self) {
      try LoadedPrior(.init(model: .gaussian(wrong)), precision: .float32, device: .cpu)
    }
  }

  /// The text of a prior that must be refused because of its covariance.
  private func refusal(_ covariance: Configuration.Gaussian.Covariance) -> String? {
    let gaussian = Configuration.Gaussian(
      shape: [1, 1, 2], mean: .constant(0), covariance: covariance)
    let error = #expect(throws: PriorError.self) {
      try LoadedPrior(.init(model: .gaussian(gaussian)), precision: .float32, device: .cpu)
    }
    #expect(error?.key == "prior.covariance")
    return error?.description
  }

  @Test func covariancesThatAreNoneAreNamed() throws {
    let folder = try TestFolder()
    let path = folder.path + "/c.npy"
    func stored(_ values: [Double]) throws -> String? {
      try folder.write(StoredArray(values, shape: [2, 2]), "c.npy")
      return refusal(.file(path))
    }
    #expect(
      try stored([-1, 0, 0, -1])
        == "\(path): the covariance has the negative eigenvalue -1.0; it must have none")
    #expect(
      try stored([1, 0, .nan, 1])
        == "\(path): entry [1, 0] of the covariance is nan; all must be finite")
    #expect(
      try stored([1, 0.5, 0, 1])
        == "\(path): the covariance is not symmetric: entries [1, 0] and [0, 1] differ")
    #expect(
      refusal(.smooth(standardDeviation: 1e200, length: 1))
        == "entry [0, 0] of the covariance is inf; all must be finite")
  }

  /// Pixels further apart than a tiny length are independent.
  @Test func tinyLengthsAreWhite() throws {
    let gaussian = Configuration.Gaussian(
      shape: [1, 1, 2], mean: .constant(0),
      covariance: .smooth(standardDeviation: 2, length: 1e-300))
    let prior = try LoadedPrior(
      .init(model: .gaussian(gaussian)), precision: .float32, device: .cpu)
    let model = try #require(prior.model as? GaussianPrior)
    #expect(model.covarianceMatrix.elements == [4, 0, 0, 4])
  }
}
