/// Steps of a chain in one direction of its space, where they are linear with normal noise.
///
/// With d the way from where the chain started and v its velocity, u = (d, v) goes to M·u + b·c + noise of
/// covariance Q, c being the force at the start.
struct GaussianTransition: Sendable {
  /// M, by rows.
  private var matrix: (dd: Double, dv: Double, vd: Double, vv: Double)
  /// b.
  private var force: (d: Double, v: Double)
  /// Q, which is symmetric.
  private var noise: (dd: Double, dv: Double, vv: Double)

  /// One step in a direction in which the force falls by `precision` for each unit of d.
  ///
  /// - Parameter momentum: that of a Hamiltonian chain; `nil` for Langevin dynamics, which has no velocity.
  init(momentum: Double?, rate h: Double, precision: Double) {
    guard let momentum else {
      matrix = (1 - h * precision, 0, 0, 0)
      force = (h, 0)
      noise = (2 * h, 0, 0)
      return
    }
    let (root, fresh) = (h.squareRoot(), 2 * (1 - momentum))
    matrix = (1 - h * precision, root * momentum, -root * precision, momentum)
    force = (h, root)
    noise = (h * fresh, root * fresh, fresh)
  }

  /// What the force c is multiplied with to give the mean of d.
  var response: Double { force.d }

  /// The variance of d, from d = 0 and v ~ N(0, 1).
  var variance: Double { max(noise.dd + matrix.dv * matrix.dv, 0) }

  /// This, and then `next`.
  func followed(by next: GaussianTransition) -> GaussianTransition {
    let (m, n) = (next.matrix, matrix)
    var both = self
    both.matrix = (
      m.dd * n.dd + m.dv * n.vd, m.dd * n.dv + m.dv * n.vv,
      m.vd * n.dd + m.vv * n.vd, m.vd * n.dv + m.vv * n.vv
    )
    both.force = (
      m.dd * force.d + m.dv * force.v + next.force.d, m.vd * force.d + m.vv * force.v + next.force.v
    )
    let d = (d: m.dd * noise.dd + m.dv * noise.dv, v: m.dd * noise.dv + m.dv * noise.vv)
    let v = (d: m.vd * noise.dd + m.vv * noise.dv, v: m.vd * noise.dv + m.vv * noise.vv)
    both.noise = (
      d.d * m.dd + d.v * m.dv + next.noise.dd, d.d * m.vd + d.v * m.vv + next.noise.dv,
      v.d * m.vd + v.v * m.vv + next.noise.vv
    )
    return both
  }

  /// The same `count` times, for a count above 0: by squaring, so that a hundred steps take ten products.
  func repeated(_ count: Int) -> GaussianTransition {
    guard count > 1 else { return self }
    let half = repeated(count / 2)
    let even = half.followed(by: half)
    return count.isMultiple(of: 2) ? even : even.followed(by: self)
  }
}
