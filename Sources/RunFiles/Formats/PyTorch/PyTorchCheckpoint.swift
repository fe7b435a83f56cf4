/// Checkpoints written by `torch.save`, in the zip form (since PyTorch 1.6) and the older stream.
///
/// Nothing in the file is executed. Its pickle is interpreted by a machine that knows tensors,
/// dictionaries, lists and plain values; whatever else it asks for is refused by name.
public enum PyTorchCheckpoint {
  /// Most tensors accepted; the largest published networks have some thousand.
  static let tensorLimit = 100_000
  /// Bytes up to which tensors may be larger than what is stored of them (`expand` in PyTorch).
  static let repeatLimit = 64 << 20

  /// Names of dictionaries of tensors, the first found in a file being taken: averaged weights
  /// before others.
  public static let preferredEntries = [
    "ema", "ema_state_dict", "model_ema", "ema_model", "params_ema", "state_dict",
    "model_state_dict", "model", "params", "net",
  ]

  /// The tensors of the file at `path`, mapped and not copied.
  ///
  /// Dictionaries of tensors may lie one level down, as in `{"state_dict": {…}}`. The one called
  /// `entry` is taken; without `entry` the first found under the names in `preferredEntries`, else
  /// the outermost if it has tensors, else the only one a level down. Metadata has its name under
  /// `entry`, besides the plain values of the outermost dictionary.
  ///
  /// Throws `FileError` if the file cannot be mapped, and `CheckpointError` for what is wrong in it.
  public static func read(path: String, entry: String? = nil) throws -> TensorFile {
    try decode(.file(MappedFile(path: path)), name: path, entry: entry)
  }

  /// The tensors of a file given as its bytes; `name` is what errors call it.
  ///
  /// Throws `CheckpointError`; see `read(path:entry:)`.
  public static func decode(
    _ bytes: [UInt8], name: String, entry: String? = nil
  ) throws -> TensorFile {
    try decode(.memory(bytes), name: name, entry: entry)
  }

  private static func decode(
    _ source: ByteSource, name: String, entry: String?
  ) throws(CheckpointError) -> TensorFile {
    try reading(name) { () throws(CheckpointProblem) in
      let content = try source.withUnsafeBytes { bytes throws(CheckpointProblem) in
        try CheckpointContent(file: bytes)
      }
      return try StateDictionary(content, entry: entry).tensors(in: source)
    }
  }
}

/// What both forms come down to: the value the pickle builds, and where its storages lie.
struct CheckpointContent {
  /// The outermost value.
  let root: PickleValue
  /// Contents of the containers in it.
  let heap: [[PickleValue]]
  /// Where the storages lie in the file, by key.
  let storages: [String: Range<Int>]
}

extension CheckpointContent {
  /// Reads either form from all bytes of a file.
  init(file bytes: UnsafeRawBufferPointer) throws(CheckpointProblem) {
    if LittleEndianReader(bytes).u32(0) == 0x0403_4B50 {
      self = try .archive(bytes)
    } else if TorchStream.isOne(bytes) {
      self = try .stream(bytes)
    } else {
      throw .notCheckpoint
    }
  }
}

/// Runs a pickle and turns what is wrong with it into a problem of the checkpoint.
func unpickling<Result>(
  _ body: () throws(PickleProblem) -> Result
) throws(CheckpointProblem) -> Result {
  do {
    return try body()
  } catch {
    throw .pickle(error)
  }
}
