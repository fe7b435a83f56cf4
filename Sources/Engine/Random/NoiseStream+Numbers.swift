extension NoiseStream {
  /// Fills a buffer with independent normals; its element `i` is element `i` of the stream.
  ///
  /// - Parameter buffer: at most ``elementLimit`` elements.
  public func fillNormals(_ buffer: UnsafeMutableBufferPointer<Float>) {
    fill(buffer) { lanes in
      let (first, second) = NormalTransform.normals(lanes.word0, lanes.word1)
      let (third, fourth) = NormalTransform.normals(lanes.word2, lanes.word3)
      return (first, second, third, fourth)
    }
  }

  /// Fills a buffer with independent uniforms in [0, 1), multiples of 2⁻²⁴.
  ///
  /// - Parameter buffer: at most ``elementLimit`` elements.
  public func fillUniforms(_ buffer: UnsafeMutableBufferPointer<Float>) {
    fill(buffer) { lanes in
      (
        Self.unitInterval(lanes.word0), Self.unitInterval(lanes.word1),
        Self.unitInterval(lanes.word2), Self.unitInterval(lanes.word3)
      )
    }
  }

  /// The first `count` normals of the stream.
  public func normals(_ count: Int) -> [Float] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      fillNormals(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  /// The first `count` uniforms of the stream, in [0, 1).
  public func uniforms(_ count: Int) -> [Float] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      fillUniforms(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  // MARK: - Groups

  typealias Quad = (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>)

  @inline(__always)
  private func fill(
    _ buffer: UnsafeMutableBufferPointer<Float>, with transform: (PhiloxLanes) -> Quad
  ) {
    guard let base = buffer.baseAddress else { return }
    let whole = buffer.count / Self.groupSize
    for number in 0..<whole {
      let target = UnsafeMutableRawPointer(base + number &* Self.groupSize)
      Self.store(transform(group(number)), to: target)
    }
    let rest = buffer.count - whole * Self.groupSize
    if rest > 0 {
      storeFirst(rest, of: transform(group(whole)), to: base + whole * Self.groupSize)
    }
  }

  @inline(__always)
  private static func store(_ values: Quad, to target: UnsafeMutableRawPointer) {
    for word in 0..<4 {
      let lanes = word == 0 ? values.0 : word == 1 ? values.1 : word == 2 ? values.2 : values.3
      for lane in 0..<8 {
        target.storeBytes(of: lanes[lane], toByteOffset: (word * 8 + lane) * 4, as: Float.self)
      }
    }
  }

  private func storeFirst(_ count: Int, of values: Quad, to target: UnsafeMutablePointer<Float>) {
    withUnsafeBytes(of: values) { bytes in
      UnsafeMutableRawPointer(target).copyMemory(
        from: bytes.baseAddress!, byteCount: count * MemoryLayout<Float>.stride)
    }
  }

  /// The upper 24 bits of each word times 2⁻²⁴.
  @inline(__always)
  private static func unitInterval(_ words: SIMD8<UInt32>) -> SIMD8<Float> {
    let high = NormalTransform.unsigned16(words &>> 20) * 4096
    return (high + NormalTransform.unsigned16((words &>> 8) & 0xFFF)) * 0x1p-24
  }
}
