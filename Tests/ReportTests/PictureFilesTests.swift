import Foundation
import RunFiles
import Testing

@testable import Report

/// Writes one picture of every kind. `POSTERIOR_TEST_PICTURES=FOLDER` keeps them, to be looked at.
@Suite("Picture files")
struct PictureFilesTests {
  @Test("Maps and contact sheets become PNG files")
  func files() throws {
    let kept = ProcessInfo.processInfo.environment["POSTERIOR_TEST_PICTURES"]
    let folder =
      kept.map { URL(filePath: $0) }
      ?? FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { if kept == nil { try? FileManager.default.removeItem(at: folder) } }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, picture) in try pictures() {
      let bytes = try PNGFile.encode(picture)
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      try Data(bytes).write(to: folder.appending(path: name + ".png"))
    }
  }

  private func pictures() throws -> [(String, RasterImage)] {
    let std = MapPicture.Style.map(.viridis, limits: 0...0.2)
    var broken = try deviationMap(side: 28).values
    broken.replaceSubrange(90..<100, with: Array(repeating: .nan, count: 10))
    return [
      ("mean-grey", try map("ankle boot 0007: mean of 16 samples", .picture, ringImage(side: 32))),
      ("mean-rgb", try map("face 00012: mean", .picture, ringImage(channels: 3, side: 256))),
      ("std", try map("0007-boot: std", std, deviationMap(side: 32))),
      ("std-rgb", try map("00012: std", std, deviationMap(channels: 3, side: 256))),
      ("std-nan", try map("28: std", std, FloatImage(broken, shape: [1, 28, 28]))),
      (
        "flat",
        try map("flat", std, FloatImage(.init(repeating: 0.1, count: 200), shape: [1, 2, 100]))
      ),
      ("overview", try overview(side: 32, channels: 1, rows: 8, measurementSide: 32)),
      ("overview-rgb", try overview(side: 256, channels: 3, rows: 3, measurementSide: 64)),
      ("overview-blind", try blindOverview()),
    ]
  }

  private func map(
    _ title: String, _ style: MapPicture.Style, _ image: FloatImage
  ) throws -> RasterImage {
    try MapPicture(title: title, style: style).render(image)
  }

  private func overview(
    side: Int, channels: Int, rows: Int, measurementSide: Int
  ) throws -> RasterImage {
    let rows = try (0..<rows).map { row in
      let phase = Double(row)
      return OverviewPicture.Row(
        label: "test-000\(row)", notes: ["25.\(row) dB"],
        measurement: try ringImage(
          channels: channels, side: measurementSide, phase: phase, noise: 0.1),
        truth: try ringImage(channels: channels, side: side, phase: phase),
        mean: try ringImage(channels: channels, side: side, phase: phase + 0.15),
        standardDeviation: try deviationMap(channels: channels, side: side),
        samples: try [0.3, -0.2].map {
          try ringImage(channels: channels, side: side, phase: phase + $0, noise: 0.02)
        })
    }
    return try OverviewPicture(
      title: "Box inpainting, 16 posterior samples an image", rows: rows, stdLimit: 0.2
    ).render()
  }

  private func blindOverview() throws -> RasterImage {
    let image = try ringImage(side: 28)
    let row = OverviewPicture.Row(
      label: "a/rather/long/name/of/an/image", measurement: nil, truth: nil, mean: image,
      standardDeviation: try deviationMap(side: 28), samples: [image])
    return try OverviewPicture(title: "Without truth", rows: [row], stdLimit: 0.05).render()
  }
}
