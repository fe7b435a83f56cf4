/// What can be wrong in the zip archive around a PyTorch checkpoint.
public enum ZipProblem: Error, Equatable, CustomStringConvertible {
  /// The archive has no end record: it is cut short or no zip archive.
  case noDirectory
  /// The archive spans several files.
  case severalVolumes
  /// The directory or an entry claims bytes that the file does not have, or is not what it says.
  case damaged(String)
  /// The archive lists more entries than are accepted.
  case tooManyEntries
  /// The name of an entry is not UTF-8, or occurs twice.
  case name(String)
  /// An entry is compressed or encrypted.
  case encoded(String)
  /// Two entries share bytes.
  case overlap(String, String)

  public var description: String {
    switch self {
    case .noDirectory: "the directory at its end is missing; was the copy or download cut short?"
    case .severalVolumes: "it is split over several files"
    case .damaged(let what): "\(what) is damaged; was the copy or download cut short?"
    case .tooManyEntries: "it lists more than \(ZipArchive.entryLimit) entries"
    case .name(let name): "the name of entry `\(name)` is not valid or occurs twice"
    case .encoded(let name):
      "entry `\(name)` is compressed or encrypted; save it with torch.save, which does neither"
    case .overlap(let first, let second): "entries `\(first)` and `\(second)` overlap"
    }
  }
}
