/// The form of checkpoints before PyTorch 1.6: five pickles, then the storages one after another.
enum TorchStream {
  /// 0x1950a86a20f9469cfc6c, the value of the first pickle, as its bytes.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  /// The value of the second pickle.
  static let version = 1001

  /// Whether the file starts with the pickle of the magic number, whatever its protocol.
  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var machine = PickleMachine(UnsafeRawBufferPointer(rebasing: bytes.prefix(64)))
    guard case .wide(let value)? = try? machine.run() else { return false }
    return value == magic
  }
}

extension CheckpointContent {
  private typealias Pickle = (root: PickleValue, machine: PickleMachine)

  /// Reads magic number, version, machine, the object itself, the keys of its storages, and where
  /// these lie.
  static func stream(
    _ bytes: UnsafeRawBufferPointer
  ) throws(CheckpointProblem) -> CheckpointContent {
    var position = 0
    func pickle() throws(CheckpointProblem) -> Pickle {
      var machine = PickleMachine(bytes, from: position)
      let root = try unpickling { () throws(PickleProblem) in try machine.run() }
      position = machine.offset
      return (root, machine)
    }
    _ = try pickle()
    guard try pickle().root.integer == TorchStream.version else {
      throw .record("protocol version")
    }
    try checkByteOrder(try pickle())
    let (root, machine) = try pickle()
    let keys = try storageKeys(try pickle())
    let storages = try storages(keys, machine.storages, LittleEndianReader(bytes), from: position)
    return CheckpointContent(root: root, heap: machine.heap, storages: storages)
  }

  private static func checkByteOrder(_ system: Pickle) throws(CheckpointProblem) {
    guard case .dictionary(let place) = system.root else { throw .record("system information") }
    let items = system.machine.heap[place]
    for index in stride(from: 0, to: items.count, by: 2)
    where items[index].string == "little_endian" {
      if case .boolean(false) = items[index + 1] { throw .bigEndian }
    }
  }

  private static func storageKeys(_ list: Pickle) throws(CheckpointProblem) -> [String] {
    let items = list.machine.sequence(list.root)
    guard let items, case let keys = items.compactMap(\.string), keys.count == items.count else {
      throw .record("storage keys")
    }
    return keys
  }

  /// Each storage is a count of elements in eight bytes and the elements.
  private static func storages(
    _ keys: [String], _ named: [String: PickleStorage], _ reader: LittleEndianReader,
    from start: Int
  ) throws(CheckpointProblem) -> [String: Range<Int>] {
    var places: [String: Range<Int>] = [:]
    var position = start
    for key in keys {
      guard let storage = named[key], places[key] == nil, let needed = storage.byteCount,
        reader.u64(position) == storage.count
      else { throw .record("storage \(key)") }
      position += 8
      guard reader.slice(position, needed) != nil else {
        throw .storage(key: key, needed: needed, found: reader.bytes.count - position)
      }
      places[key] = position..<position + needed
      position += needed
    }
    return places
  }
}
