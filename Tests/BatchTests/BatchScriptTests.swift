import Foundation
import Testing

@testable import Batch

@Suite struct BatchScriptTests {
  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `POSTERIOR_RECORD_SNAPSHOTS=1` writes the scripts anew.
  @Test(arguments: BatchScript.Kind.allCases)
  func scriptsThatComeWithTheProgram(_ kind: BatchScript.Kind) throws {
    let script = BatchScript(kind)
    let file = Self.packageRoot.appending(path: "slurm/\(script.fileName)")
    if ProcessInfo.processInfo.environment["POSTERIOR_RECORD_SNAPSHOTS"] == "1" {
      try Data(script.text.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == script.text)
  }

  private static let command = BatchCommand(
    program: "/opt/posterior", folder: "/home/me/it's here",
    arguments: ["/home/me/a.yaml", "--set", "sampler.steps=10", "--set", "data.range=[0, 1]"],
    run: "/scratch/run 1")

  @Test func writtenScriptsDifferInHeadAndSettingsOnly() {
    for kind in BatchScript.Kind.allCases {
      let given = BatchScript(kind).text
      let written = BatchScript(kind, command: Self.command).text
      #expect(Self.afterSettings(written) == Self.afterSettings(given))
      #expect(!written.contains("plan \"$@\" --folder"))
      #expect(!written.contains("POSTERIOR:-"))
    }
  }

  private static func afterSettings(_ text: String) -> Substring? {
    text.range(of: ScriptText.rule).map { text[$0.lowerBound...] }
  }

  @Test func settingsAreQuoted() {
    let text = BatchScript(.array, command: Self.command).text
    #expect(
      text.contains(
        """

        cd '/home/me/it'\\''s here' || exit 74
        posterior=/opt/posterior
        run='/scratch/run 1'
        set -- /home/me/a.yaml --set sampler.steps=10 --set 'data.range=[0, 1]'

        """))
  }

  @Test func headHasWhatIsAskedFor() {
    var request = JobRequest(for: .gpu)
    (request.nodes, request.tasksPerNode, request.gpusPerTask, request.cpusPerTask) = (3, 2, 1, 7)
    (request.partition, request.account, request.qos) = ("gpu", "lab", "long")
    request.time = SlurmTime(seconds: 240)
    request.log = "/a b/%x-%j.log"
    request.options = ["--mem=8G", "--constraint=\"a100\""]
    #expect(
      request.lines == """
        #SBATCH --job-name=posterior
        #SBATCH --partition=gpu
        #SBATCH --account=lab
        #SBATCH --qos=long
        #SBATCH --nodes=3
        #SBATCH --ntasks-per-node=2
        #SBATCH --cpus-per-task=7
        #SBATCH --gpus-per-task=1
        #SBATCH --time=00:04:00
        #SBATCH --output="/a b/%x-%j.log"
        #SBATCH --open-mode=append
        #SBATCH --requeue
        #SBATCH --signal=B:USR1@60
        #SBATCH --mem=8G
        #SBATCH --constraint="a100"
        """)
    #expect(JobRequest(for: .array).lines.contains("#SBATCH --signal=B:USR1@120\n") == false)
    #expect(JobRequest(for: .array).lines.hasSuffix("#SBATCH --signal=B:USR1@120"))
  }

  /// Slurm would replace `%a` in a folder's name too, and the job fail without a log.
  @Test func logFoldersAreTakenAsTheyAre() {
    var request = JobRequest(for: .array)
    request.keepLog(in: "/scratch/50 % of %a")
    #expect(
      request.lines.contains(#"#SBATCH --output="/scratch/50 %% of %%a/%x-%A_%a.log""# + "\n"))
  }

  /// bash reads them, and so do its words: what is quoted comes back as it was.
  @Test func bashReadsThem() throws {
    for kind in BatchScript.Kind.allCases {
      for script in [BatchScript(kind), BatchScript(kind, command: Self.command)] {
        #expect(try Self.bash(["-n"], script.text).code == 0)
      }
    }
    let words = [
      "", "a b", "it's", "$HOME", "`ls`", "\\", "\"", "*", "é", "a\tb", "x=1", "-n", ";", "'",
    ]
    let echo = "printf '<%s>' \(ShellWord.joined(words))"
    #expect(try Self.bash([], echo).output == words.map { "<\($0)>" }.joined())
  }

  /// Files, not pipes: a process that another test starts would keep a pipe open.
  private static func bash(_ options: [String], _ text: String) throws -> (
    code: Int32, output: String
  ) {
    let file = FileManager.default.temporaryDirectory.appending(path: "bash-\(UUID().uuidString)")
    let said = file.appendingPathExtension("out")
    defer { for each in [file, said] { try? FileManager.default.removeItem(at: each) } }
    try Data(text.utf8).write(to: file)
    try Data().write(to: said)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = options + [file.path]
    process.standardOutput = try FileHandle(forWritingTo: said)
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: said, encoding: .utf8))
  }
}
