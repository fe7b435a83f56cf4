/// Pictures in a row on an image's page, such as steps along a principal component.
struct PictureStrip {
  /// What the strip shows.
  let title: String
  /// The pictures, in image units.
  let images: [FloatImage]
}
