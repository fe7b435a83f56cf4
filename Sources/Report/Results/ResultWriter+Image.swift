import RunFiles

// MARK: - Files of one image

extension ResultWriter {
  /// Writes maps, pictures and kept samples of an image.
  func write(_ result: ImageResult, _ limits: ReportLimits) throws {
    let folder = directory.mapsPath(of: result.part.image)
    try directory.makeFolder(of: "\(folder)/mean.npy")
    for (name, values) in result.maps {
      let array = StoredArray(values, shape: result.part.shape)
      try AtomicFile.write(Npy.encode(array), to: "\(folder)/\(name).npy")
      let style = limits.style(of: ImageResult.kind(of: name))
      try picture(result.image(name), name, style, of: result, to: "\(folder)/\(name).png")
    }
    try writeScene(result, folder)
    for (index, values) in result.shownSamples {
      let image = try FloatImage(values, shape: result.part.shape)
      let path = "\(folder)/\(ImageResult.name(ofSample: index)).png"
      try picture(image, "sample \(index)", .picture, of: result, to: path)
    }
    if savesSamples { try writeSamples(result.part) }
  }

  private func writeScene(_ result: ImageResult, _ folder: String) throws {
    if let measurement = result.scene.measurement {
      let image = try FloatImage(measurement.values, shape: measurement.shape)
      try picture(image, "measurement", .picture, of: result, to: "\(folder)/measurement.png")
    }
    if let truth = result.scene.truth {
      let image = try FloatImage(truth, shape: result.part.shape)
      try picture(image, "truth", .picture, of: result, to: "\(folder)/truth.png")
    }
  }

  private func picture(
    _ image: FloatImage, _ title: String, _ style: MapPicture.Style, of result: ImageResult,
    to path: String
  ) throws {
    let picture = try MapPicture(title: "\(result.part.image.name): \(title)", style: style)
    try AtomicFile.write(PNGFile.encode(picture.render(image)), to: path)
  }

  private func writeSamples(_ part: Part) throws {
    let path = directory.samplesPath(of: part.image)
    try directory.makeFolder(of: path)
    let values = part.kept.sorted { $0.key < $1.key }.flatMap(\.value)
    let array = StoredArray(values, shape: [part.kept.count] + part.shape)
    try AtomicFile.write(Npy.encode(array), to: path)
  }
}
