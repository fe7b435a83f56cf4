import Statistics

extension PartFile {
  /// How much of a file is looked at.
  public enum Verification: Sendable {
    /// The header, its checksum, and the file's length.
    case header
    /// Also the checksum of the content.
    case content
  }

  /// The header of the part in `file`.
  ///
  /// - Parameter workHash: the hash the part must have.
  /// - Throws: ``PartFileError``, whatever the bytes are.
  public static func header(
    of file: TensorFile, workHash: String, verify: Verification
  ) throws(PartFileError) -> PartHeader {
    let tensors = file.tensors.map { ($0.key, $0.value) }
    guard file.metadata[Key.format] == format else { throw .foreign }
    let found = try statement(Key.version, file)
    guard found == version else { throw .version(found) }
    guard try statement(Key.headerDigest, file) == headerDigest(tensors, file.metadata) else {
      throw .headerDamaged
    }
    let header = try readHeader(file)
    guard header.seal.workHash == workHash else {
      throw .otherWork(found: header.seal.workHash, expected: workHash)
    }
    if verify == .content { try checkContent(of: file, tensors) }
    return header
  }

  /// The part in `file`, its checksums verified.
  ///
  /// - Throws: ``PartFileError``, whatever the bytes are.
  public static func part(in file: TensorFile, workHash: String) throws(PartFileError) -> Part {
    let header = try header(of: file, workHash: workHash, verify: .content)
    let reader = PartReader(file: file)
    let names = try quantityNames(file)
    let records = try reader.records(quantities: names.count)
    let part: Part
    do {
      part = try Part(
        image: header.image, shape: header.shape, inputDigest: header.inputDigest,
        statistics: reader.statistics(), records: records, kept: reader.kept(shape: header.shape),
        quantityNames: names)
    } catch let error as PartFileError {
      throw error
    } catch {
      throw .content("\(error)")
    }
    guard part.samples == header.samples, part.failedCount == header.failedCount else {
      throw .content("the records do not match the header's list of samples")
    }
    return part
  }

  /// The part that `bytes`, the content of a part file, hold.
  ///
  /// - Throws: ``PartFileError``, whatever the bytes are.
  public static func part(of bytes: [UInt8], workHash: String) throws(PartFileError) -> Part {
    try part(in: tensorFile { try Safetensors.decode(bytes, name: "part") }, workHash: workHash)
  }

  /// The bytes of a part file as a sealed part, after a look at the header.
  ///
  /// - Throws: ``PartFileError``, whatever the bytes are.
  public static func sealed(_ bytes: [UInt8], workHash: String) throws(PartFileError) -> SealedPart
  {
    let file = try tensorFile { try Safetensors.decode(bytes, name: "part") }
    let header = try header(of: file, workHash: workHash, verify: .header)
    return SealedPart(header: header, bytes: bytes)
  }

  private static func tensorFile(
    _ read: () throws -> TensorFile
  ) throws(PartFileError) -> TensorFile {
    do {
      return try read()
    } catch {
      throw .unreadable("\(error)")
    }
  }
}

// MARK: - Header

extension PartFile {
  private static func statement(_ key: String, _ file: TensorFile) throws(PartFileError) -> String {
    guard let value = file.metadata[key] else { throw .statement(key, nil) }
    return value
  }

  private static func statement<Value>(
    _ key: String, _ file: TensorFile, _ read: (String) -> Value?
  ) throws(PartFileError) -> Value {
    let text = try statement(key, file)
    guard let value = read(text) else { throw .statement(key, text) }
    return value
  }

  private static func readHeader(_ file: TensorFile) throws(PartFileError) -> PartHeader {
    let seal = PartSeal(
      workHash: try statement(Key.workHash, file), program: try statement(Key.program, file))
    let samples = try statement(Key.samples, file) { SampleRanges($0) }
    guard !samples.isEmpty else { throw .statement(Key.samples, file.metadata[Key.samples]) }
    return PartHeader(
      seal: seal,
      image: try statement(Key.image, file) { try? ImageID(name: $0) },
      shape: try statement(Key.shape, file, shape),
      inputDigest: file.metadata[Key.inputDigest],
      samples: samples,
      failedCount: try statement(Key.failed, file) { Int($0).flatMap { $0 >= 0 ? $0 : nil } })
  }

  private static func quantityNames(_ file: TensorFile) throws(PartFileError) -> [String] {
    let text = try statement(Key.quantities, file)
    return text.split(separator: ",").map(String.init)
  }

  private static func shape(_ text: String) -> [Int]? {
    let items = text.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = items.compactMap { Int($0) }.filter { $0 > 0 }
    return sizes.count == 3 && items.count == 3 ? sizes : nil
  }

  private static func checkContent(
    of file: TensorFile, _ tensors: [(String, StoredArray)]
  ) throws(PartFileError) {
    let expected = try statement(Key.contentDigest, file)
    guard contentDigest(tensors) == expected else { throw .contentDamaged }
  }
}

// MARK: - Content

/// Takes the arrays of a part file apart; every size is checked against the others.
private struct PartReader {
  let file: TensorFile
  private typealias Name = PartFile.Name

  func statistics() throws -> ImageStatistics {
    let arrays = file.order.filter { $0.hasPrefix(Name.statistics) }.compactMap { name in
      file.tensors[name].flatMap { stored in
        StatisticsArray.Element(rawValue: stored.elementType.rawValue).map { element in
          StatisticsArray(
            name: String(name.dropFirst(Name.statistics.count)), elementType: element,
            shape: stored.shape, bytes: stored.rowMajorBytes())
        }
      }
    }
    return try ImageStatistics(arrays: arrays)
  }

  /// - Parameter quantities: how many there are of each sample.
  func records(quantities width: Int) throws(PartFileError) -> [SampleRecord] {
    let indices = try integers(Name.index, count: nil)
    let count = indices.count
    let attempts = try integers(Name.attempts, count: count)
    let evaluations = try integers(Name.evaluations, count: count)
    let seconds = try numbers(Name.seconds, count: count)
    let psnr = try numbers(Name.psnr, count: count)
    let ssim = try numbers(Name.ssim, count: count)
    let residual = try numbers(Name.residual, count: count)
    let failures = try failures(count: count)
    let quantities = try array(Name.quantities, .f64, shape: [count, width]).doubles()
    return indices.indices.map { row in
      SampleRecord(
        index: indices[row], attempts: attempts[row], failure: failures[row],
        networkEvaluations: evaluations[row], seconds: seconds[row], psnr: known(psnr[row]),
        ssim: known(ssim[row]), residual: known(residual[row]),
        quantities: failures[row] == nil
          ? quantities[row * width..<(row + 1) * width].map(known) : [])
    }
  }

  func kept(shape: [Int]) throws(PartFileError) -> [Int: [Float]] {
    let indices = try integers(Name.keptIndex, count: nil)
    let array = try array(Name.keptValues, .f32, shape: [indices.count] + shape)
    guard !indices.isEmpty, Set(indices).count == indices.count,
      let values = try? array.floats()
    else {
      if indices.isEmpty { return [:] }
      throw .array(Name.keptIndex)
    }
    let size = values.count / indices.count
    return Dictionary(
      uniqueKeysWithValues: indices.enumerated().map { row, index in
        (index, Array(values[row * size..<(row + 1) * size]))
      })
  }

  private func known(_ value: Double) -> Double? { value.isNaN ? nil : value }

  private func failures(count: Int) throws(PartFileError) -> [String?] {
    let lengths = try integers(Name.failureLength, count: count)
    guard let text = file.tensors[Name.failureText], text.elementType == .u8 else {
      throw .array(Name.failureText)
    }
    var rest = text.rowMajorBytes()[...]
    var failures: [String?] = []
    for length in lengths {
      guard length <= rest.count else { throw .array(Name.failureLength) }
      failures.append(length < 0 ? nil : String(decoding: rest.prefix(length), as: UTF8.self))
      rest = rest.dropFirst(max(0, length))
    }
    guard rest.isEmpty else { throw .array(Name.failureText) }
    return failures
  }
}

extension PartReader {
  /// The array `name` if it has this type and shape.
  private func array(
    _ name: String, _ type: ElementType, shape: [Int]?
  ) throws(PartFileError) -> StoredArray {
    guard let array = file.tensors[name], array.elementType == type, array.strides == nil,
      shape.map({ $0 == array.shape }) ?? (array.shape.count == 1)
    else { throw .array(name) }
    return array
  }

  /// A column of integers, of `count` rows if that is given.
  private func integers(_ name: String, count: Int?) throws(PartFileError) -> [Int] {
    let column = try array(name, .i64, shape: count.map { [$0] })
    guard let values = try? column.integers() else { throw .array(name) }
    return values.map(Int.init)
  }

  private func numbers(_ name: String, count: Int) throws(PartFileError) -> [Double] {
    try array(name, .f64, shape: [count]).doubles()
  }
}
