import Foundation

/// A program that runs, its output going to files.
final class StartedProgram {
  let process: pid_t
  private let outputs: TemporaryFolder
  private let began = ContinuousClock.now
  private var ending: Int32?

  /// Starts the first word, looked for in the path, in a process group of its own.
  init(_ words: [String], environment: [String: String], folder: String) throws {
    outputs = try TemporaryFolder()
    let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + words
    process = try Self.spawn(
      shell, environment: environment, output: outputs.path + "/out", errors: outputs.path + "/err")
  }

  deinit { if !hasEnded { killAll() } }

  /// What it has said on standard error so far.
  var errors: String { (try? String(contentsOfFile: outputs.path + "/err", encoding: .utf8)) ?? "" }

  /// Whether it has ended.
  var hasEnded: Bool {
    if ending != nil { return true }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return false }
    let signal = status & 0x7F
    ending = signal == 0 ? (status >> 8) & 0xFF : -signal
    return true
  }

  /// Waits for its end; after `timeout` seconds it is killed with all it has started.
  func wait(timeout: Double) throws -> ProgramResult {
    let limit = ContinuousClock.now + .seconds(timeout)
    while !hasEnded {
      guard ContinuousClock.now < limit else {
        killAll()
        throw TimedOut(seconds: timeout, errors: errors)
      }
      usleep(5000)
    }
    let output = try String(contentsOfFile: outputs.path + "/out", encoding: .utf8)
    return ProgramResult(
      code: ending ?? 0, output: output, errors: errors,
      seconds: began.duration(to: .now) / .seconds(1))
  }

  /// Waits until `condition` holds or the program has ended.
  ///
  /// - Returns: whether the condition held while the program ran.
  func waitUntil(_ condition: () -> Bool, timeout: Double = 60) -> Bool {
    let limit = ContinuousClock.now + .seconds(timeout)
    while !hasEnded, ContinuousClock.now < limit {
      if condition() { return true }
      usleep(2000)
    }
    return false
  }

  /// The processes of the program itself: one a rank.
  var ranks: [pid_t] {
    let name = URL(filePath: Program.binary).lastPathComponent
    return ([process] + descendants).filter { Self.name(of: $0) == name }.sorted()
  }

  /// Sends a signal to the program, or to `mpirun` if that started it.
  func send(_ signal: Int32) { kill(process, signal) }

  private func killAll() {
    let all = [process] + descendants
    for each in all { kill(each, SIGKILL) }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    ending = -SIGKILL
  }

  // MARK: - Processes

  /// All processes started by this one, `mpirun`'s ranks too, which have process groups of their own.
  private var descendants: [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let parents = names.compactMap { pid_t($0) }.compactMap { child in
      Self.parent(of: child).map { (child, $0) }
    }
    var found: [pid_t] = []
    var pending = [process]
    while let one = pending.popLast() {
      let children = parents.filter { $0.1 == one }.map(\.0)
      found += children
      pending += children
    }
    return found
  }

  private static func parent(of process: pid_t) -> pid_t? {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    // The name in parentheses may hold anything; state and parent follow it.
    guard let text, let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 1 ? pid_t(fields[1]) : nil
  }

  private static func name(of process: pid_t) -> String? {
    let text = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
    return text?.trimmingCharacters(in: .newlines)
  }

  private static func spawn(
    _ words: [String], environment: [String: String], output: String, errors: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads of tests block signals; a user's shell does not.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    let arguments = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var process: pid_t = 0
    let problem = posix_spawn(&process, words[0], &actions, &attributes, arguments, variables)
    guard problem == 0 else { throw NotStarted(word: words[0], errno: problem) }
    return process
  }
}

/// A program that did not end in time.
struct TimedOut: Error {
  let seconds: Double
  let errors: String
}

/// A program that could not be started.
struct NotStarted: Error {
  let word: String
  let errno: Int32
}
