/// The functions and classes a pickle may name; all others are refused.
enum PickleGlobal: Equatable {
  case orderedDictionary
  case size
  case rebuildTensor
  case rebuildTensorV2
  case rebuildTensorV3
  case rebuildParameter
  case rebuildParameterWithState
  /// A storage class; nil for the one of plain bytes.
  case storage(ElementType?)
  /// An element type itself, such as `torch.uint16`.
  case elementType(ElementType)

  /// Finds what `module.name` means; throws `PickleProblem.foreignGlobal` for anything not listed.
  init(module: String, name: String) throws(PickleProblem) {
    let full = "\(module).\(name)"
    guard let global = Self.functions[full] ?? Self.storages[full] ?? Self.elementTypes[full] else {
      throw .foreignGlobal(full)
    }
    self = global
  }

  private static let functions: [String: PickleGlobal] = [
    "collections.OrderedDict": .orderedDictionary,
    "torch.Size": .size,
    "torch._utils._rebuild_tensor": .rebuildTensor,
    "torch._utils._rebuild_tensor_v2": .rebuildTensorV2,
    "torch._utils._rebuild_tensor_v3": .rebuildTensorV3,
    "torch._utils._rebuild_parameter": .rebuildParameter,
    "torch._utils._rebuild_parameter_with_state": .rebuildParameterWithState,
    "torch.storage.UntypedStorage": .storage(nil),
    "torch.UntypedStorage": .storage(nil),
  ]

  private static let storages: [String: PickleGlobal] = {
    let names: [(String, ElementType)] = [
      ("Float", .f32), ("Double", .f64), ("Half", .f16), ("BFloat16", .bf16), ("Long", .i64),
      ("Int", .i32), ("Short", .i16), ("Char", .i8), ("Byte", .u8), ("Bool", .bool),
    ]
    let pairs = names.flatMap { name, type in
      [("torch.\(name)Storage", type), ("torch.cuda.\(name)Storage", type)]
    }
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0, .storage($1)) })
  }()

  private static let elementTypes: [String: PickleGlobal] = {
    let names: [(String, ElementType)] = [
      ("float32", .f32), ("float64", .f64), ("float16", .f16), ("bfloat16", .bf16),
      ("int64", .i64), ("int32", .i32), ("int16", .i16), ("int8", .i8), ("uint64", .u64),
      ("uint32", .u32), ("uint16", .u16), ("uint8", .u8), ("bool", .bool),
    ]
    return Dictionary(uniqueKeysWithValues: names.map { ("torch.\($0)", .elementType($1)) })
  }()
}
