import Foundation

extension RunDirectory {
  /// Joins parts of one image with disjoint samples into one file and deletes the files it
  /// replaces.
  ///
  /// The new file is durable before an old one is deleted, so a crash leaves at worst redundant
  /// files. Join other processes' parts only into a part that holds all samples of the image: two
  /// processes that do so at once then write the same part twice, and neither deletes what the
  /// other lacks.
  /// - Returns: the new file and what it holds; for a single part, this part.
  /// - Throws: `FileError`, ``RunDirectoryError``; the old files are still there then.
  public func join(_ entries: [PartEntry]) throws -> (entry: PartEntry, part: Part)? {
    guard let part = try sum(entries), let first = entries.first else { return nil }
    if entries.count == 1 { return (first, part) }
    let joined = try commit(part)
    discard(entries)
    return (joined, part)
  }

  /// Joins the parts of every image that has all of the samples 0..<`samples`, and deletes
  /// redundant files.
  ///
  /// - Returns: the progress afterwards.
  /// - Throws: `FileError`, ``RunDirectoryError``.
  public func tidy(_ progress: RunProgress, samples: Int) throws -> RunProgress {
    try tidy(progress, SampleGoal(grid: UnitGrid(unit: 1, samples: samples)))
  }

  /// Joins the parts of every image that lacks nothing up to a size of the goal, and deletes
  /// redundant files and those that killed processes have left.
  ///
  /// - Returns: the progress afterwards.
  /// - Throws: `FileError`, ``RunDirectoryError``.
  public func tidy(_ progress: RunProgress, _ goal: SampleGoal) throws -> RunProgress {
    try Self.removeAbandonedFiles(in: partsPath)
    removeRedundant(progress)
    let complete = progress.images.values.filter {
      $0.accepted.count > 1 && goal.isWhole($0.covered)
    }
    var tidied: [ImageProgress] = []
    for image in complete {
      guard let whole = try joinUnlessVanished(image.accepted) else { continue }
      tidied.append(ImageProgress(image: image.image, parts: [whole] + image.overlapping))
    }
    // What another process has joined at the same time must be looked up.
    return tidied.count == complete.count
      ? progress.replacing(tidied) : try scan(verify: .header)
  }

  /// Deletes files all of whose samples are in one accepted part.
  public func removeRedundant(_ progress: RunProgress) {
    discard(progress.images.values.flatMap(\.redundant))
  }

  /// Deletes files; only those whose samples are all in one part that is durable.
  public func discard(_ entries: [PartEntry]) {
    for entry in entries { FolderCalls.discard("\(partsPath)/\(entry.name)") }
  }

  /// Joins parts; nil if another process is joining the same ones.
  private func joinUnlessVanished(_ entries: [PartEntry]) throws -> PartEntry? {
    do {
      return try join(entries)?.entry
    } catch let error as FileError where error.isMissingFile {
      return nil
    }
  }
}

// MARK: - What killed processes leave

extension RunDirectory {
  /// Deletes temporary files in a folder, but not in those within, that processes left behind when they were
  /// killed.
  ///
  /// A live writer must find its file: only those go that are older than an hour, of a process of this machine that
  /// is gone, or older than a day.
  public static func removeAbandonedFiles(in folder: String) throws(FileError) {
    for name in try FolderCalls.names(in: folder) where AtomicFile.isTemporary(name) {
      let file = "\(folder)/\(name)"
      let age = age(of: file)
      if age > 86400 || age > 3600 && isOfDeadProcess(name) { FolderCalls.discard(file) }
    }
  }

  /// Does the same beside the kept samples of images.
  public func removeAbandonedSamples(of images: [ImageID]) throws(FileError) {
    let folders = Set(images.map { PathName.folder(of: samplesPath(of: $0)) })
    for folder in folders where FolderCalls.isFolder(folder) {
      try Self.removeAbandonedFiles(in: folder)
    }
  }

  private static func isOfDeadProcess(_ name: String) -> Bool {
    guard let mark = name.range(of: ".tmp.\(HostName.forTemporaryFiles).") else { return false }
    let process = name[mark.upperBound...].split(separator: ".").first.flatMap { pid_t($0) }
    return process.map { $0 > 0 && kill($0, 0) == -1 && errno == ESRCH } ?? false
  }

  /// Seconds since the file was written; 0 if that is not known.
  private static func age(of path: String) -> Double {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    return Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
  }
}
