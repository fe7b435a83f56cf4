import RunFiles

/// What the report holds of one image besides its row: pictures and figures, in inert elements that
/// cost the browser nothing until they are looked at.
struct ImageEntry: Sendable {
  /// Why the samples contradict the measurement, as far as that shows in this image alone.
  let disagreement: String?
  private let data: String
  private let drawings: String

  /// - Parameters:
  ///   - interval: names of the two quantile maps that are the ends of the credible interval.
  ///   - linksPictures: whether there are picture files to link to.
  init(
    _ result: ImageResult, interval: (lower: String, upper: String)?, budget: PictureBudget,
    limits: ReportLimits, linksPictures: Bool
  ) throws {
    let pictures = try ImagePictures(result, interval: interval).list
    let selection = try PictureSelection(pictures, budget: budget, limits: limits)
    let folder = "maps/\(result.part.image.name)"
    let items = zip(pictures, selection.encoded).map {
      Self.item($0, $1, folder, linksPicture: linksPictures)
    }
    data = try HTML.json(.record(Self.facts(result).merging(["pictures": .list(items)]) { $1 }))
    let agreement = DataAgreement(result.part.records)
    disagreement = agreement.disagreement
    drawings = agreement.figure.map { ReportFigure($0).html } ?? ""
  }

  /// The elements.
  ///
  /// - Parameter number: the image's place in the table.
  func html(number: Int) -> String {
    "<script type=\"application/json\" id=\"image-\(number)\">\(data)</script>\n"
      + (drawings.isEmpty ? "" : "<template id=\"figures-\(number)\">\(drawings)</template>\n")
  }

  private static func facts(_ result: ImageResult) -> [String: SummaryValue] {
    let failed = result.part.records.filter(\.hasFailed).prefix(50).map { record in
      "sample \(record.index), \(Words.count(record.attempts, "attempt")): \(record.failure ?? "")"
    }
    return failed.isEmpty ? [:] : ["failed": .list(failed.map(SummaryValue.text))]
  }

  private static func item(
    _ picture: ReportPicture, _ png: String?, _ folder: String, linksPicture: Bool
  ) -> SummaryValue {
    var entries: [String: SummaryValue] = [
      "group": .text(picture.group), "title": .text(picture.title),
      "kind": .text(picture.kind.rawValue),
      "size": .list([.integer(picture.image.width), .integer(picture.image.height)]),
    ]
    if let png { entries["png"] = .text(png) }
    if let file = picture.file {
      if linksPicture { entries["file"] = .text(HTML.address("\(folder)/\(file).png")) }
      if picture.hasArray { entries["array"] = .text(HTML.address("\(folder)/\(file).npy")) }
    }
    return .record(entries)
  }
}

/// Which pictures of an image stand in the report.
struct PictureSelection {
  /// The pictures in base64, in their order; nil for those left out.
  private(set) var encoded: [String?]

  /// Takes pictures by their rank until the share of the image is used up.
  init(_ pictures: [ReportPicture], budget: PictureBudget, limits: ReportLimits) throws {
    encoded = Array(repeating: nil, count: pictures.count)
    guard let first = pictures.max(by: { $0.image.width < $1.image.width }) else { return }
    let side = budget.side(of: first.image, pictures: pictures.count)
    var left = budget.share
    for index in pictures.indices.sorted(by: { Self.isBefore($0, $1, pictures) }) {
      let text = try pictures[index].encoded(side: side, limits: limits)
      guard text.utf8.count <= left else { continue }
      left -= text.utf8.count
      encoded[index] = text
    }
  }

  private static func isBefore(_ a: Int, _ b: Int, _ pictures: [ReportPicture]) -> Bool {
    (pictures[a].rank, a) < (pictures[b].rank, b)
  }
}

/// A figure within the page, with the sentence on how to read it.
struct ReportFigure {
  private let figure: Figure
  private let file: String?

  /// - Parameter file: path of its files without extension, if it is also written as files.
  init(_ figure: Figure, file: String? = nil) { (self.figure, self.file) = (figure, file) }

  var html: String {
    let links = ["svg", "png", "csv"].map { ending in
      file.map { "<a href=\"\(HTML.address("\($0).\(ending)"))\">\(ending)</a>" }
    }.compactMap { $0 }.joined(separator: " ")
    let files = links.isEmpty ? "" : " <span class=\"files\">\(links)</span>"
    return "<figure class=\"plot\">\(FigureSVG(figure, for: .page).text)"
      + "<figcaption>\(HTML.escaped(figure.caption))\(files)</figcaption></figure>\n"
  }
}
