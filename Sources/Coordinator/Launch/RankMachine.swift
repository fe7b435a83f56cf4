/// What a rank sees of its machine.
public struct RankMachine: Hashable, Sendable, Codable {
  /// The processor's name and the vector instructions in use.
  public var processor: String
  /// Cores of the machine that are switched on.
  public var onlineCores: Int
  /// The cores this process may run on, as the kernel writes masks: `ff` or `3,ffffffff`; empty if
  /// not known.
  public var affinity: String
  /// Number of GPUs it sees.
  public var gpus: Int

  /// A rank's view of its machine; by default nothing is known.
  public init(processor: String = "", onlineCores: Int = 1, affinity: String = "", gpus: Int = 0) {
    self.processor = processor
    self.onlineCores = onlineCores
    self.affinity = affinity
    self.gpus = gpus
  }

  /// The numbers of the cores in ``affinity``.
  var cores: Set<Int> {
    let digits = affinity.filter { $0 != "," }.reversed()
    return digits.enumerated().reduce(into: []) { cores, entry in
      let value = entry.element.hexDigitValue ?? 0
      for bit in 0..<4 where value >> bit & 1 == 1 { cores.insert(entry.offset * 4 + bit) }
    }
  }
}
