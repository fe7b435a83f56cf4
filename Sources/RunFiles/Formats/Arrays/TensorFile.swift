/// The named arrays of one file and the words that came with them.
public struct TensorFile: Sendable {
  /// The arrays by name.
  public let tensors: [String: StoredArray]
  /// The names in the order of the file.
  public let order: [String]
  /// What the file says about itself.
  public let metadata: [String: String]

  init(_ entries: [(name: String, array: StoredArray)], metadata: [String: String]) {
    tensors = Dictionary(entries.map { ($0.name, $0.array) }) { first, _ in first }
    order = entries.map(\.name)
    self.metadata = metadata
  }
}
