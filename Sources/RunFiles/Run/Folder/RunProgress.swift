/// What is finished of one image, and which files say so.
public struct ImageProgress: Sendable {
  /// The image.
  public let image: ImageID
  /// The parts that count: their samples are disjoint, and no other disjoint ones cover more.
  public let accepted: [PartEntry]
  /// Parts that share samples with an accepted one and are set aside, though they hold others too;
  /// the others count as missing.
  public let overlapping: [PartEntry]
  /// Parts all of whose samples are in one accepted part: left over from a joining that was cut
  /// short, or done twice.
  public let redundant: [PartEntry]
  /// Parts of other files of the same name than the accepted ones.
  public let foreign: [PartEntry]
  /// The samples of the accepted parts.
  public let covered: SampleRanges

  /// The progress that some parts of `image` amount to, whatever their order.
  ///
  /// Of up to 128 parts that hang together by shared samples, the best choice is found; so one more
  /// part never lowers the number of covered samples, and deleting redundant ones neither. Of more,
  /// the best choice that a bounded search finds counts. Of parts of several files those of the file with most
  /// samples count.
  public init(image: ImageID, parts: some Sequence<PartEntry>) {
    self.image = image
    let (parts, foreign) = Self.ofOneFile(Array(parts))
    self.foreign = foreign
    let selection = PartSelection(parts)
    (accepted, overlapping) = (selection.accepted, selection.overlapping)
    redundant = selection.redundant
    covered = SampleRanges(accepted.flatMap(\.header.samples.ranges))
  }

  private static func ofOneFile(
    _ parts: [PartEntry]
  ) -> (chosen: [PartEntry], others: [PartEntry]) {
    func claim(_ parts: [PartEntry]) -> (Int, String) {
      let samples = SampleRanges(parts.flatMap(\.header.samples.ranges))
      return (samples.count, parts[0].header.inputDigest ?? "")
    }
    guard let first = parts.first,
      parts.contains(where: { $0.header.inputDigest != first.header.inputDigest })
    else { return (parts, []) }
    let files = Dictionary(grouping: parts, by: \.header.inputDigest)
    let chosen = files.values.max { claim($0) < claim($1) } ?? parts
    return (chosen, parts.filter { $0.header.inputDigest != chosen[0].header.inputDigest })
  }

  /// Number of failed samples in the accepted parts.
  public var failedCount: Int { accepted.reduce(0) { $0 + $1.header.failedCount } }
}

/// What is finished of a run: the content of its `parts/` folder.
public struct RunProgress: Sendable {
  /// The progress of every image that has a part.
  public let images: [ImageID: ImageProgress]
  /// Files that are not parts of this run, by name.
  public let ignored: [IgnoredFile]
  /// Images whose finished samples are the first ones and precise enough, so that they need no more;
  /// empty until ``RunDirectory/judged(_:by:)`` has looked.
  public private(set) var precise: Set<ImageID> = []

  /// The progress that the given parts amount to.
  public init(parts: some Sequence<PartEntry>, ignored: [IgnoredFile] = []) {
    images = Dictionary(grouping: parts) { $0.header.image }
      .reduce(into: [:]) { $0[$1.key] = ImageProgress(image: $1.key, parts: $1.value) }
    self.ignored = ignored.sorted { $0.name < $1.name }
  }

  private init(images: [ImageID: ImageProgress], ignored: [IgnoredFile]) {
    (self.images, self.ignored) = (images, ignored)
  }

  /// The same with these images noted as precise enough.
  func noting(precise: Set<ImageID>) -> RunProgress {
    var copy = self
    copy.precise = precise
    return copy
  }

  /// The same with other progress of some images, of which none is known to be precise.
  func replacing(_ changed: [ImageProgress]) -> RunProgress {
    RunProgress(
      images: changed.reduce(into: images) { $0[$1.image] = $1 }, ignored: ignored)
  }

  /// The finished samples of `image`.
  public func covered(_ image: ImageID) -> SampleRanges { images[image]?.covered ?? SampleRanges() }

  /// SHA-256 of what is finished, in hexadecimal: of a line `NAME<TAB>SAMPLES` for each image, by
  /// name. The files it is kept in do not matter.
  public var digest: String {
    let lines = images.values.filter { !$0.covered.isEmpty }.sorted { $0.image < $1.image }.map {
      "\($0.image.name)\t\($0.covered)\n"
    }
    return SHA256.hex(of: Array(lines.joined().utf8))
  }

  /// Parts set aside because they share samples with others, by name.
  public var overlapping: [PartEntry] {
    images.values.flatMap(\.overlapping).sorted { $0.name < $1.name }
  }

  /// Parts set aside because they are of other files of the same name, by name.
  public var foreign: [PartEntry] {
    images.values.flatMap(\.foreign).sorted { $0.name < $1.name }
  }

  /// Number of failed samples in all accepted parts.
  public var failedCount: Int { images.values.reduce(0) { $0 + $1.failedCount } }
}
