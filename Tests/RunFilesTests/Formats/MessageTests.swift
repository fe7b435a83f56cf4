import Foundation
import Testing

@testable import RunFiles

/// What users read: what is wrong, where, what is allowed, what to do.
@Suite struct FormatMessageTests {
  private func text<Problem: FormatProblem>(_ problem: Problem) -> String {
    FormatError(file: "a/x", problem: problem).description
  }

  @Test func fileSystem() {
    #expect(
      FileError(path: "runs/a", operation: .write, errno: ENOSPC).description
        == "cannot write runs/a: No space left on device; free some space or choose another place")
    #expect(
      FileError(path: "runs/a", operation: .sync, errno: EIO).description
        == "cannot sync runs/a: Input/output error")
  }

  @Test func safetensors() {
    #expect(
      text(SafetensorsProblem.unknownType("C64", tensor: "w"))
        == "a/x: not a valid safetensors file: tensor `w` has type C64; supported are BOOL, U8, I8, "
        + "U16, I16, U32, I32, U64, I64, F16, BF16, F32, F64")
    #expect(
      text(SafetensorsProblem.size(tensor: "w", shape: [3, 4], type: .f32, bytes: 40))
        == "a/x: not a valid safetensors file: tensor `w` has 40 bytes, which is not 3 × 4 of F32")
    #expect(
      text(SafetensorsProblem.offsets(tensor: "w", begin: 0, end: 8, dataBytes: 7))
        == "a/x: not a valid safetensors file: tensor `w` claims bytes 0 to 8, but there are 7 bytes "
        + "of data; was the copy or download cut short?")
  }

  @Test func npy() {
    #expect(
      text(NpyProblem.size(shape: [2], type: .f32, expected: 8, found: 7))
        == "a/x: 2 of f32 needs 8 bytes, but 7 follow the header; was the copy cut short?")
    #expect(
      text(NpyProblem.size(shape: [2], type: .f32, expected: 8, found: 10))
        == "a/x: 2 of f32 needs 8 bytes, but 10 follow the header; save it again with numpy.save")
    #expect(
      text(NpyProblem.syntax(offset: 3, expected: "`{`"))
        == "a/x: `{` expected at byte 3 of the header")
  }

  @Test func png() {
    #expect(text(PNGProblem.notPNG) == "a/x: not a PNG file, whatever its name says")
    #expect(
      text(PNGProblem.dimensions(width: 70000, height: 2, channels: 3))
        == "a/x: its header claims 70000 × 2 pixels with 3 channels; at most 16384 a side and "
        + "268435456 values are read")
  }

  @Test func checkpoints() {
    #expect(
      text(CheckpointProblem.pickle(.foreignGlobal("os.system")))
        == "a/x: the pickle asks for `os.system`; only tensors are read, nothing is executed. If you "
        + "trust the file, open it in Python and save its state dictionary alone, best as safetensors"
    )
    #expect(
      text(CheckpointProblem.noTensors(found: ["epoch", "args"]))
        == "a/x: no dictionary of tensors in it; found epoch, args. Save the network's state_dict()"
    )
    #expect(
      text(CheckpointProblem.archive(.encoded("a/data.pkl")))
        == "a/x: the zip archive cannot be read: entry `a/data.pkl` is compressed or encrypted; save "
        + "it with torch.save, which does neither")
    #expect(
      text(CheckpointProblem.severalDictionaries(["G", "D"]))
        == "a/x: several dictionaries of tensors in it: G, D; say which one, or save only one")
  }

  @Test func images() {
    #expect(
      ImageError.size(path: "a/x.png", found: [1, 28, 28], expected: [3, 32, 32]).description
        == "a/x.png: is 1 × 28 × 28, but 3 × 32 × 32 is needed (channels × height × width); crop or "
        + "resize it, or use a prior of its size")
    #expect(
      ImageError.selection("0-9", folder: "data", count: 8).description
        == "data: has 8 images, numbered 0 to 7, but 0-9 are asked for")
    #expect(
      ImageError.sameName("a/x.npy", "a/x.png").description
        == "a/x.npy and a/x.png would be the same image; rename or remove one")
    #expect(
      ImageError.sameResults("d/a/mean.npy.png", "a/mean.npy", "a").description
        == "d/a/mean.npy.png: the results of image `a/mean.npy` would lie where those of image `a` are "
        + "files; rename one of the two")
  }

  @Test func textFromFilesCannotReachTheTerminal() {
    let name = "\u{1B}[2J\u{7}w\u{85}"
    #expect(
      text(CheckpointProblem.duplicate(name))
        == "a/x: tensor `\\u{1B}[2J\\u{7}w\\u{85}` occurs twice")
    let long = text(CheckpointProblem.duplicate(String(repeating: "x", count: 1 << 20)))
    #expect(long.count == 2002)
    #expect(
      ImageError.name("a\n", reason: "is odd").description.hasPrefix("image `a\\u{A}` is odd"))
  }

  @Test func formatErrorsAreBadInput() {
    let error: any Error = FormatError(file: "x", problem: PNGProblem.notPNG)
    #expect(error is any BadInput)
    #expect(ImageError.fileName(folder: "x") as any Error is any BadInput)
    let problem = ConfigurationProblem(place: .file("x"), key: "", reason: .empty)
    #expect(ConfigurationError(problem) as any Error is any BadInput)
  }
}
