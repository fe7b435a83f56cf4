/// The dictionary of tensors in a checkpoint: which it is, and its tensors by name.
struct StateDictionary {
  private typealias Entry = (name: String, tensor: PickleTensor)

  private let content: CheckpointContent
  private var entries: [Entry] = []
  private var metadata: [String: String] = [:]

  /// Finds the dictionary of tensors: the outermost one, or one a level down; see
  /// `PyTorchCheckpoint.read`.
  init(_ content: CheckpointContent, entry: String?) throws(CheckpointProblem) {
    self.content = content
    guard case .dictionary(let place) = content.root else {
      throw .noTensors(found: [content.root.kind])
    }
    let top = try items(of: place)
    metadata = Self.words(top)
    let inner = dictionaries(in: top)
    let outer = Self.tensors(top)
    let name = try Self.choice(inner, entry: entry, outer.isEmpty, found: top.map(\.0))
    metadata["entry"] = name
    entries =
      try name.flatMap { inner[$0] }
      .map { place throws(CheckpointProblem) in Self.tensors(try items(of: place)) } ?? outer
  }

  /// Places of the dictionaries that hold tensors, by name. Each place is looked at once, however
  /// many names it has.
  private func dictionaries(in items: [(String, PickleValue)]) -> [String: Int] {
    var known: [Int: Bool] = [:]
    var places: [String: Int] = [:]
    for case (let name, .dictionary(let place)) in items {
      let holdsTensors = known[place] ?? self.holdsTensors(place)
      known[place] = holdsTensors
      if holdsTensors { places[name] = place }
    }
    return places
  }

  private func holdsTensors(_ place: Int) -> Bool {
    let flat = content.heap[place]
    return stride(from: 0, to: flat.count, by: 2).contains { index in
      guard case .tensor = flat[index + 1] else { return false }
      return flat[index].string != nil
    }
  }

  /// The name of the dictionary to take, nil for the outermost.
  private static func choice(
    _ inner: [String: Int], entry: String?, _ outerIsEmpty: Bool, found: [String]
  ) throws(CheckpointProblem) -> String? {
    let wanted = entry.map { [$0] } ?? PyTorchCheckpoint.preferredEntries
    if let name = wanted.first(where: { inner[$0] != nil }) { return name }
    guard entry == nil else { throw .noTensors(found: Array(found.prefix(10))) }
    guard outerIsEmpty else { return nil }
    guard let only = inner.keys.first else { throw .noTensors(found: Array(found.prefix(10))) }
    guard inner.count == 1 else {
      throw .severalDictionaries(Array(inner.keys.sorted().prefix(10)))
    }
    return only
  }

  /// Entries whose key is text, in the order of the file.
  private func items(of place: Int) throws(CheckpointProblem) -> [(String, PickleValue)] {
    let flat = content.heap[place]
    guard flat.count / 2 <= PyTorchCheckpoint.tensorLimit else { throw .tooManyTensors }
    var names: Set<String> = []
    var items: [(String, PickleValue)] = []
    for index in stride(from: 0, to: flat.count, by: 2) {
      guard let name = flat[index].string else { continue }
      guard names.insert(name).inserted else { throw .duplicate(name) }
      items.append((name, flat[index + 1]))
    }
    return items
  }

  private static func tensors(
    _ items: [(String, PickleValue)]
  ) -> [Entry] {
    items.compactMap { name, value in
      guard case .tensor(let tensor) = value else { return nil }
      return (name, tensor)
    }
  }

  private static func words(_ items: [(String, PickleValue)]) -> [String: String] {
    let words = items.compactMap { name, value in value.word.map { (name, $0) } }
    return Dictionary(uniqueKeysWithValues: words)
  }
}

// MARK: - Places in the file

extension StateDictionary {
  /// The tensors as views of `source`, each checked to lie inside its storage.
  func tensors(in source: ByteSource) throws(CheckpointProblem) -> TensorFile {
    var repeated = 0
    var arrays: [(name: String, array: StoredArray)] = []
    for (name, tensor) in entries {
      let array = try array(name, tensor, source)
      arrays.append((name, array))
      guard array.count > tensor.storage.window.count else { continue }
      let bytes = Extent.byteCount(array.shape, array.elementType)
      guard let sum = bytes.flatMap({ Extent.sum(repeated, $0) }),
        sum <= PyTorchCheckpoint.repeatLimit
      else { throw .repeated(tensor: name) }
      repeated = sum
    }
    return TensorFile(arrays, metadata: metadata)
  }

  private func array(
    _ name: String, _ tensor: PickleTensor, _ source: ByteSource
  ) throws(CheckpointProblem) -> StoredArray {
    let place = try bytes(of: tensor.storage)
    guard tensor.offset >= 0,
      let start = Extent.product(tensor.offset, tensor.type.byteCount),
      let offset = Extent.sum(place.lowerBound, start),
      let array = StoredArray(
        tensor.type, shape: tensor.shape, strides: tensor.strides, source: source, offset: offset,
        limit: place.upperBound)
    else { throw .outsideStorage(tensor: name) }
    return array
  }

  /// Where the window of a storage lies in the file.
  private func bytes(of storage: PickleStorage) throws(CheckpointProblem) -> Range<Int> {
    guard let place = content.storages[storage.key] else { throw .record("storage \(storage.key)") }
    guard let needed = storage.byteCount else { throw .record("storage \(storage.key)") }
    guard needed == place.count else {
      throw .storage(key: storage.key, needed: needed, found: place.count)
    }
    let size = storage.elementBytes
    return place.lowerBound + storage.window.lowerBound * size..<place.lowerBound + storage.window
      .upperBound * size
  }
}
