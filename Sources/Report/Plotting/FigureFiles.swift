import RunFiles

/// A figure as files for papers and for other programs.
public enum FigureFiles {
  /// The text of an SVG file, on white; the same figure gives the same bytes.
  public static func svg(_ figure: Figure) -> String { FigureSVG(figure, for: .file).text }

  /// A picture of the figure, two pixels a unit of the SVG.
  public static func picture(_ figure: Figure) -> RasterImage { FigureRaster(figure).render() }

  /// Writes `PATH.svg` and `PATH.png`, each whole or not at all; the folder must exist.
  ///
  /// - Throws: `FileError`.
  public static func writePictures(_ figure: Figure, to path: String) throws {
    try AtomicFile.write(svg(figure), to: "\(path).svg")
    try AtomicFile.write(PNGFile.encode(picture(figure)), to: "\(path).png")
  }

  /// Writes `PATH.svg`, `PATH.png` and, with the numbers drawn, `PATH.csv`, each whole or not at
  /// all; the folder must exist.
  ///
  /// - Throws: `FileError`.
  public static func write(_ figure: Figure, to path: String) throws {
    try writePictures(figure, to: path)
    try AtomicFile.write(figure.csv, to: "\(path).csv")
  }
}
