import Foundation
import RunFiles

/// Which samples the maps and tables of a run folder are of.
///
/// It stands in `summary.json`, which is deleted before the first map is written and written after
/// the last: where it is, all of them are written. So a run that was killed in between, or maps of
/// fewer samples, cannot pass for finished.
struct ResultsMark: Codable, Equatable {
  let workHash: String
  let coveredSha256: String

  /// The mark of maps of all that is finished.
  init(_ folder: RunDirectory, _ progress: RunProgress) {
    workHash = folder.description.workHash
    coveredSha256 = progress.digest
  }

  /// The mark in the folder; nil if there is none that can be read.
  init?(in folder: RunDirectory) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let data = try? Data(contentsOf: URL(filePath: "\(folder.path)/summary.json")),
      let mark = try? decoder.decode(ResultsMark.self, from: data)
    else { return nil }
    self = mark
  }
}
