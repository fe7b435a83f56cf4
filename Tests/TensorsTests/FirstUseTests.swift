import Foundation
import Testing

/// The first calls of a process, made by two threads at once, as workers make theirs.
@Suite struct FirstUseTests {
  /// Without `resolveVectorMath`, 2.4 of 1000 processes found other bits for an elementary function (29 of 12000, two
  /// cores), which six of the tool's sixteen operations are: four of this many would.
  @Test(.timeLimit(.minutes(5))) func everyThreadGetsTheBitsOfLaterCalls() throws {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("first-use")
    process.arguments = ["4800"]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.hasSuffix("0 of 4800 processes differ\n"))
  }
}
