/// How many bytes of pictures a report may hold, so that it opens fast.
///
/// All pictures of all images get 28 MB of text. Pictures with sides of up to 64 pixels stand in the
/// report as they are. Larger ones are made smaller, by a whole factor, where the images are many;
/// what then does not fit an image's share is left out, the least important first, and linked.
struct PictureBudget {
  /// Bytes of pictures as they stand in the file.
  static let total = 28_000_000
  /// The side up to which pictures are not made smaller unless the images are very many.
  static let fullSide = 64
  private static let sides = [512, 384, 256, 192, 128, 96, fullSide]
  private static let smallSides = [48, 32, 24, 16]

  /// Bytes an image may take, as they stand in the file.
  let share: Int

  /// Divides the bytes among images.
  init(images: Int) { share = Self.total / max(1, images) }

  /// The longest side in the report of pictures of an image.
  ///
  /// It is the largest of a few at which all pictures fit, else 64 if the two of the table do.
  func side(of image: FloatImage, pictures: Int) -> Int {
    Self.sides.first { bytes(image, side: $0, pictures: pictures) <= share }
      ?? ([Self.fullSide] + Self.smallSides).first { bytes(image, side: $0, pictures: 2) <= share }
      ?? Self.smallSides[Self.smallSides.count - 1]
  }

  /// Noise hardly compresses: three bytes a pixel in colour, or four as text.
  private func bytes(_ image: FloatImage, side: Int, pictures: Int) -> Int {
    let factor = Self.reduction(of: image, to: side)
    let pixels = (image.width / factor + 1) * (image.height / factor + 1)
    return pictures * pixels * 4
  }

  /// The whole factor that brings an image to a longest side.
  static func reduction(of image: FloatImage, to side: Int) -> Int {
    (max(image.width, image.height) + side - 1) / side
  }
}
