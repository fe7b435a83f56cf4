import TorchShim

/// A network in a TorchScript file (`torch.jit.save`), in evaluation mode.
///
/// Such a file is a program: loading one runs what it holds. Load only files you trust.
public final class ScriptModule: @unchecked Sendable {
  /// The file's, as it was given.
  public let path: String
  /// Safe to share: libtorch runs one module from several threads, and nothing here changes it.
  private let reference: TorchShimModuleRef

  /// - Throws: ``ScriptModuleError`` with the first sentence of libtorch's message if the file holds no module.
  public init(path: String, device: Device = .cpu) throws(ScriptModuleError) {
    let place = device.shim
    guard let made = torch_shim_module_load(path, place.kind, place.index) else {
      throw .unreadable(
        path: path, message: Self.firstSentence(String(cString: torch_shim_error())))
    }
    self.path = path
    reference = made
  }

  /// libtorch goes on about what else may have happened, and where in its own source.
  private static func firstSentence(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    guard let end = line.firstRange(of: ". ") else { return String(line) }
    return String(line[..<end.lowerBound])
  }

  deinit { torch_shim_module_release(reference) }

  /// The number of values in all parameters.
  public var parameterCount: Int { Int(torch_shim_module_parameter_count(reference)) }

  /// Whether the module has a method of this name.
  public func hasMethod(_ name: String) -> Bool { torch_shim_module_has_method(reference, name) }

  /// Calls a method with copies of the arguments, to which gradients flow.
  ///
  /// - Parameter takesWholeNumbers: whether integers are an answer, besides floating-point numbers.
  /// - Returns: the tensor it gives, or the first of a tuple.
  /// - Throws: ``ScriptModuleError`` with libtorch's message.
  public func callAsFunction(
    _ arguments: Tensor..., method: String = "forward", takesWholeNumbers: Bool = false
  ) throws(ScriptModuleError) -> Tensor {
    let made = Tensor.withReferences(arguments) {
      torch_shim_module_call(reference, method, $0, Int64(arguments.count), takesWholeNumbers)
    }
    do {
      return try Tensor(made, method)
    } catch {
      throw .failed(path: path, method: method, message: error.message)
    }
  }
}

/// A TorchScript file that cannot be loaded, or fails when it is called.
public enum ScriptModuleError: Error, Sendable, Equatable, CustomStringConvertible {
  case unreadable(path: String, message: String)
  case failed(path: String, method: String, message: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let message): "loading \(path) as TorchScript: \(message)"
    case .failed(let path, let method, let message): "\(path): \(method): \(message)"
    }
  }
}
