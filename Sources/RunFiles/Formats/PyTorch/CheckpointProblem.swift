/// A PyTorch checkpoint that cannot be read.
public typealias CheckpointError = FormatError<CheckpointProblem>

/// What can be wrong with a PyTorch checkpoint.
public enum CheckpointProblem: FormatProblem {
  /// The file is neither of the two forms that torch.save writes.
  case notCheckpoint
  /// The file is a program for TorchScript.
  case torchScript
  /// The file holds its numbers in big-endian order.
  case bigEndian
  /// The zip archive is damaged.
  case archive(ZipProblem)
  /// The pickle is damaged or asks for more than tensors.
  case pickle(PickleProblem)
  /// The file lacks a record, or has it in another form than torch.save gives it.
  case record(String)
  /// A storage has another size than the tensors in it need.
  case storage(key: String, needed: Int, found: Int)
  /// A tensor reaches beyond its storage, or has an impossible shape.
  case outsideStorage(tensor: String)
  /// A tensor repeats few stored values so often that it would fill the memory.
  case repeated(tensor: String)
  /// Two tensors have one name.
  case duplicate(String)
  /// The file lists more tensors than are accepted.
  case tooManyTensors
  /// The file has no dictionary of tensors where one is looked for.
  case noTensors(found: [String])
  /// The file has several dictionaries of tensors and none is the one asked for.
  case severalDictionaries([String])

  public var description: String {
    switch self {
    case .notCheckpoint:
      "not a checkpoint that torch.save wrote (and not safetensors, by its name)"
    case .torchScript:
      "a TorchScript program, not a state dictionary; load it with torch.jit.load in Python and "
        + "save its state_dict()"
    case .bigEndian: "written on a big-endian machine; load and save it again on a common one"
    case .archive(let problem): "the zip archive cannot be read: \(problem)"
    case .pickle(let problem): "\(problem)"
    case .record(let name): "record `\(name)` is missing or damaged"
    case .storage(let key, let needed, let found):
      "storage `\(key)` should have \(needed) bytes, but has \(found); was the copy cut short?"
    case .outsideStorage(let tensor): "tensor `\(tensor)` does not lie inside its storage"
    case .repeated(let tensor):
      "tensor `\(tensor)` repeats few values too often; save it with .contiguous()"
    default: contentDescription
    }
  }

  private var contentDescription: String {
    switch self {
    case .duplicate(let name): "tensor `\(name)` occurs twice"
    case .tooManyTensors: "more than \(PyTorchCheckpoint.tensorLimit) tensors"
    case .noTensors(let found):
      "no dictionary of tensors in it; found "
        + (found.isEmpty ? "nothing" : found.joined(separator: ", "))
        + ". Save the network's state_dict()"
    case .severalDictionaries(let names):
      "several dictionaries of tensors in it: \(names.joined(separator: ", ")); say which one, or "
        + "save only one"
    default: ""
    }
  }
}
