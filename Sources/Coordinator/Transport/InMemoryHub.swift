import RunFiles

/// Connects the ranks of one process, and breaks the connection when a test asks for it.
public final class InMemoryHub: Sendable {
  private let state: Monitor<State>
  private let size: Int

  fileprivate struct State {
    var queues: [Queue<Envelope>]
    var bells: [Doorbell?]
    var sentCounts: [Int]
    var faults: [InMemoryFault]
    var killed: Set<Int> = []
    var silenced: Set<Int> = []
    var held: [(Envelope, Int)] = []
    var isHolding = false
    var abortCode: ExitCode?
    var finished: Set<Int> = []
  }

  /// A hub for ranks 0..<`ranks`.
  ///
  /// - Parameter faults: what goes wrong, and when.
  public init(ranks: Int, faults: [InMemoryFault] = []) {
    size = ranks
    state = Monitor(
      State(
        queues: Array(repeating: Queue(), count: ranks), bells: Array(repeating: nil, count: ranks),
        sentCounts: Array(repeating: 0, count: ranks), faults: faults))
  }

  /// The end of the hub for one rank, to be used by one thread.
  public func transport(rank: Int) -> InMemoryTransport {
    InMemoryTransport(
      hub: self,
      node: NodeInfo(
        rank: rank, size: size, localRank: rank, localSize: size, host: HostName.current,
        library: "in memory", coreSharers: size))
  }

  /// Number of messages that a rank has sent.
  func sentCount(of rank: Int) -> Int { state.look { $0.sentCounts[rank] } }

  /// The code the ranks were aborted with, if they were.
  public var abortCode: ExitCode? { state.look { $0.abortCode } }
}

// MARK: - What the transports call

extension InMemoryHub {
  func send(_ message: Message, from source: Int, to rank: Int) throws(TransportError) {
    let envelope = Envelope(source: source, message: message)
    let isOpen = state.change { state in
      state.countSend(from: source)
      guard state.isOpen(source) else { return false }
      state.route(envelope, to: rank)
      return true
    }
    guard isOpen else { throw .closed }
  }

  func receive(at rank: Int) throws(TransportError) -> Envelope? {
    let (isOpen, envelope) = state.look { state -> (Bool, Envelope?) in
      guard state.isOpen(rank) else { return (false, nil) }
      return (true, state.queues[rank].popFirst())
    }
    guard isOpen else { throw .closed }
    return envelope
  }

  /// Rings `bell` for each message to come; true if there is none yet.
  func attach(_ bell: Doorbell, to rank: Int) throws(TransportError) -> Bool {
    let (isOpen, isEmpty) = state.look { state in
      state.bells[rank] = bell
      return (state.isOpen(rank), state.queues[rank].isEmpty)
    }
    guard isOpen else { throw .closed }
    return isEmpty
  }

  func abort(_ code: ExitCode) {
    state.change { state in
      state.abortCode = state.abortCode ?? code
      state.ringAll()
    }
  }

  func finish(rank: Int, within seconds: Double?) throws(TransportError) {
    state.change { _ = $0.finished.insert(rank) }
    let size = size
    let isOpen = state.wait(upTo: seconds) { state -> Bool? in
      if !state.isOpen(rank) { return false }
      return state.finished.count == size ? true : nil
    }
    guard let isOpen else { throw .unfinished(seconds: seconds ?? 0) }
    guard isOpen else { throw .closed }
  }
}

extension InMemoryHub.State {
  func isOpen(_ rank: Int) -> Bool { abortCode == nil && !killed.contains(rank) }

  func ringAll() { for bell in bells { bell?.ring() } }

  mutating func route(_ envelope: Envelope, to rank: Int) {
    if silenced.contains(envelope.source) || silenced.contains(rank) || killed.contains(rank) {
      return
    }
    if isHolding {
      held.append((envelope, rank))
    } else {
      queues[rank].append(envelope)
      bells[rank]?.ring()
    }
  }

  mutating func countSend(from rank: Int) {
    sentCounts[rank] += 1
    for fault in faults where fault.rank == rank && fault.message == sentCounts[rank] {
      apply(fault.effect)
    }
  }

  mutating func apply(_ effect: InMemoryFault.Effect) {
    switch effect {
    case .kill(let rank): killed.insert(rank)
    case .killAll: killed.formUnion(queues.indices)
    case .silence(let rank): silenced.insert(rank)
    }
    ringAll()
  }
}

// MARK: - Faults

/// Something that goes wrong when a rank sends its n-th message.
public struct InMemoryFault: Hashable, Sendable {
  /// What goes wrong.
  public enum Effect: Hashable, Sendable {
    /// A rank is gone: its calls fail, and nothing reaches it.
    case kill(Int)
    /// All ranks are gone, as when a launcher ends a job.
    case killAll
    /// Nothing from or to a rank arrives any more, and no call fails.
    case silence(Int)
  }

  /// The rank whose messages are counted.
  public let rank: Int
  /// The number of the message that is lost, from 1.
  public let message: Int
  /// What happens.
  public let effect: Effect

  /// A fault at the `message`-th message that `rank` sends.
  public init(rank: Int, message: Int, effect: Effect) {
    self.rank = rank
    self.message = message
    self.effect = effect
  }
}

extension InMemoryHub {
  /// Makes something go wrong now.
  public func cause(_ effect: InMemoryFault.Effect) { state.change { $0.apply(effect) } }

  /// Keeps all messages back from now on.
  public func hold() { state.change { $0.isHolding = true } }

  /// Delivers what was kept back, in order.
  public func release() {
    state.change { state in
      state.isHolding = false
      for (envelope, rank) in state.held { state.route(envelope, to: rank) }
      state.held = []
    }
  }
}
