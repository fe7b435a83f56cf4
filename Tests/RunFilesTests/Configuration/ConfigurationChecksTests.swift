import Foundation
import Testing

@testable import RunFiles

/// Values that are fine alone and impossible together.
@Suite struct ConfigurationChecksTests {
  typealias Samples = ConfigurationSamples

  private func gaussian(
    operator: String = "{name: denoising}", noise: String = "{name: gaussian, sigma: 0.1}",
    shape: String = "[3, 32, 32]", more: String = "", sampler: String = "exact"
  ) -> String {
    """
    data:
      images: pictures
    measurement:
      operator: \(`operator`)
      noise: \(noise)
    prior:
      kind: gaussian
      shape: \(shape)
      covariance: 0.5
    \(more)sampler:
      name: \(sampler)

    """
  }

  @Test func theExactSamplerNeedsNoise() {
    for noise in ["{name: clean}", "{name: gaussian, sigma: 0}"] {
      #expect(
        Samples.problem(of: gaussian(noise: noise))
          == "a.yaml:5: measurement.noise: the sampler 'exact' needs gaussian noise with sigma above 0"
      )
    }
    #expect(Samples.problem(of: gaussian()) == "no error")
    #expect(Samples.problem(of: gaussian(noise: "{name: clean}", sampler: "dps")) == "no error")
  }

  @Test func aVarianceFactorIsNoOption() {
    #expect(
      Samples.problem(of: gaussian() + "  variance_factor: 0.8\n")
        == "a.yaml:12: sampler.variance_factor: unknown key. Allowed here: record, name")
  }

  @Test func theExactSamplerHasNoConditioning() {
    #expect(
      Samples.problem(of: gaussian() + "conditioning: {method: ps}\n")
        == "a.yaml:12: conditioning: the sampler 'exact' has no conditioning")
  }

  @Test(arguments: [
    ("model_mean_type: start_x", "a closed-form prior answers with epsilon only"),
    (
      "model_var_type: learned_range",
      "a closed-form prior learns no variance; use fixed_small or fixed_large"
    ),
  ])
  func aClosedFormPriorHasNoNetworksAnswers(line: String, expected: String) {
    let problem = Samples.problem(of: gaussian(more: "  diffusion:\n    \(line)\n"))
    #expect(problem == "a.yaml:11: prior.diffusion.\(line.prefix { $0 != ":" }): \(expected)")
  }

  @Test(arguments: [
    (
      "{name: inpainting, mask_type: box, mask_len_range: [12, 13]}",
      "a.yaml:4: measurement.operator.mask_len_range: a rectangle 12 high and margins of 16 do not "
        + "fit an image 32 high; length + 2·margin must be below 32"
    ),
    (
      "{name: inpainting, mask_type: extreme, mask_len_range: [8, 13], margin: [9, 10]}",
      "a.yaml:4: measurement.operator.mask_len_range: a rectangle 12 wide and margins of 10 do not "
        + "fit an image 32 wide; length + 2·margin must be below 32"
    ),
    (
      "{name: inpainting, mask_type: random, mask_prob_range: [0, 1], image_size: 256}",
      "a.yaml:4: measurement.operator.image_size: 256, but the images are 32×32"
    ),
    (
      "{name: gaussian_blur, kernel_size: 65, intensity: 3}",
      "a.yaml:4: measurement.operator.kernel_size: 65 is too large to reflect the edges of a 32×32 "
        + "image; at most 63"
    ),
    ("{name: gaussian_blur, kernel_size: 63, intensity: 3}", "no error"),
    ("{name: super_resolution, scale_factor: 16}", "no error"),
    ("{name: inpainting, mask_type: box, mask_len_range: [12, 13], margin: 9}", "no error"),
  ])
  func anOperatorMustFitTheImages(operator: String, expected: String) {
    let lines = Samples.problem(of: gaussian(operator: `operator`)).split(separator: "\n")
    #expect(lines.contains { $0 == expected }, "\(lines)")
  }

  @Test func aScaleFactorMustFitASmallImage() {
    let text = gaussian(operator: "{name: super_resolution, scale_factor: 16}", shape: "[1, 8, 16]")
    #expect(
      Samples.problem(of: text)
        == "a.yaml:4: measurement.operator.scale_factor: 16 is larger than the image (8×16)")
  }

  @Test func theShapeOfMeasurementsMustBeThePriors() {
    let text = gaussian().replacing(
      "images: pictures", with: "measurements: y\n  shape: [1, 32, 32]")
    #expect(
      Samples.problem(of: text)
        == "a.yaml:3: data.shape: [1, 32, 32] does not fit the prior, whose images are [3, 32, 32]")
  }

  @Test func imagesAreCheckedOnceTheirShapeIsKnown() throws {
    let loaded = try Configuration.load(text: Samples.full, name: "a.yaml")
    try loaded.check(imageShape: [1, 32, 32])
    #expect(throws: ConfigurationError.self) { try loaded.check(imageShape: [1, 28, 28]) }
    do {
      try loaded.check(imageShape: [3, 28, 32])
    } catch {
      #expect(
        error.description
          == "a.yaml:17: measurement.operator.image_size: 32, but the images are 28×32")
    }
    let exact = try Configuration.load(text: gaussian(), name: "b.yaml")
    do {
      try exact.check(imageShape: [3, 28, 28])
    } catch {
      #expect(
        error.description
          == "b.yaml:6: prior: describes images [3, 32, 32], but the images are [3, 28, 28]")
    }
    #expect(throws: ConfigurationError.self) { try exact.check(imageShape: [3]) }
  }

  @Test(arguments: [
    ("[3, 32]", "found a list of 2, expected a list of 3, each a whole number from 1 to 65536"),
    (
      "[65536, 65536, 65536]",
      "found '[65536, 65536, 65536]', allowed: [channels, height, width] with at most 268435456 values"
    ),
    ("[0, 1, 1]", "found '0', allowed: a whole number from 1 to 65536"),
  ])
  func aShapeIsBounded(shape: String, expected: String) {
    #expect(
      Samples.problem(of: gaussian(shape: shape)) == "a.yaml:8: prior.shape: \(expected)")
  }

  @Test func aCovarianceThatFillsTheMemoryIsRefused() throws {
    let smooth = gaussian(shape: "[3, 256, 256]").replacing(
      "covariance: 0.5", with: "covariance: {std: 0.5, length: 2}")
    #expect(
      Samples.problem(of: smooth)
        == "a.yaml:9: prior.covariance: images of 196608 values need a matrix of 196608 × 196608; "
        + "up to 16384 values can have one, larger images only a number")
    _ = try Configuration.load(text: gaussian(shape: "[3, 256, 256]"), name: "a.yaml")
  }

  @Test(arguments: [
    ("covariance: 1e20", "9: prior.covariance"),
    ("covariance: {std: 1e20, length: 2}", "9: prior.covariance.std"),
  ])
  func aVarianceBeyondNumbersIsRefused(line: String, place: String) {
    #expect(
      Samples.problem(of: gaussian().replacing("covariance: 0.5", with: line))
        == "a.yaml:\(place): 1e+20 is too large: its square must be a 32-bit number (up to 1.8e19)")
  }

  @Test func aMixtureThatFillsTheMemoryIsRefused() {
    let components = Array(repeating: "{mean: 0, std: 1}", count: 10).joined(separator: ", ")
    let text = gaussian(shape: "[3, 4096, 4096]")
      .replacing("kind: gaussian", with: "kind: gaussian-mixture")
      .replacing("covariance: 0.5", with: "components: [\(components)]")
    #expect(
      Samples.problem(of: text)
        == "a.yaml:9: prior.components: 10 means of images [3, 4096, 4096] are 503316480 values; "
        + "at most 268435456 are taken")
  }

  @Test(arguments: [
    ("0", "found '0', allowed: a number above 0"),
    (
      "matrix.txt",
      "found 'matrix.txt', expected a standard deviation above 0, {std, length} or the name of an "
        + ".npy file"
    ),
    ("{std: 1}", "'length' is missing; give a number above 0"),
  ])
  func aCovarianceMustBeOne(covariance: String, expected: String) {
    let text = gaussian().replacing("covariance: 0.5", with: "covariance: \(covariance)")
    #expect(Samples.problem(of: text) == "a.yaml:9: prior.covariance: \(expected)")
  }

  @Test(arguments: [
    (
      "[]",
      "prior.components: found a list of 0, expected a list of 1 to 1000, each a section of keys"
    ),
    ("[1]", "prior.components: found '1', expected a section of keys"),
    ("[{mean: 1}]", "prior.components[0]: 'std' is missing; give a number above 0"),
    (
      "[{mean: 1, std: 1}, {mean: 1, std: 1, wait: 2}]",
      "prior.components[1].wait: unknown key. Allowed here: weight, mean, std"
    ),
    (
      "[{mean: a.txt, std: 1}]",
      "prior.components[0].mean: found 'a.txt', expected a number or the name of an .npy file"
    ),
    (
      "[{mean: 1, std: 1, weight: 0}]",
      "prior.components[0].weight: found '0', allowed: a number above 0"
    ),
  ])
  func componentsAreChecked(components: String, expected: String) {
    let text = gaussian().replacing("kind: gaussian", with: "kind: gaussian-mixture")
      .replacing("covariance: 0.5", with: "components: \(components)")
    #expect(Samples.problem(of: text) == "a.yaml:9: \(expected)")
  }

  @Test func aCheckOfAnotherRoomNamesTheLine() throws {
    let loaded = try Configuration.load(
      text: Samples.full, name: "a.yaml", overrides: ["run.unit=3"])
    let texts = [
      ("data.images", "a.yaml:9: data.images: bad"), ("data", "a.yaml:8: data: bad"),
      ("prior.diffusion.other", "a.yaml:24: prior.diffusion.other: bad"),
      ("nowhere", "a.yaml: nowhere: bad"), ("run.unit", "--set run.unit=3: run.unit: bad"),
    ]
    for (key, text) in texts { #expect(loaded.error(at: key, "bad").description == text) }
  }
}

@Suite struct ConfigurationPathsTests {
  typealias Samples = ConfigurationSamples

  private func problem(_ text: String) throws -> String {
    let loaded = try Configuration.load(text: text, name: "a.yaml")
    do {
      try loaded.validatePaths()
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func everyMissingInputIsNamed() throws {
    #expect(
      try problem(Samples.minimal) == """
        a.yaml:2: data.images: 'pictures' does not exist; expected a folder of PNG or npy images, or an npy file \
        with a stack of them, relative to the current folder
        a.yaml:8: prior.checkpoint: 'weights.safetensors' does not exist; \
        expected a file of weights (.safetensors or .pt), relative to the current folder
        """)
  }

  @Test func filesAndFoldersAreNotMixedUp() throws {
    let file = #filePath
    let text =
      Samples.minimal.replacing("pictures", with: file)
      .replacing("weights.safetensors", with: "/tmp") + "run: {output: \(file)}\n"
    let lines = try problem(text).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines[0].hasSuffix(
        "is a file; expected a folder of PNG or npy images, or an npy file with a stack of them"))
    #expect(
      lines[1].hasSuffix("'/tmp' is a folder; expected a file of weights (.safetensors or .pt)"))
    #expect(lines[2].hasSuffix("is a file, not a folder; name another"))
  }

  @Test func whatIsThereIsAccepted() throws {
    let folder = try TemporaryFolder()
    let text = Samples.minimal.replacing("pictures", with: folder.path)
      .replacing("weights.safetensors", with: #filePath)
    #expect(try problem(text) == "no error")
  }

  /// The next start would take maps for images, and the one after it the maps of those.
  @Test func resultsAreNotWrittenAmongImages() throws {
    let folder = try TemporaryFolder()
    let images = folder.path + "/images"
    try FileManager.default.createDirectory(
      atPath: images + "/more", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: images + "/more")
    let outputs = [
      ("images", true), ("images/", true), ("images/new/run", true), ("link/run", true),
      ("images/more/../run", true), ("images/.runs/run", false), ("images2", false), ("run", false),
      ("images/../run", false),
    ]
    for (output, isInside) in outputs {
      let text =
        Samples.minimal.replacing("pictures", with: images)
        .replacing("weights.safetensors", with: #filePath)
        + "run: {output: \(folder.path)/\(output)}\n"
      let found = try problem(text)
      #expect(found.contains("run.output") == isInside, "\(output): \(found)")
      #expect(!isInside || found.contains("is in the folder of data.images"), "\(found)")
    }
  }

  @Test func filesOfAClosedFormPriorAreLookedFor() throws {
    let prior = "kind: gaussian\n  shape: [1, 2, 2]\n  mean: no-m.npy\n  covariance: no-c.npy\n"
    let text = Samples.minimal.replacing("images: pictures", with: "measurements: /no-y")
      .replacing("kind: guided-diffusion\n  checkpoint: weights.safetensors\n", with: prior)
    let lines = try problem(text).split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(lines == ["data.measurements:", "prior.mean:", "prior.covariance:"])
  }
}
