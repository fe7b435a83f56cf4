import Foundation
import RunFiles

/// The folder of an image's maps and pictures while they are written.
struct MapFolder {
  private let path: String
  private var written: Set<String> = []

  init(of image: ImageID, in directory: RunDirectory) throws {
    path = directory.mapsPath(of: image)
    try directory.makeFolder(of: "\(path)/mean.npy")
  }

  mutating func write(_ bytes: [UInt8], as name: String) throws {
    try AtomicFile.write(bytes, to: "\(path)/\(name)")
    written.insert(name)
  }

  /// Deletes maps and pictures of samples that were not written now, such as those of other quantiles: they are
  /// of an earlier state of the run.
  ///
  /// Measurement and truth are the same in every state; the data folder may be gone. What killed writers have left
  /// goes too.
  func removeOthers() throws {
    try RunDirectory.removeAbandonedFiles(in: path)
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    for name in names where !written.contains(name) && Self.isOfSamples(name) {
      try AtomicFile.remove("\(path)/\(name)")
    }
  }

  private static func isOfSamples(_ name: String) -> Bool {
    name.wholeMatch(
      of: #/(mean|std|mcse|min|max|width|lower|upper|q\d+|sample-\d+)\.(npy|png)/#
    ) != nil
  }

  /// The images that have a mean map in a run folder.
  static func images(in directory: RunDirectory) -> Set<String> {
    let maps = FileManager.default.enumerator(atPath: "\(directory.path)/maps")
    let files = maps?.compactMap { $0 as? String } ?? []
    let means = files.filter { PathName.name(of: $0) == "mean.npy" }
    return Set(means.map(PathName.folder))
  }
}
