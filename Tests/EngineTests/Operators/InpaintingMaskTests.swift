import Testing

@testable import Engine

@Suite struct InpaintingMaskTests {
  typealias Mask = InpaintingMask

  private func draw(
    _ law: Mask.Law, height: Int = 32, width: Int = 36, image: UInt64 = 1
  ) throws -> Mask {
    try Mask.draw(law, height: height, width: width, seed: 7, image: image)
  }

  /// The bounding box of the pixels with a value: rows, columns.
  private func bounds(_ mask: Mask, of value: Float) -> (
    rows: ClosedRange<Int>, columns: ClosedRange<Int>
  ) {
    let pixels = mask.values.indices.filter { mask.values[$0] == value }
    let columns = pixels.map { $0 % mask.width }
    return (
      pixels.first! / mask.width...pixels.last! / mask.width, columns.min()!...columns.max()!
    )
  }

  @Test(arguments: [0, 0.25, 0.5, 0.701, 1])
  func randomMasksMissExactlyTheirShare(share: Double) throws {
    let mask = try draw(.random(missing: share...share))
    #expect(mask.missingCount == Int(32 * 36 * share))
    #expect(mask.values.count == 32 * 36)
  }

  /// The mean of 200 uniforms on [0.3, 0.7] has a standard error of 0.4/√(12·200) = 0.0082.
  @Test func sharesAreUniformInTheirRange() throws {
    let shares = try (0..<200).map {
      Double(try draw(.random(missing: 0.3...0.7), image: $0).missingCount) / (32 * 36)
    }
    #expect(shares.allSatisfy { (0.299...0.7).contains($0) })
    let mean = shares.reduce(0, +) / 200
    #expect(abs(mean - 0.5) < 5 * 0.0082)
    #expect(shares.min()! < 0.32 && shares.max()! > 0.68)
  }

  /// Each pixel is missing in half of 400 masks: five binomial standard errors are 50.
  @Test func everyPixelIsMissingEquallyOften() throws {
    var counts = [Int](repeating: 0, count: 64)
    for image in 0..<400 {
      let mask = try draw(.random(missing: 0.5...0.5), height: 8, width: 8, image: UInt64(image))
      for (pixel, value) in mask.values.enumerated() where value == 0 { counts[pixel] += 1 }
    }
    #expect(counts.allSatisfy { abs($0 - 200) < 50 })
  }

  @Test func boxesStayWithinTheirMargins() throws {
    let box = Mask.Box(lengths: 5..<9, verticalMargin: 3, horizontalMargin: 4)
    var seen: Set<[Int]> = []
    for image in 0..<100 {
      let mask = try draw(.box(box), image: UInt64(image))
      let (rows, columns) = bounds(mask, of: 0)
      #expect(mask.missingCount == rows.count * columns.count)
      #expect((5..<9).contains(rows.count) && (5..<9).contains(columns.count))
      #expect(rows.lowerBound >= 3 && rows.upperBound < 32 - 3 - 1)
      #expect(columns.lowerBound >= 4 && columns.upperBound < 36 - 4 - 1)
      seen.insert([rows.count, columns.count])
    }
    #expect(seen.count == 16)
  }

  @Test func extremeMasksAreTheComplementOfBoxes() throws {
    let box = Mask.Box(lengths: 12..<13, verticalMargin: 2, horizontalMargin: 2)
    let (inner, outer) = (try draw(.box(box)), try draw(.extreme(box)))
    #expect(zip(inner.values, outer.values).allSatisfy { $0 + $1 == 1 })
    #expect(outer.missingCount == 32 * 36 - 144)
  }

  @Test func masksBelongToTheRunAndTheImage() throws {
    let law = Mask.Law.random(missing: 0.5...0.5)
    #expect(try draw(law) == draw(law))
    #expect(try draw(law) != draw(law, image: 2))
    #expect(try draw(law) != Mask.draw(law, height: 32, width: 36, seed: 8, image: 1))
  }

  @Test func tightestBoxesAreDrawn() throws {
    let tight = Mask.Box(lengths: 27..<28, verticalMargin: 2, horizontalMargin: 4)
    let mask = try draw(.box(tight))
    #expect(bounds(mask, of: 0) == (2...28, 4...30))
  }

  @Test func impossibleMasksAreRefused() {
    func box(_ lengths: Range<Int>, margin: Int = 16) -> Mask.Box {
      Mask.Box(lengths: lengths, verticalMargin: margin, horizontalMargin: 16)
    }
    let cases: [(Mask.Law, OperatorError)] = [
      (.random(missing: -0.1...0.5), .missingShare(-0.1...0.5)),
      (.random(missing: 0.5...1.1), .missingShare(0.5...1.1)),
      (.box(box(0..<4)), .boxLengths(0..<4)),
      (.extreme(box(4..<4)), .boxLengths(4..<4)),
      (.box(box(4..<5, margin: -1)), .boxMargin(-1)),
      (.box(box(4..<5)), .boxTooLarge(side: 4, margin: 16, length: 32)),
      (
        .box(box(1..<Int.max, margin: 0)),
        .boxTooLarge(side: .max - 1, margin: 0, length: 32)
      ),
      (
        .box(box(1..<2, margin: .max)),
        .boxTooLarge(side: 1, margin: .max, length: 32)
      ),
    ]
    for (law, error) in cases { #expect(throws: error) { _ = try draw(law) } }
    #expect(throws: OperatorError.axisLength(0)) {
      _ = try draw(.random(missing: 0...1), height: 0)
    }
  }

  @Test func messagesSayWhatToDo() {
    #expect(
      OperatorError.boxTooLarge(side: 4, margin: 16, length: 32).description
        == "A box of up to 4 pixels with more than 16 pixels free at both ends does not fit into "
        + "32 pixels. Use a smaller box or margin.")
    #expect(OperatorError.boxTooLarge(side: .max, margin: .max, length: 32).description != "")
    #expect(OperatorError.maskCount(values: 1, height: .max, width: .max).description != "")
  }

  @Test func givenMasksAreChecked() throws {
    #expect(try Mask(values: [1, 0, 1, 1, 1, 0], height: 2, width: 3).missingCount == 2)
    #expect(throws: OperatorError.maskCount(values: 5, height: 2, width: 3)) {
      _ = try Mask(values: [1, 0, 1, 1, 1], height: 2, width: 3)
    }
    #expect(throws: OperatorError.maskValue(index: 1, value: 0.5)) {
      _ = try Mask(values: [1, 0.5], height: 1, width: 2)
    }
  }
}

extension InpaintingMask {
  fileprivate var missingCount: Int { values.count { $0 == 0 } }
}
