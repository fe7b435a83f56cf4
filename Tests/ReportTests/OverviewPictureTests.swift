import RunFiles
import Testing

@testable import Report

@Suite("Contact sheet")
struct OverviewPictureTests {
  private func row(
    measurement: FloatImage? = nil, truth: FloatImage? = nil, side: Int = 32, samples: Int = 0
  ) throws -> OverviewPicture.Row {
    let image = try ringImage(side: side)
    return OverviewPicture.Row(
      label: "boot", measurement: measurement, truth: truth, mean: image,
      standardDeviation: try deviationMap(side: side),
      samples: Array(repeating: image, count: samples))
  }

  private func columns(of rows: [OverviewPicture.Row]) -> [OverviewColumn] {
    OverviewColumn.allCases.filter { column in rows.contains { column.content(of: $0) != nil } }
  }

  @Test("Columns appear only if some row fills them")
  func columns() throws {
    let image = try ringImage(side: 32)
    #expect(columns(of: [try row()]) == [.mean, .standardDeviation])
    #expect(
      columns(of: [try row(), try row(measurement: image, truth: image, samples: 5)])
        == OverviewColumn.allCases)
    #expect(columns(of: [try row(truth: try ringImage(side: 16))]).contains(.error) == false)
  }

  @Test("Standard deviation and error stand on one scale")
  func scale() throws {
    let truth = try FloatImage([0.1, 0.3], shape: [1, 1, 2])
    let mean = try FloatImage([0, 0.3], shape: [1, 1, 2])
    let deviation = try FloatImage([0.1, 0], shape: [1, 1, 2])
    let row = OverviewPicture.Row(
      label: "", measurement: nil, truth: truth, mean: mean, standardDeviation: deviation,
      samples: [])
    let picture = try OverviewPicture(title: "", rows: [row], stdLimit: 0.2).render()
    let layout = OverviewLayout(rows: [row], columns: columns(of: [row]))
    for name in [OverviewColumn.standardDeviation, .error] {
      let cell = layout.cell(row: 0, column: try #require(layout.columns.firstIndex(of: name)))
      #expect(picture.color(cell.x, cell.y) == ColorMap.viridis.color(0.5))
      #expect(picture.color(cell.x + cell.width - 1, cell.y) == ColorMap.viridis.color(0))
    }
    let bar = layout.bar
    #expect(picture.color(bar.x, bar.y) == ColorMap.viridis.color(0))
    #expect(picture.color(bar.x + bar.width - 1, bar.y) == ColorMap.viridis.color(1))
  }

  @Test("At most eight rows are shown")
  func rows() throws {
    let many = try OverviewPicture(
      title: "", rows: Array(repeating: row(), count: 20), stdLimit: 1)
    #expect(many.rows.count == 8)
    let eight = try OverviewPicture(
      title: "", rows: Array(repeating: row(), count: 8), stdLimit: 1)
    #expect(many.render() == eight.render())
  }

  @Test("Every image fits its cell, whatever its size", arguments: [1, 8, 33, 150, 192, 193, 700])
  func sizes(side: Int) throws {
    let row = try row(measurement: ringImage(side: side), side: 32)
    let layout = OverviewLayout(rows: [row], columns: columns(of: [row]))
    let cell = layout.cell(row: 0, column: 0)
    let zoom = OverviewLayout.Zoom(
      of: try #require(row.measurement), width: cell.width, height: cell.height)
    #expect(zoom.size(of: side) <= cell.width)
    #expect(2 * zoom.size(of: side) > cell.width)
    let alone = OverviewLayout.Zoom(alone: try ringImage(side: side))
    #expect((96...192).contains(alone.size(of: side)))
    #expect(layout.bar.y + layout.bar.height < layout.height)
  }

  @Test("No row and a bad limit are refused")
  func refused() throws {
    #expect(throws: ReportError.nothingToShow) {
      try OverviewPicture(title: "", rows: [], stdLimit: 1)
    }
    for limit in [0, -1, Float.infinity] {
      #expect(throws: ReportError.limits(0, limit)) {
        try OverviewPicture(title: "", rows: [row()], stdLimit: limit)
      }
    }
    #expect(throws: ReportError.self) {
      try OverviewPicture(title: "", rows: [row()], stdLimit: .nan)
    }
  }
}
