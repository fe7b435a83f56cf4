import Foundation
import Testing

@testable import RunFiles

/// Checkpoints that ask for more than tensors, or lie about them.
@Suite struct CheckpointHostileTests {
  private typealias Make = PickleMaker

  private func found(_ bytes: [UInt8]) -> CheckpointProblem? {
    problem(CheckpointProblem.self) { try PyTorchCheckpoint.decode(bytes, name: "x.pt") }
  }

  /// What is found with one tensor `w` over the storage `0` of `count` elements in `bytes` bytes.
  private func found(tensor: [UInt8], bytes: Int = 16) -> CheckpointProblem? {
    let pickle = Make.pickle(Make.dictionary([("w", tensor)]))
    let storage = [UInt8](repeating: 0, count: bytes)
    return found(CheckpointMaker.zip(pickle, storages: [("0", storage)]).bytes)
  }

  private var storage: [UInt8] { Make.storage("0", count: 4) }

  @Test func honestFilesAreRead() throws {
    let pickle = Make.pickle(
      Make.dictionary([("w", Make.tensor(storage, offset: 1, shape: [3], strides: [1]))]))
    let values = [1, 2, 3, 4].flatMap { (value: Float) in little(value.bitPattern) }
    let zip = CheckpointMaker.zip(pickle, storages: [("0", values)]).bytes
    let stream = CheckpointMaker.stream(pickle, storages: [("0", 4, values)])
    for bytes in [zip, stream] {
      let file = try PyTorchCheckpoint.decode(bytes, name: "x.pt")
      #expect(try file.tensors["w"]?.floats() == [2, 3, 4])
    }
    for bytes in [zip, stream] {
      for count in 0..<bytes.count {
        #expect(found(Array(bytes.prefix(count))) != nil, "cut to \(count) bytes")
      }
    }
  }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"),
    ("torch.storage", "_load_from_bytes"), ("torch", "load"), ("numpy.core.multiarray", "scalar"),
    ("collections", "OrderedDict.__init__"), ("torch", "ComplexFloatStorage"),
  ])
  func foreignFunctionsAreRefusedByName(module: String, name: String) {
    let pickle = Make.pickle(Make.call(module, name, [Make.text("touch /tmp/x")]))
    let want = CheckpointProblem.pickle(.foreignGlobal("\(module).\(name)"))
    #expect(found(CheckpointMaker.zip(pickle).bytes) == want)
    #expect(found(CheckpointMaker.stream(pickle)) == want)
    let stacked = Make.pickle(Make.text(module) + Make.text(name) + [0x93])
    #expect(found(CheckpointMaker.zip(stacked).bytes) == want)
    #expect(want.description.contains("asks for `\(module).\(name)`; only tensors are read"))
  }

  @Test(
    arguments: [
      (0x69, "INST"), (0x6F, "OBJ"), (0x81, "NEWOBJ"), (0x92, "NEWOBJEX"), (0x82, "EXT1"),
      (0x50, "PERSID"), (0x49, "INT"), (0x8F, "EMPTYSET"), (0x97, "NEXTBUFFER"), (0xFE, "0xfe"),
    ] as [(UInt8, String)])
  func foreignInstructionsAreRefusedByName(opcode: UInt8, name: String) {
    let bytes = CheckpointMaker.zip(Make.pickle([0x7D, opcode, 0, 0])).bytes
    #expect(found(bytes) == .pickle(.foreignOpcode(name)))
  }

  @Test func tensorsMustLieInTheirStorage() {
    func tensor(_ offset: Int, _ shape: [Int], _ strides: [Int]) -> CheckpointProblem? {
      found(tensor: Make.tensor(storage, offset: offset, shape: shape, strides: strides))
    }
    let outside = CheckpointProblem.outsideStorage(tensor: "w")
    #expect(tensor(0, [5], [1]) == outside)
    #expect(tensor(1, [4], [1]) == outside)
    #expect(tensor(-1, [2], [1]) == outside)
    #expect(tensor(0, [2], [4]) == outside)
    #expect(tensor(0, [2], [-1]) == outside)
    #expect(tensor(0, [-1], [1]) == outside)
    #expect(tensor(0, [2], []) == outside)
    #expect(tensor(.max, [1], [1]) == outside)
    #expect(tensor(0, [.max, .max], [.max, .max]) == outside)
    #expect(tensor(0, [1 << 32, 1 << 32, 0], [0, 0, 1]) == outside)
    #expect(tensor(0, [1 << 40], [0]) == .repeated(tensor: "w"))
  }

  @Test func storagesMustBeWhatTheyAreSaidToBe() {
    let tensor = Make.tensor(storage, shape: [4], strides: [1])
    #expect(found(tensor: tensor, bytes: 15) == .storage(key: "0", needed: 16, found: 15))
    #expect(found(tensor: tensor, bytes: 17) == .storage(key: "0", needed: 16, found: 17))
    let missing = Make.tensor(Make.storage("7", count: 4), shape: [4], strides: [1])
    #expect(found(tensor: missing) == .record("storage 7"))
    let huge = Make.tensor(Make.storage("0", count: .max), shape: [4], strides: [1])
    #expect(found(tensor: huge) == .record("storage 0"))
    let negative = Make.tensor(Make.storage("0", count: -4), shape: [0], strides: [1])
    #expect(found(tensor: negative) == .pickle(.arguments(of: "storage")))
  }

  @Test func theStorageListOfTheOlderFormIsChecked() {
    let pickle = Make.pickle(
      Make.dictionary([("w", Make.tensor(storage, shape: [4], strides: [1]))]))
    let data = [UInt8](repeating: 0, count: 16)
    func found(_ storages: (String, Int, [UInt8])...) -> CheckpointProblem? {
      self.found(CheckpointMaker.stream(pickle, storages: storages))
    }
    #expect(found() == .record("storage 0"))
    #expect(found(("1", 4, data)) == .record("storage 1"))
    #expect(found(("0", 5, data)) == .record("storage 0"))
    #expect(found(("0", -1, data)) == .record("storage 0"))
    #expect(found(("0", 4, Array(data.dropLast()))) == .storage(key: "0", needed: 16, found: 15))
    #expect(found(("0", 4, data), ("0", 4, data)) == .record("storage 0"))
    #expect(self.found(CheckpointMaker.stream(pickle, littleEndian: false)) == .bigEndian)
  }

  @Test func bigEndianArchivesAreRefused() {
    var zip = CheckpointMaker.zip(Make.pickle([0x7D]))
    zip.entries[1].content = Array("big".utf8)
    #expect(found(zip.bytes) == .bigEndian)
    zip.entries[1].content = Array("odd".utf8)
    #expect(found(zip.bytes) == .record("byteorder"))
  }

  @Test func filesWithoutADictionaryOfTensorsSayWhatTheyHold() {
    func found(_ body: [UInt8]) -> CheckpointProblem? {
      self.found(CheckpointMaker.zip(Make.pickle(body)).bytes)
    }
    #expect(found([0x4E]) == .noTensors(found: ["nothing"]))
    #expect(found([0x7D]) == .noTensors(found: []))
    #expect(found(Make.dictionary([("epoch", [0x4B, 3])])) == .noTensors(found: ["epoch"]))
    let tensor = Make.tensor(storage, shape: [4], strides: [1])
    #expect(found(tensor) == .noTensors(found: ["a single tensor"]))
    let inner = Make.dictionary([("w", tensor)])
    #expect(
      found(Make.dictionary([("one", inner), ("two", inner)]))
        == .severalDictionaries(["one", "two"]))
    #expect(found(Make.dictionary([("w", tensor), ("w", tensor)])) == .duplicate("w"))
  }

  @Test func compressedAndForeignArchivesAreRefused() {
    var zip = CheckpointMaker.zip(Make.pickle([0x7D]))
    zip.entries[0].method = 8
    #expect(found(zip.bytes) == .archive(.encoded("net/data.pkl")))
    zip.entries.append(ZipMaker.Entry(name: "net/constants.pkl", content: []))
    #expect(found(zip.bytes) == .torchScript)
  }

  @Test func aNamedDictionaryComesBeforeTensorsBesideIt() throws {
    let tensor = Make.tensor(storage, shape: [4], strides: [1])
    func order(_ name: String) throws -> [String] {
      let inner = (name, Make.dictionary([("w", tensor)]))
      let pickle = Make.pickle(Make.dictionary([("loss", tensor), inner]))
      let storages = [("0", [UInt8](repeating: 0, count: 16))]
      let bytes = CheckpointMaker.zip(pickle, storages: storages).bytes
      return try PyTorchCheckpoint.decode(bytes, name: "x").order
    }
    #expect(try order("state_dict") == ["w"])
    #expect(try order("buffers") == ["loss"])
  }

  /// Two thousand names for one dictionary of two thousand tensors.
  @Test(.timeLimit(.minutes(1))) func manyNamesForOneDictionaryCostNothing() {
    let tensor = Make.tensor(storage, shape: [4], strides: [1]) + [0x71, 1]
    let again: [UInt8] = [0x68, 1]
    let rest = (1..<2000).map { ("\($0)", again) }
    let inner = Make.dictionary([("0", tensor)] + rest) + [0x71, 2]
    let names = (1..<2000).map { ("n\($0)", [0x68, 2] as [UInt8]) }
    let pickle = Make.pickle(Make.dictionary([("n0", inner)] + names))
    guard case .severalDictionaries(let found)? = found(CheckpointMaker.zip(pickle).bytes) else {
      Issue.record("no error")
      return
    }
    #expect(found.count == 10)
  }

  @Test func averagedWeightsArePreferred() throws {
    let tensor = Make.tensor(storage, shape: [4], strides: [1])
    let pickle = Make.pickle(
      Make.dictionary([
        ("model", Make.dictionary([("w", tensor)])), ("ema", Make.dictionary([("v", tensor)])),
      ]))
    let bytes = CheckpointMaker.zip(
      pickle, storages: [("0", [UInt8](repeating: 0, count: 16))]
    ).bytes
    #expect(try PyTorchCheckpoint.decode(bytes, name: "x").metadata == ["entry": "ema"])
    #expect(try PyTorchCheckpoint.decode(bytes, name: "x", entry: "model").order == ["w"])
  }

  @Test func otherFilesAreRefused() {
    #expect(found([]) == .notCheckpoint)
    #expect(found(Array("version https://git-lfs.github.com/spec/v1".utf8)) == .notCheckpoint)
    #expect(found(Make.pickle([0x7D])) == .notCheckpoint)
    #expect(found(ZipMaker([("net/model.json", [])]).bytes) == .record("data.pkl"))
    #expect(found(ZipMaker([("a/data.pkl", []), ("b/data.pkl", [])]).bytes) == .record("data.pkl"))
  }
}

/// Pickles that try to exhaust memory, stack or time, or leave the machine's rules.
@Suite struct PickleMachineTests {
  private typealias Make = PickleMaker

  private func run(
    _ bytes: [UInt8], limit: Int = PickleMachine.stepLimit
  ) throws -> PickleMachine {
    try bytes.withUnsafeBytes { bytes in
      var machine = PickleMachine(bytes, limit: limit)
      _ = try machine.run()
      return machine
    }
  }

  private func found(_ body: [UInt8]) -> PickleProblem? {
    #expect(throws: PickleProblem.self) { _ = try run(Make.pickle(body)) }
  }

  private func value(_ body: [UInt8]) throws -> PickleValue {
    try Make.pickle(body).withUnsafeBytes { bytes in
      var machine = PickleMachine(bytes)
      return try machine.run()
    }
  }

  @Test func integersOfAllWidths() throws {
    #expect(try value([0x4A] + little(Int32(-5))).integer == -5)
    #expect(try value([0x4D, 0xFF, 0xFF]).integer == 65535)
    #expect(try value([0x8A, 0]).integer == 0)
    #expect(try value([0x8A, 1, 0xFF]).integer == -1)
    #expect(try value([0x8A, 2, 0xFF, 0]).integer == 255)
    #expect(try value(Make.integer(.min)).integer == .min)
    #expect(try value([0x8B] + little(Int32(9)) + [UInt8](repeating: 1, count: 9)).integer == nil)
    #expect(try value([0x47] + big(Double(-0.75).bitPattern)).word == "-0.75")
  }

  /// A dictionary of two references to one below, forty deep: a copy for each would be 2^40.
  @Test func sharedPartsAreNotCopied() throws {
    var body: [UInt8] = [0x5D, 0x71, 0]
    for level in 0..<40 as Range<UInt8> {
      body += [0x30, 0x5D, 0x28, 0x68, level, 0x68, level, 0x65, 0x71, level + 1]
    }
    #expect(try run(Make.pickle(body)).heap.count == 41)
  }

  @Test func aListMayHoldItself() throws {
    #expect(try run(Make.pickle([0x5D, 0x71, 0, 0x68, 0, 0x61])).heap.count == 1)
  }

  @Test func deepNestsAreReadAndReleased() throws {
    let depth = 100_000
    let nested = [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1)
    #expect(try run(Make.pickle(nested)).heap.count == depth)
    let tuples = [0x29] + [UInt8](repeating: 0x85, count: depth)
    #expect(try run(Make.pickle(tuples)).heap.count == depth + 1)
  }

  /// One long list handed to a call again and again: each call would copy it.
  @Test func repeatedCallsOnSharedListsAreStopped() {
    let pairs = 200
    var body: [UInt8] = [0x5D, 0x71, 0, 0x28]
    for _ in 0..<pairs { body += [0x4E, 0x4E, 0x86] }
    body += [0x65] + Make.global("collections", "OrderedDict") + [0x71, 1]
    for _ in 0..<pairs { body += [0x68, 1, 0x68, 0, 0x85, 0x52, 0x30] }
    #expect(throws: PickleProblem.tooLong(limit: 10_000)) {
      try run(Make.pickle(body), limit: 10_000)
    }
  }

  @Test func shapesOfManyAxesAreRefused() {
    let axes = [Int](repeating: 1, count: 65)
    let tensor = Make.tensor(Make.storage("0", count: 1), shape: axes, strides: axes)
    #expect(found(tensor) == .arguments(of: "_rebuild_tensor"))
  }

  @Test func namesOfStoragesAreShort() {
    let storage = Make.storage(String(repeating: "0", count: 1001), count: 1)
    #expect(found(storage) == .arguments(of: "storage"))
  }

  @Test func endlessPicklesAreStopped() throws {
    let pickle = Make.pickle([UInt8](repeating: 0x4E, count: 1000))
    #expect(throws: PickleProblem.tooLong(limit: 1000)) { try run(pickle, limit: 1000) }
    #expect(try run(pickle, limit: 1001).offset == pickle.count)
  }

  @Test func lengthsBeyondThePickleAreRefused() {
    #expect(found([0x58, 0xFF, 0xFF, 0xFF, 0xFF]) == .cutShort)
    #expect(found([0x8D] + little(UInt64.max)) == .cutShort)
    #expect(found([0x8E] + little(UInt64(Int.max))) == .cutShort)
    #expect(found([0x8B, 0xFF, 0xFF, 0xFF, 0xFF]) == .cutShort)
    #expect(found(Array("cos".utf8)) == .cutShort)
    #expect(found([0x95, 1]) == .cutShort)
  }

  @Test func theStackIsGuarded() {
    let wrong: [[UInt8]] = [
      [], [0x30], [0x52], [0x61], [0x73], [0x74], [0x75], [0x65], [0x68, 5], [0x31], [0x32], [0x93],
      [0x71, 0], [0x86], [0x28, 0x30], [0x4E, 0x28, 0x85], [0x5D, 0x28, 0x4E, 0x75],
      [0x7D, 0x28, 0x4E, 0x75], [0x4E, 0x4E, 0x61], [0x4E, 0x4E, 0x62], [0x4E, 0x29, 0x52],
      [0x29, 0x4E, 0x52], [0x58, 1, 0, 0, 0, 0xFF], [0x62],
    ]
    for body in wrong {
      guard case .malformed? = found(body) else {
        Issue.record("\(body) was run")
        continue
      }
    }
  }

  @Test func argumentsAreChecked() {
    #expect(found(Make.call("torch", "Size", [])) == .arguments(of: "Size"))
    #expect(found(Make.call("torch", "FloatStorage", [])) == .arguments(of: "storage"))
    let rebuild = Make.call("torch._utils", "_rebuild_tensor_v2", [[0x4E]])
    #expect(found(rebuild) == .arguments(of: "_rebuild_tensor"))
    let parameter = Make.call("torch._utils", "_rebuild_parameter", [])
    #expect(found(parameter) == .arguments(of: "_rebuild_parameter"))
    #expect(found(Make.text("0") + [0x51]) == .arguments(of: "storage"))
    let pairs = Make.call("collections", "OrderedDict", [[0x5D, 0x4E, 0x61]])
    #expect(found(pairs) == .arguments(of: "OrderedDict"))
    let both = Make.storage("0", count: 4) + Make.storage("0", count: 5)
    #expect(found(both) == .arguments(of: "storage"))
  }

  @Test func otherProtocolsAreRefused() throws {
    for (start, version) in [([0x28, 0x64], 0), ([0x80, 1], 1), ([0x80, 6], 6)] as [([UInt8], Int)]
    {
      #expect(throws: PickleProblem.protocolVersion(version)) { try run(start + [0x4E, 0x2E]) }
    }
    #expect(throws: PickleProblem.cutShort) { try run([0x80]) }
  }
}
