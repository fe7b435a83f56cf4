/// What is finished of one image, and which files say so.
public struct ImageProgress: Sendable {
  /// The image.
  public let image: ImageID
  /// The parts that count; their samples are disjoint.
  public private(set) var accepted: [PartEntry] = []
  /// Parts that share samples with an accepted one and are set aside, though they hold others too;
  /// the others count as missing.
  public private(set) var overlapping: [PartEntry] = []
  /// Parts all of whose samples are in one accepted part: left over from a joining that was cut
  /// short, or done twice.
  public private(set) var redundant: [PartEntry] = []
  /// The samples of the accepted parts.
  public private(set) var covered = SampleRanges()

  /// The progress that some parts of `image` amount to.
  ///
  /// The larger part wins, then the smaller name, whatever the order given.
  public init(image: ImageID, parts: some Sequence<PartEntry>) {
    self.image = image
    for part in parts.sorted(by: PartEntry.hasPriority) { add(part) }
  }

  /// Number of failed samples in the accepted parts.
  public var failedCount: Int { accepted.reduce(0) { $0 + $1.header.failedCount } }

  private mutating func add(_ part: PartEntry) {
    if part.header.samples.isDisjoint(with: covered) {
      accepted.append(part)
      covered = covered.union(part.header.samples)
    } else if accepted.contains(where: { $0.header.samples.isSuperset(of: part.header.samples) }) {
      redundant.append(part)
    } else {
      overlapping.append(part)
    }
  }
}

/// What is finished of a run: the content of its `parts/` folder.
public struct RunProgress: Sendable {
  /// The progress of every image that has a part.
  public let images: [ImageID: ImageProgress]
  /// Files that are not parts of this run, by name.
  public let ignored: [IgnoredFile]

  /// The progress that the given parts amount to.
  public init(parts: some Sequence<PartEntry>, ignored: [IgnoredFile] = []) {
    images = Dictionary(grouping: parts) { $0.header.image }
      .reduce(into: [:]) { $0[$1.key] = ImageProgress(image: $1.key, parts: $1.value) }
    self.ignored = ignored.sorted { $0.name < $1.name }
  }

  /// The finished samples of `image`.
  public func covered(_ image: ImageID) -> SampleRanges { images[image]?.covered ?? SampleRanges() }

  /// Parts set aside because they share samples with others, by name.
  public var overlapping: [PartEntry] {
    images.values.flatMap(\.overlapping).sorted { $0.name < $1.name }
  }

  /// Number of failed samples in all accepted parts.
  public var failedCount: Int { images.values.reduce(0) { $0 + $1.failedCount } }
}
