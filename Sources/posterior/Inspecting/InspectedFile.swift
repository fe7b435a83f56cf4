import Engine
import RunFiles
import Worker

/// A file, read as what it is.
struct InspectedFile {
  enum Content {
    case weights(Checkpoint, WeightsReport)
    case script(FileKind.Archive)
    case array(StoredArray)
    case arrays(FileKind.Archive)
    case picture(PNGPicture)
  }

  let path: String
  let content: Content
  private let digest: String

  /// - Throws: an error of the reader that names the file and what is wrong with it.
  init(path: String) throws {
    self.path = path
    switch try FileKind(path: path) {
    case .png: content = .picture(try PNGFile.read(path: path))
    case .npy: content = .array(try Npy.read(path: path))
    case .npz(let archive): content = .arrays(archive)
    case .torchScript(let archive): content = .script(archive)
    case .safetensors, .checkpoint:
      let checkpoint = try Checkpoint(path: path)
      content = .weights(checkpoint, WeightsReport(checkpoint))
    }
    digest = try SHA256.hex(ofFile: path)
  }

  /// Why it cannot be used, whatever the configuration says; nil where nothing speaks against it.
  var fault: String? {
    if case .weights(_, let report) = content { return report.fault }
    return nil
  }

  /// What is in it, a line each.
  func lines(listingTensors: Bool) -> [String] {
    var lines = description
    lines.insert("SHA-256: \(digest)", at: 1)
    if listingTensors, case .weights(let checkpoint, _) = content {
      lines += checkpoint.file.order.compactMap { name in
        checkpoint.file.tensors[name].map {
          "\(name)  \($0.shape)  \($0.elementType.rawValue)"
        }
      }
    }
    return lines
  }

  private var description: [String] {
    switch content {
    case .weights(_, let report): report.lines
    case .script(let archive): Self.script(path, archive)
    case .array(let array): Self.array(path, array)
    case .arrays(let archive): Self.arrays(path, archive)
    case .picture(let picture): Self.picture(path, picture)
    }
  }

  // MARK: - Kinds

  private static func script(_ path: String, _ archive: FileKind.Archive) -> [String] {
    let sources = archive.entries.filter { $0.name.hasSuffix(".py") }
    let data = archive.entries.filter { entry in
      ["/data/", "/constants/"].contains { entry.name.contains($0) }
    }
    let bytes = data.reduce(0) { $0 + $1.byteCount }
    return [
      "\(path): TorchScript network, \(data.count) tensors, \(bytes) bytes of weights and constants",
      "program: \(sources.count) source files, \(sources.reduce(0) { $0 + $1.byteCount }) bytes; "
        + "loading it runs what it holds",
      "what it takes and gives is not in the file: prior.predicts, prior.time and prior.scaling say it",
    ]
  }

  private static func array(_ path: String, _ array: StoredArray) -> [String] {
    let values = array.doubles()
    let finite = values.filter(\.isFinite)
    var lines = ["\(path): npy array \(array.shape), type \(array.elementType.rawValue)"]
    if let low = finite.min(), let high = finite.max() {
      lines.append(
        "values from \(low) to \(high), \(values.count - finite.count) not finite")
    }
    return lines
  }

  private static func arrays(_ path: String, _ archive: FileKind.Archive) -> [String] {
    ["\(path): npz archive of \(archive.entries.count) arrays"]
      + archive.entries.map {
        "\($0.name.dropLast(4)): \($0.byteCount) bytes in the file"
      }
  }

  private static func picture(_ path: String, _ picture: PNGPicture) -> [String] {
    let low = picture.values.min() ?? 0
    let high = picture.values.max() ?? 0
    return [
      "\(path): PNG picture [\(picture.channels), \(picture.height), \(picture.width)], "
        + "\(picture.bitDepth) bits" + (picture.droppedAlpha ? ", transparency left out" : ""),
      "values from \(low) to \(high)",
    ]
  }
}
