/// What the processes of a run say to each other with: numbered ranks and messages between them.
///
/// Messages from one rank to another arrive in the order they were sent. All calls come from one
/// thread.
public protocol Transport: AnyObject {
  /// Who and where this process is.
  var node: NodeInfo { get }

  /// Hands a message over; returns at once and never blocks.
  ///
  /// - Throws: ``TransportError``.
  func send(_ message: Message, to rank: Int) throws(TransportError)

  /// The next message that has arrived whole; nil if there is none yet.
  ///
  /// - Throws: ``TransportError``.
  func poll() throws(TransportError) -> Envelope?

  /// Waits without using the processor until a message may be there, the bell rings, or the time is
  /// over.
  ///
  /// - Throws: ``TransportError``.
  func wait(on bell: Doorbell, upTo seconds: Double) throws(TransportError)

  /// Ends all ranks at once with this exit code; nothing more is delivered.
  func abort(_ code: ExitCode)

  /// Waits for all ranks to say so, without using the processor, and closes the transport.
  ///
  /// - Parameter seconds: the longest time to wait; nil for as long as it takes.
  /// - Throws: ``TransportError/unfinished(seconds:)`` if some rank has not come by then.
  func finish(within seconds: Double?) throws(TransportError)
}

/// A message: its kind and its content.
public struct Message: Hashable, Sendable {
  /// What the content means.
  public let kind: UInt8
  /// The content, of any length.
  public let content: [UInt8]

  /// A message.
  public init(kind: UInt8, content: [UInt8]) {
    self.kind = kind
    self.content = content
  }
}

/// A message that has arrived.
public struct Envelope: Hashable, Sendable {
  /// The rank that sent it.
  public let source: Int
  /// What it sent.
  public let message: Message
}

/// Who and where a process of a run is.
public struct NodeInfo: Hashable, Sendable {
  /// This process's number, 0..<`size`.
  public let rank: Int
  /// Number of processes.
  public let size: Int
  /// This process's number among those on the same machine.
  public let localRank: Int
  /// Number of processes on this machine.
  public let localSize: Int
  /// The machine's name.
  public let host: String
  /// What carries the messages, for logs.
  public let library: String
  /// Number of processes on this machine that may run on the very same cores as this one, itself
  /// among them.
  public var coreSharers = 1

  /// The only process there is.
  public static let alone = NodeInfo(
    rank: 0, size: 1, localRank: 0, localSize: 1, host: "", library: "")
}

/// Why messages cannot be exchanged.
public enum TransportError: Error, Hashable, Sendable {
  /// A call of the library failed.
  case call(String, String)
  /// The library cannot be used as it is.
  case unusable(String)
  /// What arrived is not what a rank of this program sends.
  case malformed(source: Int, String)
  /// The transport was aborted, or this rank was killed in a test.
  case closed
  /// Some rank did not come to the end in time.
  case unfinished(seconds: Double)
}

extension TransportError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .call(let name, let text): "\(name) failed: \(text)"
    case .unusable(let text): text
    case .malformed(let source, let text):
      "rank \(source) sent what this program does not understand (\(text)); "
        + "do all ranks run the same program?"
    case .closed: "the connection between the ranks is closed"
    case .unfinished(let seconds): "a rank did not come to the end within \(Int(seconds)) s"
    }
  }
}
