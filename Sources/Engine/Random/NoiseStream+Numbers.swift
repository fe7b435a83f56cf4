import NoiseShim

extension NoiseStream {
  /// Fills a buffer with independent normals; its element `i` is element `i` of the stream.
  ///
  /// The bits are the same on every processor. Radius and angle of a pair of words (k₁, k₂) are
  /// r = √(−2 ln((k₁+½)/2³²)) and 2π(k₂+½)/2³² (Box and Muller). Against exact arithmetic the
  /// normals are wrong by less than 6 units in the last place; their largest possible magnitude is
  /// 6.764.
  /// - Parameter buffer: at most ``elementLimit`` elements.
  public func fillNormals(_ buffer: UnsafeMutableBufferPointer<Float>) {
    guard let base = buffer.baseAddress else { return }
    noise_fill_normals(words, Self.widest, base, Int64(buffer.count))
  }

  /// Fills a buffer with independent uniforms in [0, 1), multiples of 2⁻²⁴.
  ///
  /// - Parameter buffer: at most ``elementLimit`` elements.
  public func fillUniforms(_ buffer: UnsafeMutableBufferPointer<Float>) {
    guard let base = buffer.baseAddress else { return }
    noise_fill_uniforms(words, Self.widest, base, Int64(buffer.count))
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

  private static let widest = noise_widest()

  var words: NoiseStreamWords {
    NoiseStreamWords(key: (keyWords[0], keyWords[1]), counter: (step, sample, tag))
  }
}
