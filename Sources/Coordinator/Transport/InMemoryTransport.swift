/// Messages between threads of one process, by the same rules as those between processes.
///
/// It serves runs without MPI, and tests of scheduling, failures and resume.
public final class InMemoryTransport: Transport {
  public let node: NodeInfo
  private let hub: InMemoryHub

  init(hub: InMemoryHub, node: NodeInfo) {
    self.hub = hub
    self.node = node
  }

  /// The only rank of a run without MPI.
  public static func single() -> InMemoryTransport { InMemoryHub(ranks: 1).transport(rank: 0) }

  public func send(_ message: Message, to rank: Int) throws(TransportError) {
    try hub.send(message, from: node.rank, to: rank)
  }

  public func poll() throws(TransportError) -> Envelope? { try hub.receive(at: node.rank) }

  public func wait(on bell: Doorbell, upTo seconds: Double) throws(TransportError) {
    if try hub.attach(bell, to: node.rank) { _ = bell.wait(upTo: seconds) }
  }

  public func abort(_ code: ExitCode) { hub.abort(code) }

  public func finish(within seconds: Double?) throws(TransportError) {
    try hub.finish(rank: node.rank, within: seconds)
  }
}
