import RunFiles

/// What a rank tells the coordinator.
enum WorkerMessage: Hashable, Sendable {
  /// I am here and can work.
  case hello(RankInfo)
  /// A worker has finished a unit; its part comes later.
  case finished(FinishedUnit)
  /// The sum of finished units of one image.
  case result(slot: Int, image: ImageID, samples: SampleRanges, bytes: [UInt8])
  /// I am alive.
  case heartbeat
  /// An error that must end the run.
  case failure(WorkerFailure)
  /// I was asked to stop.
  case stopRequested(StopReason)
  /// I have stopped; no result will come any more.
  case drained
}

/// A unit that has been drawn.
struct FinishedUnit: Hashable, Sendable {
  var slot: Int
  var unit: WorkUnit
  var seconds: Double
  var failures: [FailedSample]
}

/// A sample that failed.
public struct FailedSample: Hashable, Sendable {
  /// Its image.
  public var image: ImageID
  /// Its index.
  public var index: Int
  /// How often it was tried.
  public var attempts: Int
  /// Why it failed.
  public var reason: String
}

// MARK: - Bytes

extension WorkerMessage {
  private enum Kind: UInt8 {
    case hello = 1
    case finished, result, heartbeat, failure, stopRequested, drained
  }

  var message: Message {
    var writer = ByteWriter()
    let kind = write(&writer)
    return Message(kind: kind.rawValue, content: writer.bytes)
  }

  private func write(_ writer: inout ByteWriter) -> Kind {
    switch self {
    case .hello(let info): return writer.put(info, .hello) { $0.write($1) }
    case .finished(let unit): return writer.put(unit, .finished) { $0.write($1) }
    case .result(let slot, let image, let samples, let bytes):
      writer.write(slot)
      writer.write(image.name)
      writer.write(samples.description)
      writer.write(bytes)
      return .result
    case .heartbeat: return .heartbeat
    case .failure(let failure): return writer.put(failure, .failure) { $0.write($1) }
    case .stopRequested(let reason): return writer.put(reason, .stopRequested) { $0.write($1) }
    case .drained: return .drained
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
  ) throws(MalformedMessage) -> WorkerMessage {
    switch kind {
    case .hello: .hello(try reader.rankInfo())
    case .finished: .finished(try reader.finishedUnit())
    case .result:
      .result(
        slot: try reader.int(), image: try reader.image(), samples: try reader.samples(),
        bytes: try reader.array())
    case .heartbeat: .heartbeat
    case .failure: .failure(try reader.failure())
    case .stopRequested: .stopRequested(try reader.stopReason())
    case .drained: .drained
    }
  }
}

extension ByteWriter {
  fileprivate mutating func put<Value, Kind>(
    _ value: Value, _ kind: Kind, _ write: (inout ByteWriter, Value) -> Void
  ) -> Kind {
    write(&self, value)
    return kind
  }
}
