import Foundation
import MPIShim

/// Messages by MPI.
///
/// Sends and receives are all begun and tested, never waited for, so two ranks that send to each
/// other cannot block each other, and waiting sleeps with growing pauses instead of spinning. A
/// message goes in pieces, since MPI counts bytes in 32 bits: the first piece begins with the
/// length of the whole and the kind. Only one object may exist in a process, used from the thread
/// that made it.
public final class MPITransport: Transport {
  public let node: NodeInfo
  private let pieceBytes: Int
  private var outgoing: [OutgoingPiece] = []
  private var incoming: [IncomingPiece] = []
  private var partial: [Int: PartialMessage] = [:]
  private var arrived = Queue<Envelope>()
  private var pause = BackOff()

  /// The most bytes of one MPI message; short enough to see that a long message moves.
  public static let largestPiece = 4 << 20

  /// Starts MPI, or joins no one if the process was started without a launcher.
  ///
  /// - Parameters:
  ///   - affinity: the cores this process may run on, in any form that is the same for the same
  ///     cores.
  ///   - seconds: the process ends with the code for "run again" if not all ranks have come by
  ///     then.
  ///   - pieceBytes: how long a piece may be, at least 16; small values are for tests.
  /// - Throws: ``TransportError``.
  public init(
    affinity: String = "", startWithin seconds: Double = 600, pieceBytes: Int = largestPiece
  ) throws(TransportError) {
    let watch = StartWatch(seconds: seconds)
    defer { watch.end() }
    self.pieceBytes = min(max(pieceBytes, 16), Self.largestPiece)
    try LoneStart().around(MPILibrary.start)
    let (rank, size) = try MPILibrary.numbers("MPI_Comm_rank", mpishim_rank)
    let (localRank, localSize) = try MPILibrary.numbers("MPI_Comm_split_type", mpishim_local_rank)
    node = NodeInfo(
      rank: rank, size: size, localRank: localRank, localSize: localSize,
      host: try MPILibrary.text("MPI_Get_processor_name", mpishim_host),
      library: try MPILibrary.text("MPI_Get_library_version", mpishim_library),
      coreSharers: try MPILibrary.localCount(of: Self.fingerprint(affinity), size: localSize))
  }

  /// The FNV-1a hash: equal for equal texts, in every process.
  private static func fingerprint(_ text: String) -> Int64 {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    return Int64(bitPattern: hash)
  }
}

// MARK: - Sending

/// A piece of a message on its way; its bytes stay where they are until MPI is done with them.
private struct OutgoingPiece {
  let bytes: UnsafeMutableRawBufferPointer
  var request: OpaquePointer?
}

extension MPITransport {
  public func send(_ message: Message, to rank: Int) throws(TransportError) {
    let head = MessageHead(message).bytes
    let first = min(message.content.count, pieceBytes - MessageHead.byteCount)
    try send(.first, [head[...], message.content[..<first]], to: rank)
    var start = first
    while start < message.content.count {
      let end = min(message.content.count, start + pieceBytes)
      try send(.rest, [message.content[start..<end]], to: rank)
      start = end
    }
  }

  private func send(
    _ tag: PieceTag, _ slices: [ArraySlice<UInt8>], to rank: Int
  ) throws(TransportError) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: slices.reduce(0) { $0 + $1.count }, alignment: 16)
    var offset = 0
    for slice in slices {
      UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyBytes(from: slice)
      offset += slice.count
    }
    var request: OpaquePointer?
    try MPILibrary.check(
      "MPI_Isend",
      mpishim_send(bytes.baseAddress, Int64(bytes.count), Int32(rank), tag.rawValue, &request))
    var piece = OutgoingPiece(bytes: bytes, request: request)
    // Short messages are gone at once, so that what waits is short.
    if try !isSent(&piece) { outgoing.append(piece) }
  }

  private func progressSends() throws(TransportError) {
    var waiting = 0
    for index in outgoing.indices where try !isSent(&outgoing[index]) {
      outgoing.swapAt(waiting, index)
      waiting += 1
    }
    outgoing.removeLast(outgoing.count - waiting)
  }

  /// Frees the piece if MPI is done with it.
  private func isSent(_ piece: inout OutgoingPiece) throws(TransportError) -> Bool {
    guard try MPILibrary.isDone(&piece.request) else { return false }
    piece.bytes.deallocate()
    pause.noteActivity(now: MonotonicClock.now())
    return true
  }
}

// MARK: - Receiving

/// A piece of a message that is being received.
private struct IncomingPiece {
  let source: Int
  let tag: Int32
  let bytes: UnsafeMutableRawBufferPointer
  var request: OpaquePointer?
  var isDone = false
}

extension MPITransport {
  public func poll() throws(TransportError) -> Envelope? {
    if arrived.isEmpty, node.size > 1 { try progress() }
    return arrived.popFirst()
  }

  private func progress() throws(TransportError) {
    try progressSends()
    while let found = try MPILibrary.probe() {
      try beginToReceive(found.source, found.tag, found.bytes)
    }
    for index in incoming.indices where !incoming[index].isDone {
      incoming[index].isDone = try MPILibrary.isDone(&incoming[index].request)
    }
    try deliver()
  }

  private func beginToReceive(
    _ source: Int32, _ tag: Int32, _ count: Int
  ) throws(TransportError) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    var request: OpaquePointer?
    try MPILibrary.check(
      "MPI_Irecv", mpishim_receive(bytes.baseAddress, Int64(count), source, tag, &request))
    incoming.append(
      IncomingPiece(source: Int(source), tag: tag, bytes: bytes, request: request))
  }

  /// Takes the pieces that are there, in the order in which each rank sent them.
  private func deliver() throws(TransportError) {
    var blocked: Set<Int> = []
    var waiting: [IncomingPiece] = []
    for piece in incoming {
      guard piece.isDone, !blocked.contains(piece.source) else {
        blocked.insert(piece.source)
        waiting.append(piece)
        continue
      }
      try take(piece)
    }
    incoming = waiting
  }

  private func take(_ piece: IncomingPiece) throws(TransportError) {
    defer { piece.bytes.deallocate() }
    pause.noteActivity(now: MonotonicClock.now())
    let message: PartialMessage
    if let begun = partial.removeValue(forKey: piece.source) {
      message = try begun.adding(piece.tag, piece.bytes, piece.source)
    } else {
      message = try PartialMessage(piece.tag, piece.bytes, piece.source)
    }
    if let whole = message.whole {
      arrived.append(Envelope(source: piece.source, message: whole))
    } else {
      partial[piece.source] = message
    }
  }
}

// MARK: - Waiting and ending

extension MPITransport {
  public func wait(on bell: Doorbell, upTo seconds: Double) throws(TransportError) {
    guard node.size > 1 else {
      _ = bell.wait(upTo: seconds)
      return
    }
    let end = MonotonicClock.now() + seconds
    while arrived.isEmpty {
      let now = MonotonicClock.now()
      guard now < end else { return }
      if sleep(on: bell, upTo: min(end - now, pause.next(isMoving: isMoving, now: now))) { break }
      try progress()
    }
    pause.noteActivity(now: MonotonicClock.now())
  }

  private var isMoving: Bool { !outgoing.isEmpty || !incoming.isEmpty }

  /// True if the bell was rung; a pause of nothing lets other threads run.
  private func sleep(on bell: Doorbell, upTo seconds: Double) -> Bool {
    if seconds > 0 { return bell.wait(upTo: seconds) }
    sched_yield()
    return bell.isRung()
  }

  public func abort(_ code: ExitCode) {
    LauncherWatch()?.start(seconds: 15)
    _ = mpishim_abort(code.rawValue)
  }

  public func finish(within seconds: Double?) throws(TransportError) {
    let end = seconds.map { MonotonicClock.now() + $0 }
    let bell = Doorbell()
    var barrier: OpaquePointer?
    try MPILibrary.check("MPI_Ibarrier", mpishim_barrier(&barrier))
    while true {
      try progress()
      arrived.removeAll()
      if outgoing.isEmpty, barrier == nil { break }
      if barrier != nil, try MPILibrary.isDone(&barrier) { continue }
      if let end, MonotonicClock.now() > end { throw .unfinished(seconds: seconds ?? 0) }
      _ = sleep(on: bell, upTo: pause.next(isMoving: isMoving, now: MonotonicClock.now()))
    }
    try MPILibrary.check("MPI_Finalize", mpishim_finalize())
  }
}
