import RunFiles

extension OpenedRun {
  /// Refuses samples that were drawn for another file than was there when the run began.
  ///
  /// - Throws: ``ReplacedInput``.
  func checkInput(of header: PartHeader) throws {
    guard let digest = inputs[header.image], digest != header.inputDigest else { return }
    throw ReplacedInput(image: header.image)
  }
}

/// The file of an image was replaced while a run was going.
struct ReplacedInput: BadInput {
  let image: ImageID

  var description: String {
    "the file of \(image.name) was replaced while the run was going; samples that were drawn for the new one are not "
      + "kept: put the old file back and run again"
  }
}
