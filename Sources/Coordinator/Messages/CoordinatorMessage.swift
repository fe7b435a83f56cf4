import RunFiles

/// What the coordinator tells a rank.
enum CoordinatorMessage: Hashable, Sendable {
  /// What I have settled while I opened the run.
  case brief(String)
  /// You have joined the run of this name.
  case welcome(run: String)
  /// Units for a worker, to be done in this order; none means: send what you have, and wait.
  case assign(slot: Int, units: [WorkUnit])
  /// I am alive.
  case heartbeat
  /// Give up what is not finished, send what is.
  case stop(StopReason)
  /// The run is over.
  case end(RunEnding)
}

// MARK: - Bytes

extension CoordinatorMessage {
  private enum Kind: UInt8 {
    case welcome = 101
    case assign, heartbeat, stop, end, brief
  }

  var message: Message {
    var writer = ByteWriter()
    let kind = write(&writer)
    return Message(kind: kind.rawValue, content: writer.bytes)
  }

  private func write(_ writer: inout ByteWriter) -> Kind {
    switch self {
    case .brief(let text):
      writer.write(text)
      return .brief
    case .welcome(let run):
      writer.write(run)
      return .welcome
    case .assign(let slot, let units):
      writer.write(slot)
      writer.write(units) { $0.write($1) }
      return .assign
    case .heartbeat: return .heartbeat
    case .stop(let reason):
      writer.write(reason)
      return .stop
    case .end(let ending):
      writer.write(Int(ending.code.rawValue))
      writer.write(ending.text) { $0.write($1) }
      return .end
    }
  }

  init(_ message: Message) throws(MalformedMessage) {
    guard let kind = Kind(rawValue: message.kind) else { throw MalformedMessage() }
    var reader = ByteReader(message.content)
    self = try Self.read(kind, &reader)
    try reader.end()
  }

  private static func read(
    _ kind: Kind, _ reader: inout ByteReader
  ) throws(MalformedMessage) -> CoordinatorMessage {
    switch kind {
    case .brief: .brief(try reader.string())
    case .welcome: .welcome(run: try reader.string())
    case .assign:
      .assign(
        slot: try reader.int(),
        units: try reader.list { r throws(MalformedMessage) in try r.unit() })
    case .heartbeat: .heartbeat
    case .stop: .stop(try reader.stopReason())
    case .end: .end(try reader.ending())
    }
  }
}
