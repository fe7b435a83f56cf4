import Foundation
import Testing

@testable import RunFiles

@Suite struct HostileYAMLTests {
  typealias Samples = ConfigurationSamples

  @Test(arguments: ["[", "{", "- ", "{a: ", "[[a]: ", "? ", "- - ? ", "!!python/tuple [", "a: ["])
  func endlessNestingIsAnError(opening: String) {
    let text = Samples.problem(of: String(repeating: opening, count: 100_000))
    #expect(text.hasPrefix("a.yaml"))
  }

  @Test func balancedNestingIsAnError() {
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    #expect(
      Samples.problem(of: "run: \(deep)")
        == "a.yaml:1: not valid YAML: lists or sections are nested too deeply "
        + "(while parsing that begins in line 1)")
  }

  @Test func theDeepestNestingThatIsParsedIsReadToItsEnd() {
    for depth in [900, 990] {
      let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(Samples.problem(of: "run: \(deep)").contains("run: found a list"))
    }
  }

  @Test func indentationWithoutEndIsAnError() {
    let text = (0..<1200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(Samples.problem(of: text).hasPrefix("a.yaml"))
  }

  @Test(arguments: [
    "a: &a [x, x]\nb: [*a, *a]\n", "a: &a {b: *a}\n", "a: *a\n", "&a x: 1\n", "? &a [b]\n: *a\n",
    "x: {*a : 1}\n", "x: [&a , *a]\n", "- &a\n- *a\n", "&a\n", "run: &r {seed: 1}\n",
  ])
  func aliasesAndAnchorsAreRefused(text: String) {
    let problem = Samples.problem(of: text)
    #expect(problem.contains("aliases (*name)"), "\(problem)")
  }

  @Test(arguments: ["", "? "])
  func aBillionLaughsCostNothing(key: String) {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<60 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "\(key)a\(level): &a\(level) [\(aliases)]\n"
    }
    text += "? *a59\n: 1\n? [*a59, *a58]\n: 2\n"
    #expect(Samples.problem(of: text).contains("aliases"))
  }

  @Test func markersInCommentsAndTextsAreNoAliases() throws {
    let text = Samples.full(
      "output: runs/full", "output: \"runs/*a & b?\" # &a *b ? c\n  # *not &an ? alias")
    #expect(try Samples.load(text).run.output == "runs/*a & b?")
    let plain = Samples.full("output: runs/full", "output: runs/a*b&c?d ?")
    #expect(try Samples.load(plain).run.output == "runs/a*b&c?d ?")
  }

  @Test(arguments: ["? a\n", "[a, b]: 1\n", "{a: 1}: 1\n", "run: {[a]: 1}\n"])
  func complexKeysAreRefused(text: String) {
    #expect(Samples.problem(of: text).contains("a key must be a single word"))
  }

  @Test(arguments: [
    "!!python/object/apply:os.system [ls]", "!!set {a}", "!<tag:x> 1", "!local 1", "!!int '1'",
    "!!binary aGk=", "!!python/tuple {a: 1}", "! 1",
  ])
  func tagsAreRefused(value: String) {
    #expect(
      Samples.problem(of: "run:\n  seed: \(value)\n").hasPrefix("a.yaml:2: run.seed: the tag !"))
  }

  @Test(arguments: [
    ("", "a.yaml: empty; a configuration needs at least data, measurement, prior and sampler"),
    ("\n# nothing\n", "a.yaml: empty; a configuration needs"),
    ("---\n...\n", "a.yaml: empty; "), ("~", "a.yaml: empty; "),
    ("- a\n- b\n", "a.yaml:1: found '[a, b]', expected sections such as 'run:'"),
    ("hello", "a.yaml:1: found 'hello', expected sections such as 'run:'"),
    ("run: {}\n---\nrun: {}\n", "a.yaml:2: a second YAML document begins here"),
    ("run:\n\tseed: 1\n", "a.yaml:2: not valid YAML: indent with spaces, not with tabs"),
    ("run:\n  seed: 1\n \t samples: 2\n", "a.yaml:3: not valid YAML: indent with spaces"),
    ("run: {seed: 1\n", "a.yaml:2: not valid YAML: did not find expected ',' or '}' "),
    ("run: \"a\n", "a.yaml:2: not valid YAML: found unexpected end of stream (while scanning"),
    ("run:\n  seed: \u{1}\n", "a.yaml:2: not valid YAML: control characters are not allowed"),
    ("run:\n  seed: a: b\n", "a.yaml:2: not valid YAML: mapping values are not allowed"),
    ("run: \u{E000}\n", "a.yaml: not valid YAML: characters U+E000 to U+E002 are not allowed"),
    ("{[a]: 1, [a]: 2}\n", "a.yaml:1: "), ("<<: {seed: 1}\n", "a.yaml: 'data' is missing"),
  ])
  func whatIsNoConfigurationIsTold(text: String, expected: String) {
    let problem = Samples.problem(of: text)
    #expect(problem.hasPrefix(expected), "\(problem)")
  }

  @Test(arguments: ["\r\n", "\n"])
  func lineEndsAndAByteOrderMarkAreAccepted(end: String) throws {
    let text = "\u{FEFF}" + Samples.full.replacing("\n", with: end)
    let read = try ConfigurationText.decode(Array(text.utf8))
    #expect(try Samples.load(read) == Samples.load(Samples.full))
  }

  @Test(arguments: [
    String(repeating: "9", count: 100_000), "-" + String(repeating: "9", count: 100_000),
    "0x" + String(repeating: "f", count: 1000), "1e100000", "1_000", "0b1", "1:30", "１",
    "1\u{301}", "+", "-", "0x", ".", "e5", "--1", "0x1p3", "infinity",
  ])
  func strangeNumbersAreErrors(number: String) {
    for key in ["seed", "samples", "checkpoint"] {
      let problem = Samples.problem(of: "run: {\(key): \(number)}\n" + Samples.minimal)
      #expect(problem.hasPrefix("a.yaml:1: run.\(key): found"), "\(problem)")
      #expect(problem.utf8.count < 400)
    }
  }

  @Test func aVeryLongKeyIsShortened() {
    let key = String(repeating: "k", count: 500_000)
    let problem = Samples.problem(of: "? \(key)\n: 1\n")
    #expect(problem.utf8.count < 400)
    #expect(Samples.problem(of: "run: {\"\(key.prefix(900))\": 1}\n").utf8.count < 1000)
  }

  @Test func aVeryWideSectionIsReadInTime() {
    let keys = (0..<60_000).map { "k\($0): 1\n" }.joined()
    #expect(Samples.problem(of: keys).hasSuffix("more problems"))
  }

  @Test func aVeryLongListIsReadInTime() {
    let list = "run: {seed: [" + String(repeating: "a,", count: 400_000) + "]}"
    #expect(Samples.problem(of: list).hasPrefix("a.yaml"))
  }
}

@Suite struct ConfigurationFileTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "configuration-\(UUID().uuidString)")

  private func problem(writing bytes: [UInt8]) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.yaml").path
    try Data(bytes).write(to: URL(filePath: path))
    return problem(at: path).replacing(folder.path, with: "F")
  }

  private func problem(at path: String) -> String {
    do {
      _ = try Configuration.load(path: path)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func aFileIsReadFromDisk() throws {
    #expect(try problem(writing: Array(ConfigurationSamples.full.utf8)) == "no error")
  }

  @Test func bytesThatAreNoTextAreRefused() throws {
    #expect(
      try problem(writing: [0x72, 0x75, 0x6E, 0x3A, 0xFF, 0x0A])
        == "F/a.yaml: not UTF-8 text; save it as UTF-8")
    let wide = try #require("run: {}".data(using: .utf16))
    #expect(try problem(writing: Array(wide)) == "F/a.yaml: not UTF-8 text; save it as UTF-8")
  }

  @Test func zerosAreRefused() throws {
    #expect(
      try problem(writing: [UInt8](repeating: 0, count: 64))
        == "F/a.yaml:1: not valid YAML: control characters are not allowed")
  }

  @Test func alargeFileIsRefusedBeforeItIsParsed() throws {
    let text = [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) + 1)
    #expect(
      try problem(writing: text)
        == "F/a.yaml: larger than 1 MB; is this a configuration file?")
    #expect(try problem(writing: Array(text.dropLast())).hasPrefix("F/a.yaml: empty"))
  }

  /// As the `run.yaml` of many images: what it ends with is passed over, however long it is.
  @Test func aLargeRecordIsPassedOver() throws {
    let line = "  input_0: \"\(String(repeating: "0", count: 64)) a\"\n"
    let text =
      ConfigurationSamples.minimal + "record:\n"
      + String(repeating: line, count: (1 << 20) / line.count)
    #expect(text.utf8.count > 1 << 20)
    let read = try ConfigurationText.decode(Array(text.utf8))
    #expect(read == ConfigurationSamples.minimal)
  }

  @Test func whatIsNoFileIsTold() {
    #expect(
      problem(at: "/no/such.yaml") == "/no/such.yaml: cannot be read: No such file or directory")
    #expect(problem(at: "/tmp") == "/tmp: is a folder; name the YAML file in it")
    #expect(problem(at: "/dev/zero") == "/dev/zero: is not a regular file")
    #expect(problem(at: "").hasPrefix("cannot be read: No such file"))
  }
}
