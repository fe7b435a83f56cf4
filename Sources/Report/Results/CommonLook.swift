import RunFiles

/// What the pictures of each image take from all images together.
struct CommonLook: Sendable {
  /// The limits of colours.
  let limits: ReportLimits
  /// The bytes of an image's pictures in the report.
  let budget: PictureBudget
  /// The images of the overview: the first with good samples.
  let overview: Set<ImageID>

  /// Looks at all images.
  ///
  /// - Parameter part: the samples of an image; nil if there are none.
  init(
    of images: [ImageID], _ work: OrderedWork, part: @Sendable (ImageID) throws -> Part?
  ) throws {
    var limit = StdColorLimit()
    var overview: Set<ImageID> = []
    try work.run(images) { image in
      guard let part = try part(image), part.statistics.count > 0 else { return nil }
      return (image, try StdColorLimit(of: part))
    } take: { (found: (image: ImageID, limit: StdColorLimit)?) in
      guard let found else { return }
      limit.add(found.limit)
      if overview.count < OverviewPicture.maximumRows { overview.insert(found.image) }
    }
    limits = ReportLimits(std: limit.limit)
    budget = PictureBudget(images: images.count)
    self.overview = overview
  }
}

extension StdColorLimit {
  /// The limit of one image; a single sample has no std.
  fileprivate init(of part: Part) throws {
    self.init()
    guard part.statistics.count > 1 else { return }
    add(try FloatImage(part.statistics.standardDeviation(), shape: part.shape))
  }
}
