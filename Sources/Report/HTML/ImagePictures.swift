/// The pictures of an image in the order of its page.
struct ImagePictures {
  private(set) var list: [ReportPicture] = []
  private let result: ImageResult

  /// - Parameter interval: names of the two outermost quantile maps.
  init(_ result: ImageResult, interval: (lower: String, upper: String)?) throws {
    self.result = result
    try addScene()
    try addMap("mean", "Posterior", .picture, rank: 0)
    try addMap("std", "Posterior", .std, rank: 1)
    try addError()
    try addIntervals(interval)
    try addSamples()
    for strip in try result.componentStrips() { add(strip) }
  }

  private mutating func addScene() throws {
    let (group, scene) = ("Measurement and truth", result.scene)
    if let measurement = scene.measurement {
      let image = try FloatImage(measurement.values, shape: measurement.shape)
      let hasArray = scene.arrays.contains { $0.name == "measurement" }
      add(
        group, "measurement", image, .picture, file: "measurement", hasArray: hasArray, rank: 2)
    }
    if let truth = scene.truth {
      let image = try FloatImage(truth, shape: result.part.shape)
      add(group, "truth", image, .picture, file: "truth", rank: 3)
    }
  }

  private mutating func addError() throws {
    guard let truth = result.scene.truth,
      let error = try result.image("mean").absoluteDifference(
        to: FloatImage(truth, shape: result.part.shape))
    else { return }
    add("Posterior", "|mean − truth|", error, .std, file: nil, rank: 4)
  }

  private mutating func addIntervals(_ interval: (lower: String, upper: String)?) throws {
    for name in ["lower", "upper"] where result.has(name) {
      try addMap(name, "Calibrated interval", .picture, rank: 5)
    }
    for name in result.maps.map(\.name) where name.hasPrefix("q") {
      let isOuter = name == interval?.lower || name == interval?.upper
      try addMap(name, "Quantiles of the samples", .picture, rank: isOuter ? 6 : 10)
    }
    for (name, kind) in [("width", ReportPicture.Kind.width), ("min", .picture), ("max", .picture)]
    where result.has(name) {
      try addMap(name, "Quantiles of the samples", kind, rank: name == "width" ? 7 : 12)
    }
  }

  private mutating func addSamples() throws {
    for (place, sample) in result.shownSamples.enumerated() {
      let image = try FloatImage(sample.values, shape: result.part.shape)
      add(
        "Samples", "sample \(sample.index)", image, .picture,
        file: ImageResult.name(ofSample: sample.index), rank: place < 2 ? 8 : 11)
    }
  }

  private mutating func add(_ strip: PictureStrip) {
    for (index, image) in strip.images.enumerated() {
      add(strip.title, "\(index + 1)", image, .picture, file: nil, rank: 9)
    }
  }

  private mutating func addMap(
    _ name: String, _ group: String, _ kind: ReportPicture.Kind, rank: Int
  ) throws {
    add(group, name, try result.image(name), kind, file: name, hasArray: true, rank: rank)
  }

  private mutating func add(
    _ group: String, _ title: String, _ image: FloatImage, _ kind: ReportPicture.Kind,
    file: String?, hasArray: Bool = false, rank: Int
  ) {
    list.append(
      ReportPicture(
        group: group, title: title, image: image, kind: kind, file: file, hasArray: hasArray,
        rank: rank))
  }
}
