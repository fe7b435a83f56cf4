import Statistics

/// The file format of a ``Part``: one safetensors file that proves it is whole.
///
/// Metadata (all text): `format` = `posterior-part`, `version` = `3`, `program`, `work_hash`,
/// `image`, `shape` ("1,32,32"), `input_sha256` (of the image's file, if there is one), `samples` ("0-7,16-23"), `failed` (their number), `quantities` ("norm,sleeve"),
/// `content_sha256`, `header_sha256`. Tensors: `statistics/…` as ``ImageStatistics/arrays``; a
/// column a field of the records, `records/…` [n]; and `kept/index` [k], `kept/values` [k, C, H,
/// W]. `content_sha256` is the SHA-256 of the lines `NAME SHA256`, one a tensor, by name;
/// `header_sha256` covers the rest of the metadata and the tensors' types and shapes, so that a
/// header can be trusted without reading the content.
public enum PartFile {
  static let format = "posterior-part"
  static let version = "3"

  enum Key {
    static let format = "format"
    static let version = "version"
    static let program = "program"
    static let workHash = "work_hash"
    static let image = "image"
    static let shape = "shape"
    static let inputDigest = "input_sha256"
    static let samples = "samples"
    static let failed = "failed"
    static let quantities = "quantities"
    static let contentDigest = "content_sha256"
    static let headerDigest = "header_sha256"
  }

  enum Name {
    static let statistics = "statistics/"
    static let index = "records/index"
    static let attempts = "records/attempts"
    static let evaluations = "records/network_evaluations"
    static let seconds = "records/seconds"
    static let psnr = "records/psnr"
    static let ssim = "records/ssim"
    static let residual = "records/residual"
    static let quantities = "records/quantities"
    static let failureLength = "records/failure_length"
    static let failureText = "records/failure_text"
    static let keptIndex = "kept/index"
    static let keptValues = "kept/values"
  }

  /// The part as the bytes of its file; equal parts of equal seals give equal bytes.
  public static func seal(_ part: Part, _ seal: PartSeal) -> SealedPart {
    let header = PartHeader(
      seal: seal, image: part.image, shape: part.shape, inputDigest: part.inputDigest,
      samples: part.samples, failedCount: part.failedCount)
    let tensors = tensors(of: part)
    var metadata = statements(of: header)
    metadata[Key.inputDigest] = part.inputDigest
    metadata[Key.quantities] = part.quantityNames.joined(separator: ",")
    metadata[Key.contentDigest] = contentDigest(tensors)
    metadata[Key.headerDigest] = headerDigest(tensors, metadata)
    return SealedPart(header: header, bytes: Safetensors.encode(tensors, metadata: metadata))
  }
}

// MARK: - Header

extension PartFile {
  private static func statements(of header: PartHeader) -> [String: String] {
    [
      Key.format: format, Key.version: version,
      Key.program: header.seal.program, Key.workHash: header.seal.workHash,
      Key.image: header.image.name,
      Key.shape: header.shape.map(String.init).joined(separator: ","),
      Key.samples: header.samples.description,
      Key.failed: String(header.failedCount),
    ]
  }

  static func contentDigest(_ tensors: [(String, StoredArray)]) -> String {
    var text = ""
    for (name, array) in tensors.sorted(by: { $0.0 < $1.0 }) {
      text += "\(name) \(SHA256.hex(of: array))\n"
    }
    return SHA256.hex(of: Array(text.utf8))
  }

  static func headerDigest(
    _ tensors: [(String, StoredArray)], _ metadata: [String: String]
  ) -> String {
    var text = ""
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != Key.headerDigest {
      text += "\(key) \(value.utf8.count) \(value)\n"
    }
    for (name, array) in tensors.sorted(by: { $0.0 < $1.0 }) {
      let sizes = array.shape.map(String.init).joined(separator: ", ")
      text += "\(name) \(array.elementType.rawValue) [\(sizes)]\n"
    }
    return SHA256.hex(of: Array(text.utf8))
  }
}

// MARK: - Content

extension PartFile {
  private static func tensors(of part: Part) -> [(String, StoredArray)] {
    statistics(of: part) + records(of: part.records)
      + [(Name.quantities, quantities(of: part))] + kept(of: part)
  }

  private static func statistics(of part: Part) -> [(String, StoredArray)] {
    part.statistics.arrays.map { array in
      guard let type = ElementType(rawValue: array.elementType.rawValue),
        let stored = try? StoredArray(elementType: type, shape: array.shape, bytes: array.bytes)
      else { preconditionFailure("the statistics \(array.name) cannot be stored") }
      return (Name.statistics + array.name, stored)
    }
  }

  private static func records(of records: [SampleRecord]) -> [(String, StoredArray)] {
    let failures = records.map { $0.failure.map { Array($0.utf8) } }
    let text = failures.flatMap { $0 ?? [] }
    return [
      (Name.index, integers(records.map(\.index))),
      (Name.attempts, integers(records.map(\.attempts))),
      (Name.evaluations, integers(records.map(\.networkEvaluations))),
      (Name.seconds, numbers(records.map(\.seconds))),
      (Name.psnr, numbers(records.map { $0.psnr ?? .nan })),
      (Name.ssim, numbers(records.map { $0.ssim ?? .nan })),
      (Name.residual, numbers(records.map { $0.residual ?? .nan })),
      (Name.failureLength, integers(failures.map { $0?.count ?? -1 })),
      (Name.failureText, StoredArray(text, shape: [text.count])),
    ]
  }

  /// [n, quantities]; NaN where a value is not known.
  private static func quantities(of part: Part) -> StoredArray {
    let width = part.quantityNames.count
    let unknown = Array(repeating: Double.nan, count: width)
    let values = part.records.flatMap { record in
      record.hasFailed ? unknown : record.quantities.map { $0 ?? .nan }
    }
    return StoredArray(values, shape: [part.records.count, width])
  }

  private static func kept(of part: Part) -> [(String, StoredArray)] {
    let indices = part.kept.keys.sorted()
    let values = indices.flatMap { part.kept[$0] ?? [] }
    return [
      (Name.keptIndex, integers(indices)),
      (Name.keptValues, StoredArray(values, shape: [indices.count] + part.shape)),
    ]
  }

  private static func integers(_ values: [Int]) -> StoredArray {
    StoredArray(values.map(Int64.init), shape: [values.count])
  }

  private static func numbers(_ values: [Double]) -> StoredArray {
    StoredArray(values, shape: [values.count])
  }
}
