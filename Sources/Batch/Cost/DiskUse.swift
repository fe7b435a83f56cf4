/// Bytes a finished run takes on disk.
public struct DiskUse: Hashable, Sendable {
  /// Exact statistics, kept samples included.
  public var parts: Int
  /// Maps as arrays.
  public var maps: Int
  /// Pictures of maps, measurements, truths and samples.
  public var pictures: Int
  /// Samples as arrays.
  public var samples: Int

  public init(parts: Int = 0, maps: Int = 0, pictures: Int = 0, samples: Int = 0) {
    self.parts = parts
    self.maps = maps
    self.pictures = pictures
    self.samples = samples
  }

  /// All of it.
  public var total: Int { parts + maps + pictures + samples }

  /// Adds what else is written.
  public static func += (sum: inout DiskUse, more: DiskUse) {
    sum.parts += more.parts
    sum.maps += more.maps
    sum.pictures += more.pictures
    sum.samples += more.samples
  }

  /// That of so many images like one.
  public static func * (one: DiskUse, images: Int) -> DiskUse {
    DiskUse(
      parts: one.parts * images, maps: one.maps * images, pictures: one.pictures * images,
      samples: one.samples * images)
  }
}
