import Foundation
import Synchronization

extension RunDirectory {
  /// The progress with the images noted whose samples are precise enough by the goal's rule.
  ///
  /// Reads the parts of the images whose number of samples is open, and no others; so nothing is
  /// read for a fixed number of samples.
  /// - Throws: `FileError`, ``RunDirectoryError``.
  public func judged(_ progress: RunProgress, by goal: SampleGoal) throws -> RunProgress {
    let open = progress.images.values.filter { goal.isOpen($0.covered) }
    guard !open.isEmpty else { return progress }
    let verdicts = Mutex<[Result<ImageVerdict, any Error>]>([])
    DispatchQueue.concurrentPerform(iterations: open.count) { index in
      let verdict = Result { try self.verdict(on: open[index], goal) }
      verdicts.withLock { $0.append(verdict) }
    }
    let found = try verdicts.withLock { try $0.map { try $0.get() } }
    return progress.replacing(found.map(\.image))
      .noting(precise: Set(found.filter(\.isPrecise).map(\.image.image)))
  }

  /// Looks again, up to ten times, if another process joins parts at the same time: a verdict is on
  /// the samples that go with it.
  private func verdict(on image: ImageProgress, _ goal: SampleGoal) throws -> ImageVerdict {
    var current = image
    for _ in 0..<10 {
      do {
        return try look(at: current, goal)
      } catch let error as FileError where error.isMissingFile {
        current = try progress(of: image.image)
      }
    }
    return try look(at: current, goal)
  }

  private func look(at image: ImageProgress, _ goal: SampleGoal) throws -> ImageVerdict {
    guard goal.isOpen(image.covered), let part = try sum(image.accepted) else {
      return ImageVerdict(image: image, isPrecise: false)
    }
    return ImageVerdict(image: image, isPrecise: goal.isPrecise(part))
  }
}

/// Whether what there is of an image is precise enough.
private struct ImageVerdict: Sendable {
  let image: ImageProgress
  let isPrecise: Bool
}
