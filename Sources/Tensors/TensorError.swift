/// What libtorch refused, with its own words.
public struct TensorError: Error, Sendable, CustomStringConvertible {
  /// The operation that was asked for.
  public let operation: String
  /// libtorch's message, without its stack trace.
  public let message: String

  public init(operation: String, message: String) {
    self.operation = operation
    self.message = message
  }

  public var description: String { "\(operation): \(message)" }
}
