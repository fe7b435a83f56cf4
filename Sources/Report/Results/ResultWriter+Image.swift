import RunFiles

/// What is left to do of an image when its own files are written.
struct WrittenImage: Sendable {
  /// Its rows.
  let tables: ResultTables
  /// Its page of the report; nil without good samples.
  let entry: ImageEntry?
}

// MARK: - Files of one image

extension ResultWriter {
  /// Writes what there is of one image alone.
  func write(_ part: Part, _ look: CommonLook) throws -> WrittenImage {
    var tables = ResultTables(quantiles: quantiles)
    guard part.statistics.count > 0 else {
      tables.addEmpty(part)
      return WrittenImage(tables: tables, entry: nil)
    }
    let result = try result(of: part)
    try write(result, look.limits)
    try tables.add(
      result, interval: intervalNames, isOnOverview: look.overview.contains(part.image))
    let entry = try ImageEntry(
      result, interval: intervalNames, budget: look.budget, limits: look.limits,
      linksPictures: writesPictures)
    return WrittenImage(tables: tables, entry: entry)
  }

  func result(of part: Part) throws -> ImageResult {
    try ImageResult(
      part, scene: scene(part), quantiles: quantiles, scaling: scaling)
  }

  /// Writes maps, pictures and kept samples of an image.
  private func write(_ result: ImageResult, _ limits: ReportLimits) throws {
    var folder = try MapFolder(of: result.part.image, in: directory)
    for (name, values) in result.maps {
      let array = StoredArray(values, shape: result.part.shape)
      try folder.write(Npy.encode(array), as: "\(name).npy")
      let style = limits.style(of: ImageResult.kind(of: name))
      try picture(result.image(name), name, style, of: result, to: &folder)
    }
    try writeScene(result, &folder)
    for (index, values) in result.shownSamples {
      let image = try FloatImage(values, shape: result.part.shape)
      let name = ImageResult.name(ofSample: index)
      try picture(image, name, title: "sample \(index)", .picture, of: result, to: &folder)
    }
    try folder.removeOthers()
    if savesSamples { try writeSamples(result.part) }
  }

  private func writeScene(_ result: ImageResult, _ folder: inout MapFolder) throws {
    if let measurement = result.scene.measurement {
      let image = try FloatImage(measurement.values, shape: measurement.shape)
      try picture(image, "measurement", .picture, of: result, to: &folder)
    }
    for (name, array) in result.scene.arrays {
      try folder.write(Npy.encode(array), as: "\(name).npy")
    }
    if let truth = result.scene.truth {
      let image = try FloatImage(truth, shape: result.part.shape)
      try picture(image, "truth", .picture, of: result, to: &folder)
    }
  }

  private func picture(
    _ image: FloatImage, _ name: String, title: String? = nil, _ style: MapPicture.Style,
    of result: ImageResult, to folder: inout MapFolder
  ) throws {
    guard writesPictures else { return }
    let picture = try MapPicture(
      title: "\(result.part.image.name): \(title ?? name)", style: style)
    try folder.write(PNGFile.encode(picture.render(image)), as: "\(name).png")
  }

  private func writeSamples(_ part: Part) throws {
    let path = directory.samplesPath(of: part.image)
    try directory.makeFolder(of: path)
    let values = part.kept.sorted { $0.key < $1.key }.flatMap(\.value)
    let array = StoredArray(values, shape: [part.kept.count] + part.shape)
    try AtomicFile.write(Npy.encode(array), to: path)
  }
}
