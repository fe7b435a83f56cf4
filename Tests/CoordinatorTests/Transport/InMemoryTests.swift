import Testing

@testable import Coordinator

@Suite struct InMemoryTests {
  private static func message(_ number: UInt8) -> Message {
    Message(kind: number, content: [number])
  }

  @Test func messagesKeepTheirOrder() throws {
    let hub = InMemoryHub(ranks: 2)
    let (zero, one) = (hub.transport(rank: 0), hub.transport(rank: 1))
    for number in 1...3 { try one.send(Self.message(UInt8(number)), to: 0) }
    for number in 1...3 {
      #expect(try zero.poll() == Envelope(source: 1, message: Self.message(UInt8(number))))
    }
    #expect(try zero.poll() == nil)
  }

  @Test func aMessageRingsTheBellOfItsReceiver() throws {
    let hub = InMemoryHub(ranks: 2)
    let bell = Doorbell()
    let zero = hub.transport(rank: 0)
    try zero.wait(on: bell, upTo: 0)
    try hub.transport(rank: 1).send(Self.message(1), to: 0)
    #expect(bell.wait(upTo: 0))
    #expect(!bell.wait(upTo: 0))
  }

  @Test func faultsHappenAtTheirMessage() throws {
    let hub = InMemoryHub(
      ranks: 3,
      faults: [
        InMemoryFault(rank: 1, message: 2, effect: .kill(1)),
        InMemoryFault(rank: 2, message: 1, effect: .silence(2)),
      ])
    let (zero, one, two) = (hub.transport(rank: 0), hub.transport(rank: 1), hub.transport(rank: 2))
    try one.send(Self.message(1), to: 0)
    #expect(throws: TransportError.closed) { try one.send(Self.message(2), to: 0) }
    #expect(throws: TransportError.closed) { try one.poll() }
    try two.send(Self.message(3), to: 0)
    try zero.send(Self.message(4), to: 2)
    #expect(try two.poll() == nil)
    #expect(try zero.poll()?.source == 1)
    #expect(try zero.poll() == nil)
  }

  @Test func heldMessagesComeLater() throws {
    let hub = InMemoryHub(ranks: 2)
    hub.hold()
    try hub.transport(rank: 1).send(Self.message(1), to: 0)
    #expect(try hub.transport(rank: 0).poll() == nil)
    hub.release()
    #expect(try hub.transport(rank: 0).poll()?.message == Self.message(1))
  }

  @Test func abortClosesAllEnds() {
    let hub = InMemoryHub(ranks: 2)
    hub.transport(rank: 1).abort(.interrupted)
    #expect(throws: TransportError.closed) { try hub.transport(rank: 0).poll() }
    #expect(hub.abortCode == .interrupted)
  }

  @Test func theEndIsTogether() {
    let hub = InMemoryHub(ranks: 2)
    #expect(throws: TransportError.unfinished(seconds: 0)) {
      try hub.transport(rank: 0).finish(within: 0)
    }
    #expect(throws: Never.self) { try hub.transport(rank: 1).finish(within: 0) }
  }
}
