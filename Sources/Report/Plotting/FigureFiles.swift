import RunFiles

/// A figure as files for papers and for other programs.
public enum FigureFiles {
  /// The text of an SVG file, on white; the same figure gives the same bytes.
  public static func svg(_ figure: Figure) -> String { FigureSVG(figure, for: .file).text }

  /// A picture of the figure, 960 pixels wide.
  public static func picture(_ figure: Figure) -> RasterImage { FigureRaster(figure).render() }

  /// Writes `PATH.svg`, `PATH.png` and, with the numbers drawn, `PATH.csv`, each whole or not at
  /// all; the folder must exist.
  ///
  /// - Throws: `FileError`.
  public static func write(_ figure: Figure, to path: String) throws {
    try AtomicFile.write(svg(figure), to: "\(path).svg")
    try AtomicFile.write(PNGFile.encode(picture(figure)), to: "\(path).png")
    try AtomicFile.write(figure.csv, to: "\(path).csv")
  }
}
