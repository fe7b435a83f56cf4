/// Why a pickle is not read: it asks for more than tensors, or is damaged.
public enum PickleProblem: Error, Equatable, CustomStringConvertible {
  /// The pickle asks for a function or class that is not on the short list of harmless ones.
  case foreignGlobal(String)
  /// The pickle uses an instruction that state dictionaries do not need.
  case foreignOpcode(String)
  /// The pickle is of a protocol that is not read.
  case protocolVersion(Int)
  /// The pickle ends before it is complete.
  case cutShort
  /// An instruction finds something else on the stack than it needs.
  case malformed(opcode: String, offset: Int)
  /// A call of a known function has arguments that make no sense.
  case arguments(of: String)
  /// The pickle has more instructions than are accepted.
  case tooLong(limit: Int)

  public var description: String {
    switch self {
    case .foreignGlobal(let name):
      "the pickle asks for `\(name)`; only tensors are read, nothing is executed. If you trust the "
        + "file, open it in Python and save its state dictionary alone, best as safetensors"
    case .foreignOpcode(let name):
      "the pickle uses the instruction \(name); only tensors are read, nothing is executed"
    case .protocolVersion(let version):
      "pickle protocol \(version) is not read, 2 to 5 are; torch.save writes 2"
    case .cutShort: "the pickle ends too early; was the copy or download cut short?"
    case .malformed(let opcode, let offset):
      "the pickle is damaged: \(opcode) at byte \(offset) makes no sense"
    case .arguments(let name): "the pickle is damaged: the arguments of `\(name)` make no sense"
    case .tooLong(let limit): "the pickle has more than \(limit) instructions"
    }
  }
}
