import Dispatch
import RunFiles
import Synchronization
import Tensors

extension Experiment {
  /// Reads every input once, on all cores, so that a file that does not fit is found before
  /// anything is drawn.
  ///
  /// - Parameter notice: is told what a reader had to say about a file, which it names, such as a
  ///   dropped alpha channel, and how many more files the same is to be said of.
  /// - Returns: SHA-256 of each file, by image.
  /// - Throws: the error of the first file that does not fit, in the order of names.
  public func checkInputs(notice: (String) -> Void) throws -> [ImageID: String] {
    let entries = images.images
    let check = InputCheck(self)
    let share = 64
    DispatchQueue.concurrentPerform(iterations: (entries.count + share - 1) / share) { index in
      check.look(at: index * share..<min(entries.count, (index + 1) * share))
    }
    let (digests, notices) = try check.result()
    notices.forEach(notice)
    return digests
  }
}

/// What is known of the inputs while they are read.
private final class InputCheck: Sendable {
  fileprivate struct Findings {
    var digests: [ImageID: String] = [:]
    var notices = InputNotices()
    /// The error of the first file that does not fit, as far as is known.
    var problem: (index: Int, error: any Error)?
  }

  private let experiment: Experiment
  private let findings = Mutex(Findings())

  init(_ experiment: Experiment) { self.experiment = experiment }

  /// Reads some files, up to the first that does not fit.
  func look(at indices: Range<Int>) {
    TorchRuntime.setThreads(experiment.configuration.shape.threads)
    for index in indices {
      if findings.withLock({ $0.problem.map { $0.index < index } ?? false }) { return }
      let entry = experiment.images.images[index]
      let result = Result { try look(at: entry) }
      // Readers of measurements have nothing to say, so notices are about the image.
      let image = experiment.images.truth(of: entry.id) ?? entry
      findings.withLock { $0.note(result, of: image, index) }
    }
  }

  private func look(at entry: ImageEntry) throws -> (digest: String, notices: [String]) {
    let scene = try Scene(
      entry.id, operators: experiment.operators,
      configuration: experiment.configuration.configuration, images: experiment.images)
    return (scene.digest, scene.notices)
  }

  /// Digests and notices of all files, once all have been looked at.
  func result() throws -> (digests: [ImageID: String], notices: [String]) {
    try findings.withLock { findings in
      if let problem = findings.problem { throw problem.error }
      return (findings.digests, findings.notices.lines)
    }
  }
}

extension InputCheck.Findings {
  mutating func note(
    _ result: Result<(digest: String, notices: [String]), any Error>, of entry: ImageEntry,
    _ index: Int
  ) {
    switch result {
    case .success(let found):
      digests[entry.id] = found.digest
      for text in found.notices { notices.add(text, ofFile: entry.path, at: index) }
    case .failure(let error):
      if problem.map({ index < $0.index }) ?? true { problem = (index, error) }
    }
  }
}
