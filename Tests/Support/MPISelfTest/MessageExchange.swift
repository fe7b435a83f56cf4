import Coordinator
import Foundation

/// Every rank sends every other one messages of all sizes at the same time, and checks what it gets.
struct MessageExchange {
  struct Wrong: Error, CustomStringConvertible {
    let description: String
  }

  let pieceBytes: Int

  private var sizes: [Int] {
    [
      0, 1, pieceBytes - 10, pieceBytes - 9, pieceBytes - 8, pieceBytes, 3 * pieceBytes + 1,
      300_000,
    ]
  }

  func run() throws {
    let transport = try MPITransport(pieceBytes: pieceBytes)
    let node = transport.node
    try checkErrors(transport)
    let others = (0..<node.size).filter { $0 != node.rank }
    for (number, size) in sizes.enumerated() {
      for other in others {
        try transport.send(Self.message(number, size, from: node.rank, to: other), to: other)
      }
    }
    try receiveAll(transport, from: others)
    let line =
      "rank \(node.rank) of \(node.size) received \(others.count * sizes.count) messages; "
      + "local \(node.localRank) of \(node.localSize) on \(node.host)"
    print(line)
    try transport.finish(within: 30)
  }

  private func receiveAll(_ transport: MPITransport, from others: [Int]) throws {
    var next: [Int: Int] = [:]
    let bell = Doorbell()
    while next.values.reduce(0, +) < others.count * sizes.count {
      guard let envelope = try transport.poll() else {
        try transport.wait(on: bell, upTo: 0.1)
        continue
      }
      let number = next[envelope.source, default: 0]
      let expected = Self.message(
        number, sizes[number], from: envelope.source, to: transport.node.rank)
      guard envelope.message == expected else {
        throw Wrong(
          description: "message \(number) from rank \(envelope.source) is not what was sent")
      }
      next[envelope.source] = number + 1
    }
  }

  /// A rank that does not exist is an error with MPI's own words, not the end of the process.
  private func checkErrors(_ transport: MPITransport) throws {
    do {
      try transport.send(Message(kind: 1, content: []), to: transport.node.size + 5)
    } catch {
      print("expected: \(error)")
      return
    }
    throw Wrong(description: "a message to a rank that does not exist was accepted")
  }

  private static func message(_ number: Int, _ size: Int, from source: Int, to rank: Int) -> Message
  {
    let seed = number &* 131 &+ source &* 31 &+ rank
    // The block's length has no factor in common with a piece's: a lost or swapped piece shows.
    let block = (0..<4093).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8 &+ seed) }
    var content: [UInt8] = []
    content.reserveCapacity(size + block.count)
    while content.count < size { content += block }
    return Message(kind: UInt8(number), content: Array(content[..<size]))
  }
}
