extension CheckpointContent {
  /// Reads the zip form: `NAME/data.pkl`, `NAME/data/KEY` for each storage, `NAME/byteorder`.
  static func archive(
    _ bytes: UnsafeRawBufferPointer
  ) throws(CheckpointProblem) -> CheckpointContent {
    let entries = try torchEntries(bytes)
    let folders = entries.keys.filter { $0.hasSuffix("/data.pkl") }.map { $0.dropLast(8) }
    guard folders.count == 1, let folder = folders.first else { throw .record("data.pkl") }
    try checkByteOrder(entries["\(folder)byteorder"].map { bytes[$0] })
    guard let place = entries["\(folder)data.pkl"] else { throw .record("data.pkl") }
    var machine = PickleMachine(UnsafeRawBufferPointer(rebasing: bytes[place]))
    let root = try unpickling { () throws(PickleProblem) in try machine.run() }
    let prefix = "\(folder)data/"
    let storages = entries.filter { $0.key.hasPrefix(prefix) }
      .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
    return CheckpointContent(
      root: root, heap: machine.heap, storages: Dictionary(uniqueKeysWithValues: storages))
  }

  private static func torchEntries(
    _ bytes: UnsafeRawBufferPointer
  ) throws(CheckpointProblem) -> [String: Range<Int>] {
    let archive = try unzipping(bytes)
    guard !archive.entries.keys.contains(where: { $0.hasSuffix("/constants.pkl") }) else {
      throw .torchScript
    }
    if let name = archive.encoded { throw .archive(.encoded(name)) }
    return archive.entries
  }

  private static func unzipping(
    _ bytes: UnsafeRawBufferPointer
  ) throws(CheckpointProblem) -> ZipArchive {
    do {
      return try ZipArchive(bytes)
    } catch {
      throw .archive(error)
    }
  }

  /// Files of before PyTorch 2.1 lack the record and are little-endian.
  private static func checkByteOrder(
    _ record: Slice<UnsafeRawBufferPointer>?
  ) throws(CheckpointProblem) {
    guard let record, !record.elementsEqual("little".utf8) else { return }
    guard record.elementsEqual("big".utf8) else { throw .record("byteorder") }
    throw .bigEndian
  }
}
