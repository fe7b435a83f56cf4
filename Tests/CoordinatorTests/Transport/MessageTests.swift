import RunFiles
import Testing

@testable import Coordinator
@testable import Statistics

@Suite struct MessageTests {
  private static let unit = TestSamples.unit("c/d", 8..<12)

  private static let failed = FailedSample(
    image: unit.image, index: 9, attempts: 2, reason: "not finite – NaN")

  static let workerMessages: [WorkerMessage] = [
    .hello(
      RankInfo(
        rank: 3, host: "n3", process: 77, localRank: 1, localSize: 4, workers: 8, cores: 16,
        device: "cuda:0", agreement: TestSamples.agreement)),
    .finished(FinishedUnit(slot: 2, unit: unit, seconds: 1.5, failures: [failed])),
    .finished(FinishedUnit(slot: 2, unit: unit, seconds: -0.0, failures: [])),
    .result(slot: 0, image: unit.image, samples: SampleRanges([0..<4, 8..<9]), bytes: [1, 2, 3]),
    .heartbeat,
    .failure(WorkerFailure(rank: 1, host: "h", unit: unit, cause: "x", code: .internalError)),
    .failure(WorkerFailure(rank: 1, host: "h", unit: nil, cause: "", code: .badInput)),
    .stopRequested(.signal(10)),
    .stopRequested(.other("why")),
    .drained,
  ]

  static let coordinatorMessages: [CoordinatorMessage] = [
    .brief("run.unit=8"),
    .welcome(run: "host-1-2"),
    .assign(slot: 1, units: [unit, TestSamples.unit("a", 0..<1)]),
    .assign(slot: 0, units: []),
    .heartbeat,
    .stop(.signal(15)),
    .end(RunEnding(.complete)),
    .end(RunEnding(.interrupted, "run again")),
  ]

  @Test(arguments: workerMessages) func workerMessagesSurvive(message: WorkerMessage) throws {
    #expect(try WorkerMessage(message.message) == message)
    #expect(throws: MalformedMessage.self) { try CoordinatorMessage(message.message) }
  }

  @Test(arguments: coordinatorMessages) func coordinatorMessagesSurvive(
    message: CoordinatorMessage
  ) throws {
    #expect(try CoordinatorMessage(message.message) == message)
    #expect(throws: MalformedMessage.self) { try WorkerMessage(message.message) }
  }

  @Test func mutatedMessagesNeverCrash() {
    var random = SplitMix64(seed: 9)
    let all = Self.workerMessages.map(\.message) + Self.coordinatorMessages.map(\.message)
    for round in 0..<4000 {
      var content = all[round % all.count].content
      for _ in 0..<Int.random(in: 1...3, using: &random) where !content.isEmpty {
        let at = Int.random(in: 0..<content.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: content[at] = UInt8.random(in: 0...255, using: &random)
        case 1: content.remove(at: at)
        default: content.insert(0x7F, at: at)
        }
      }
      let message = Message(kind: all[round % all.count].kind, content: content)
      _ = try? WorkerMessage(message)
      _ = try? CoordinatorMessage(message)
    }
    #expect(throws: MalformedMessage.self) { try WorkerMessage(Message(kind: 0, content: [])) }
  }

  @Test func leftoverBytesAreRefused() {
    let message = WorkerMessage.drained.message
    #expect(throws: MalformedMessage.self) {
      try WorkerMessage(Message(kind: message.kind, content: [0]))
    }
  }

  @Test func piecesMustComeInOrder() throws {
    let head = MessageHead(Message(kind: 4, content: Array(0..<10)))
    func piece(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
      memory.copyBytes(from: bytes)
      return memory
    }
    let first = piece(head.bytes + [0, 1, 2, 3])
    let rest = piece([4, 5, 6, 7, 8, 9])
    let long = piece([4, 5, 6, 7, 8, 9, 10])
    defer { for memory in [first, rest, long] { memory.deallocate() } }
    let whole = try PartialMessage(1, first, 0).adding(2, rest, 0).whole
    #expect(whole == Message(kind: 4, content: Array(0..<10)))
    #expect(throws: TransportError.self) { try PartialMessage(2, first, 0) }
    #expect(throws: TransportError.self) { try PartialMessage(1, rest, 0) }
    #expect(throws: TransportError.self) { try PartialMessage(1, first, 0).adding(1, rest, 0) }
    #expect(throws: TransportError.self) { try PartialMessage(1, first, 0).adding(2, long, 0) }
  }
}
