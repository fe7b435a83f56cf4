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
    /// What this run has to draw.
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
  private let wanted: SampleRanges
  private var images: [ImageID: ImageFiles] = [:]

  init(_ run: OpenedRun, work: [RemainingWork]) {
    directory = run.directory
    wanted = SampleRanges(0..<run.plan.grid.samples)
    for item in work {
      let progress = run.progress.images[item.image]
      images[item.image] = ImageFiles(
        others: progress?.accepted ?? [],
        leftovers: (progress?.overlapping ?? []) + (progress?.redundant ?? []),
        work: item.samples)
    }
  }

  /// Notes a file that has been written, and joins files where it is time to.
  ///
  /// - Returns: the file that holds the whole image if it is complete now; nothing is kept of it
  ///   then.
  mutating func add(_ entry: PartEntry) throws -> PartEntry? {
    let image = entry.header.image
    guard var files = images[image] else { return nil }
    files.own.append(entry)
    defer { images[image] = files.isWhole ? nil : files }
    if files.covered.isSuperset(of: wanted) { return try complete(image, &files) }
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

  private func complete(_ image: ImageID, _ files: inout ImageFiles) throws -> PartEntry? {
    guard let whole = try joinAll(image, files.others + files.own) else { return nil }
    directory.discard(
      files.leftovers.filter { whole.header.samples.isSuperset(of: $0.header.samples) })
    files.isWhole = true
    return whole
  }

  /// Joins all files of an image; if another process has joined some of them meanwhile, those that
  /// are there now. Files that come and go all the time are left to whoever looks next.
  private func joinAll(_ image: ImageID, _ entries: [PartEntry]) throws -> PartEntry? {
    // A part that is alone is whole, and need not be read.
    if entries.count == 1 { return entries[0] }
    var entries = entries
    for _ in 0..<10 {
      do {
        return try directory.join(entries)?.entry
      } catch let error as FileError where error.isMissingFile {
        let progress = try directory.progress(of: image)
        guard progress.covered.isSuperset(of: wanted) else { return nil }
        entries = progress.accepted
      }
    }
    return nil
  }
}
