import Foundation
import Testing

/// The first calls of a process, made by two threads at once, as workers make theirs.
@Suite struct FirstUseTests {
  /// Without `resolveVectorMath`, 2.4 of 1000 processes found other bits for an elementary function (29 of 12000, two
  /// cores); six of the tool's nine operations are such functions.
  @Test(.timeLimit(.minutes(5))) func everyThreadGetsTheBitsOfLaterCalls() throws {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("first-use")
    process.arguments = ["3600"]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.hasSuffix("0 of 3600 processes differ\n"))
  }
}
