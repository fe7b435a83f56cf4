import Foundation
import Testing

@testable import RunFiles

@Suite struct ShippedConfigurationsTests {
  typealias Samples = ConfigurationSamples

  @Test func theyAreAllThere() {
    let names = Samples.shipped.map { URL(filePath: $0).lastPathComponent }
    #expect(
      names == [
        "ffhq256-inpainting.yaml", "gaussian-deblur.yaml", "gaussian-proof.yaml", "quickstart.yaml",
        "random-inpainting.yaml", "super-resolution.yaml",
      ])
  }

  @Test(arguments: Samples.shipped)
  func eachIsReadWithoutANotice(path: String) throws {
    let loaded = try Configuration.load(path: path)
    #expect(loaded.notices.isEmpty)
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    #expect(loaded.configuration.run.output == "runs/\(name)")
  }

  @Test(arguments: Samples.shipped)
  func eachFitsTheImagesItNames(path: String) throws {
    let size = path.contains("ffhq256") ? 256 : 32
    try Configuration.load(path: path).check(imageShape: [3, size, size])
  }

  @Test(arguments: Samples.shipped)
  func everyLineWithAKeyOfANewKindHasAComment(path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("# "))
    #expect(text.contains("posterior run configs/\(URL(filePath: path).lastPathComponent)"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func theQuickstartIsTheDesigns() throws {
    let path = try #require(Samples.shipped.first { $0.hasSuffix("quickstart.yaml") })
    let configuration = try Configuration.load(path: path).configuration
    let box = Configuration.Inpainting.Box(lengths: 12..<13, verticalMargin: 4, horizontalMargin: 4)
    #expect(
      configuration.run == .init(seed: 0, samples: 16, unit: .fixed(8), output: "runs/quickstart"))
    #expect(
      configuration.data
        == .init(source: .images(folder: "data/fashion"), range: IndexSelection([0...7])))
    #expect(
      configuration.measurement
        == .init(
          operator: .inpainting(.init(mask: .box(box), imageSize: 32)),
          noise: .gaussian(sigma: 0.05)))
    #expect(configuration.sampler == .dps(.init(scale: 1, respacing: .sections([100]))))
    #expect(configuration.compute == .init())
    #expect(configuration.statistics == .init())
  }

  // MARK: - Published systems

  @Test func everyPublishedTaskHasAFile() {
    let systems = Dictionary(grouping: Samples.published) { String($0.split(separator: "/")[0]) }
    #expect(
      systems.mapValues(\.count) == [
        "ald": 4, "daps-ffhq256": 8, "daps-imagenet256": 8, "dps": 6, "ud2m": 8,
      ])
  }

  @Test(arguments: Samples.published)
  func eachPublishedOneIsRead(name: String) throws {
    let path = Samples.package.appending(path: "configs/\(name)").path
    let loaded = try Configuration.load(path: path)
    #expect(loaded.notices.isEmpty)
    #expect(loaded.configuration.run.output == "runs/\(name.dropLast(".yaml".count))")
    try loaded.check(imageShape: [3, 256, 256])
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("posterior run configs/\(name)"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  /// Failures of phase retrieval show only by comparing samples, and only those that are kept.
  @Test(arguments: Samples.published.filter { $0.hasSuffix("phase-retrieval.yaml") })
  func phaseRetrievalComparesAllSamples(name: String) throws {
    let path = Samples.package.appending(path: "configs/\(name)").path
    let configuration = try Configuration.load(path: path).configuration
    #expect(configuration.statistics.keepSamples == configuration.run.samples)
  }
}
