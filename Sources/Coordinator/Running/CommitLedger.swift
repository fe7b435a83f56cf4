import RunFiles

/// Which part files make up each image while a run goes on.
///
/// Files of this process are joined at any time; those of others only into a part that holds all
/// samples of the image, since then two processes that do it at once write the same and nothing
/// gets lost.
struct CommitLedger {
  private struct ImageFiles {
    /// Parts of earlier runs and other processes that count.
    var others: [PartEntry] = []
    /// Parts of this process.
    var own: [PartEntry] = []
    /// Files that are in the way of nothing; most will be contained in the complete part.
    var leftovers: [PartEntry] = []
    /// All samples the image is to have, as far as that is known.
    var wanted: SampleRanges
    /// What this run has to draw of them.
    var work: SampleRanges
    /// One file holds all samples.
    var isWhole = false

    var covered: SampleRanges {
      SampleRanges((others + own).flatMap(\.header.samples.ranges))
    }
  }

  /// So many files of this process may lie about before they are joined.
  private static let ownLimit = 16
  private let directory: RunDirectory
  private let goal: SampleGoal
  private var images: [ImageID: ImageFiles] = [:]

  init(_ run: OpenedRun, work: [RemainingWork]) {
    directory = run.directory
    goal = run.plan.goal
    for item in work {
      let progress = run.progress.images[item.image]
      let target = goal.target(
        after: progress?.covered ?? SampleRanges(),
        isPrecise: run.progress.precise.contains(item.image))
      images[item.image] = ImageFiles(
        others: progress?.accepted ?? [],
        leftovers: (progress?.overlapping ?? []) + (progress?.redundant ?? []),
        wanted: SampleRanges(0..<target), work: item.samples)
    }
  }

  /// Notes a file that has been written, and joins files where it is time to.
  ///
  /// - Returns: what follows if all samples the image was to have are there now; of a whole image
  ///   nothing is kept.
  mutating func add(_ entry: PartEntry) throws -> ImageAdvance? {
    let image = entry.header.image
    guard var files = images[image] else { return nil }
    files.own.append(entry)
    defer { images[image] = files.isWhole ? nil : files }
    if files.covered.isSuperset(of: files.wanted) { return try complete(image, &files) }
    if files.own.count >= Self.ownLimit
      || files.own.count > 1 && files.covered.isSuperset(of: files.work)
    {
      try joinOwn(&files)
    }
    return nil
  }

  /// Joins the files of this process.
  ///
  /// A copy of this run or a merge may have put some of them into a larger part meanwhile and have
  /// deleted them; then those that are left stay as they are.
  private func joinOwn(_ files: inout ImageFiles) throws {
    do {
      if let joined = try directory.join(files.own)?.entry { files.own = [joined] }
    } catch let error as FileError where error.isMissingFile {
      files.own = files.own.filter(directory.has)
    }
  }

  private func complete(_ image: ImageID, _ files: inout ImageFiles) throws -> ImageAdvance? {
    guard let (joined, target) = try joinAll(image, files) else { return nil }
    let samples = joined.header.samples
    let contained = files.leftovers.filter { samples.isSuperset(of: $0.header.samples) }
    directory.discard(contained)
    files.wanted = SampleRanges(0..<target)
    files.work = files.wanted.subtracting(samples)
    if files.work.isEmpty {
      files.isWhole = true
      return .whole(joined)
    }
    (files.others, files.own) = ([joined], [])
    files.leftovers.removeAll { contained.contains($0) }
    return .more(files.work)
  }

  /// Joins all files of an image; if another process has joined some of them meanwhile, those that
  /// are there now. Files that come and go all the time are left to whoever looks next.
  ///
  /// - Returns: the joined file, and how many samples the image is to have after it.
  private func joinAll(
    _ image: ImageID, _ files: ImageFiles
  ) throws -> (entry: PartEntry, target: Int)? {
    var entries = files.others + files.own
    for _ in 0..<10 {
      do {
        return try join(entries)
      } catch let error as FileError where error.isMissingFile {
        let progress = try directory.progress(of: image)
        guard progress.covered.isSuperset(of: files.wanted) else { return nil }
        entries = progress.accepted
      }
    }
    return nil
  }

  private func join(_ entries: [PartEntry]) throws -> (entry: PartEntry, target: Int)? {
    // A part that is alone is whole, and need not be read unless something depends on it.
    if entries.count == 1, !goal.isOpen(entries[0].header.samples) {
      return (entries[0], goal.target(after: entries[0].header.samples, isPrecise: false))
    }
    return try directory.join(entries).map { ($0.entry, goal.target(after: $0.part)) }
  }
}

/// What follows when all samples are there that an image was to have so far.
enum ImageAdvance: Hashable, Sendable {
  /// They are enough; this file holds them.
  case whole(PartEntry)
  /// They are not precise enough: these are wanted too.
  case more(SampleRanges)

  /// The file of an image that has enough.
  var whole: PartEntry? {
    if case .whole(let entry) = self { entry } else { nil }
  }
}
