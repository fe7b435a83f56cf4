import Foundation
import Synchronization

/// The folder of a run: what it is (`run.yaml`) and what is finished (`parts/`).
///
/// Any number of processes may work in one folder at once: files are written under names of their
/// own, whole or not at all, and a part is deleted only when a durable part that contains it is
/// there. So nothing that is finished gets lost, and what two processes did twice is found and
/// counted once.
///
///     RUN/run.yaml  parts/*.safetensors  maps/  samples/  events-*.jsonl  status*.json
public final class RunDirectory: Sendable {
  /// The folder, as given.
  public let path: String
  /// What the folder holds the results of.
  public let description: RunDescription
  /// This process's own part of the file names it writes: host, process, and a random number.
  public let writer: String
  let nextNumber = Atomic<Int>(0)

  private init(path: String, description: RunDescription) {
    self.path = path
    self.description = description
    writer = "\(HostName.forFiles)-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  }

  /// Opens the run folder at `path`, or makes a new one.
  ///
  /// A folder whose work hash is the same takes over the new configuration text: it may ask for
  /// more samples or images.
  /// - Throws: ``RunDirectoryError`` if the folder holds other work or its `run.yaml` cannot be
  ///   read; `FileError` for refusals of the file system.
  public static func openOrCreate(
    at path: String, _ description: RunDescription
  ) throws -> RunDirectory {
    try FolderCalls.makeFolder("\(path)/parts")
    let file = "\(path)/run.yaml"
    if try FolderCalls.text(of: file) == nil {
      _ = try FolderCalls.create(description.text, at: file)
    }
    let found = try read(path)
    guard found.workHash == description.workHash else {
      throw RunDirectoryError.otherWork(path, differences: found.differences(from: description))
    }
    if found != description { try AtomicFile.write(description.text, to: file) }
    return RunDirectory(path: path, description: description)
  }

  /// Opens an existing run folder.
  ///
  /// - Throws: ``RunDirectoryError`` if it is none; `FileError` for refusals of the file system.
  public static func open(_ path: String) throws -> RunDirectory {
    RunDirectory(path: path, description: try read(path))
  }

  private static func read(_ path: String) throws -> RunDescription {
    guard let text = try FolderCalls.text(of: "\(path)/run.yaml") else {
      throw FolderCalls.isFolder(scriptsPath(in: path))
        ? RunDirectoryError.notStarted(path) : RunDirectoryError.notARun(path)
    }
    guard let description = RunDescription(text: text) else {
      throw RunDirectoryError.damagedDescription("\(path)/run.yaml")
    }
    return description
  }
}

// MARK: - Layout

extension RunDirectory {
  /// The folder of the part files.
  public var partsPath: String { "\(path)/parts" }

  /// The folder of batch scripts and logs in a run folder, which need not exist.
  public static func scriptsPath(in path: String) -> String { "\(path)/slurm" }

  /// The folder of an image's maps, which need not exist.
  public func mapsPath(of image: ImageID) -> String { "\(path)/maps/\(image.name)" }

  /// The file of an image's kept samples, which need not exist.
  public func samplesPath(of image: ImageID) -> String { "\(path)/samples/\(image.name).npy" }

  /// Makes the folder a file at `path` will lie in.
  ///
  /// - Throws: `FileError`.
  public func makeFolder(of path: String) throws(FileError) {
    try FolderCalls.makeFolder(PathName.folder(of: path))
  }

  /// The seal of the parts of this run.
  public var seal: PartSeal {
    PartSeal(workHash: description.workHash, program: description.program)
  }
}

/// Why a folder cannot be worked in.
public enum RunDirectoryError: Error, Hashable, Sendable {
  /// There is no `run.yaml`.
  case notARun(String)
  /// There are batch scripts, but no `run.yaml` yet.
  case notStarted(String)
  /// `run.yaml` is not as this program writes it.
  case damagedDescription(String)
  /// The folder of the parts is not there.
  case noParts(String)
  /// The folder holds results of other work; the lines in which the configurations differ.
  case otherWork(String, differences: [String])
  /// A part that was good before cannot be used now.
  case part(String, PartFileError)
  /// Parts that must fit together do not.
  case merge(PartError)
}

extension RunDirectoryError: BadInput {
  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notARun(let path):
      "\(path) is not a run folder: it has no run.yaml; give the folder that `posterior run` wrote"
    case .notStarted(let path):
      "\(path) has the scripts of jobs, but no run.yaml yet: none of them has started to draw"
    case .damagedDescription(let file):
      "\(file) is not as this program writes it; restore it, or choose another output folder"
    case .noParts(let path):
      "\(path) is missing, and with it all samples; put it back, or run again to draw them anew"
    case .otherWork(let path, let differences): Self.otherWork(path, differences)
    case .part(let file, let reason):
      "\(file): \(reason); run again to draw its samples anew"
    case .merge(let error): "parts do not fit together: \(error)"
    }
  }

  private static func otherWork(_ path: String, _ differences: [String]) -> String {
    let shown = differences.prefix(20).map { "  \($0)" }
    let more = differences.count > 20 ? ["  … and \(differences.count - 20) more lines"] : []
    let cause =
      differences.isEmpty
      ? ["the configurations read the same, so the prior, an input or the program differs"]
      : ["- is there, + is asked for:"] + shown + more
    return
      (["\(path) holds the results of other work; choose another output folder, or undo the change"]
      + cause).joined(separator: "\n")
  }
}
