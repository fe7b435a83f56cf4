/// Whether a piece begins a message or goes on with one; the MPI tag.
enum PieceTag: Int32 {
  case first = 1
  case rest = 2
}

/// The first bytes of a message: the length of its content, and its kind.
struct MessageHead {
  static let byteCount = 9
  let length: Int
  let kind: UInt8

  init(_ message: Message) {
    length = message.content.count
    kind = message.kind
  }

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.byteCount else { return nil }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard let length = Int(exactly: length) else { return nil }
    self.length = length
    kind = bytes[8]
  }

  var bytes: [UInt8] {
    withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) } + [kind]
  }
}

/// A message of which some pieces have arrived.
struct PartialMessage {
  private let head: MessageHead
  private var content: [UInt8] = []

  /// Begins with a first piece.
  init(
    _ tag: Int32, _ piece: UnsafeMutableRawBufferPointer, _ source: Int
  ) throws(TransportError) {
    let piece = UnsafeRawBufferPointer(piece)
    guard tag == PieceTag.first.rawValue, let head = MessageHead(piece),
      piece.count - MessageHead.byteCount <= head.length
    else { throw .malformed(source: source, "a piece of \(piece.count) bytes out of order") }
    self.head = head
    // What is announced is not allocated before it arrives.
    content.append(
      contentsOf: UnsafeRawBufferPointer(rebasing: piece[MessageHead.byteCount...]))
  }

  /// Goes on with the next piece.
  consuming func adding(
    _ tag: Int32, _ piece: UnsafeMutableRawBufferPointer, _ source: Int
  ) throws(TransportError) -> PartialMessage {
    guard tag == PieceTag.rest.rawValue, piece.count <= head.length - content.count else {
      throw .malformed(source: source, "a piece of \(piece.count) bytes out of order")
    }
    content.append(contentsOf: piece)
    return self
  }

  /// The message once all of it is there.
  var whole: Message? {
    content.count == head.length ? Message(kind: head.kind, content: content) : nil
  }
}
