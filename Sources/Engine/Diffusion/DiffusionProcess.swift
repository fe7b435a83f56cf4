/// A diffusion process as a sampler walks it: the steps kept from a longer one.
///
/// The variances are recomputed from ᾱ of the kept steps, also if all steps are kept, as in the
/// published code: β_i = 1 − ᾱ[map(i)]/ᾱ[map(i − 1)].
public struct DiffusionProcess: Sendable, Equatable {
  /// The tables of the kept steps.
  public let tables: DiffusionTables
  /// The original step of each kept one, ascending.
  public let timestepMap: [Int]
  /// The number of steps of the original process.
  public let originalStepCount: Int
  /// Whether the network is told times on a scale of 1000, whatever the number of original steps.
  public let rescalesTimesteps: Bool

  /// The number of kept steps.
  public var stepCount: Int { tables.stepCount }

  /// Sets up a process.
  ///
  /// - Parameters:
  ///   - schedule: the variances of the original process.
  ///   - originalStepCount: its number of steps, for which the network was trained.
  ///   - respacing: the steps to keep.
  ///   - rescalesTimesteps: whether times are scaled by 1000/`originalStepCount` for the network.
  /// - Throws: ``DiffusionError`` if there is no such process.
  public init(
    schedule: NoiseSchedule, originalStepCount: Int = 1000, respacing: Respacing = .all,
    rescalesTimesteps: Bool = false
  ) throws(DiffusionError) {
    let original = try DiffusionTables(betas: schedule.betas(steps: originalStepCount))
    let map = try respacing.steps(of: originalStepCount)
    var previous = 1.0
    let betas = map.map { step in
      defer { previous = original.alphaBar[step] }
      return 1 - original.alphaBar[step] / previous
    }
    self.tables = try DiffusionTables(betas: betas)
    self.timestepMap = map
    self.originalStepCount = originalStepCount
    self.rescalesTimesteps = rescalesTimesteps
  }

  /// The time the network is told at a kept step.
  public func modelTime(at step: Int) -> Float {
    let time = Float(timestepMap[step])
    return rescalesTimesteps ? time * Float(1000 / Double(originalStepCount)) : time
  }
}
