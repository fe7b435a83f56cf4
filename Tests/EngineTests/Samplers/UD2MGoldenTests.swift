import Foundation
import Tensors
import Testing

@testable import Engine

/// Values that the published code gave on smooth inputs made from sines (float32).
@Suite struct UD2MGoldenTests {
  static let size = 32

  static func image(_ size: Int = size, _ value: (Double, Double) -> Double) throws -> Tensor {
    let values = (0..<size * size).map { value(Double($0 / size), Double($0 % size)) }
    return try Tensor(values.map { Float($0) }, shape: [1, 1, size, size])
  }

  static func noise(_ c: Int, size: Int = size) throws -> Tensor {
    try image(size) { cos((1.7 + 0.1 * Double(c)) * $0 - 0.9 * $1) }
  }

  static func x() throws -> Tensor { try image { 0.8 * sin(0.3 * $0 + 0.17 * $1) } }
  static func xt() throws -> Tensor { try image { 1.1 * cos(0.9 * $0 - 0.4 * $1) } }
  static func x0() throws -> Tensor { try image { 0.5 * sin(0.05 * $0 * $1) } }

  enum Task: String, Sendable, CaseIterable { case deblur, sr, inp }

  static func measurementOperator(_ task: Task) throws -> any MeasurementOperator {
    let threshold = CircularConvolution.publishedThreshold(height: size, width: size)
    let blur = { (side: Int) in
      try CircularConvolution(
        kernel: .gaussian(size: side), imageShape: [1, size, size], threshold: threshold)
    }
    switch task {
    case .deblur: return try blur(5)
    case .sr: return try CircularSuperResolution(blur: blur(3), factor: 4)
    case .inp:
      let kept = (0..<size * size).map {
        Float((7 * ($0 / size) + 11 * ($0 % size)) % 10 < 3 ? 1 : 0)
      }
      return try ClippedInpainting(
        mask: InpaintingMask(values: kept, height: size, width: size))
    }
  }

  static func y(_ task: Task) throws -> Tensor {
    let chosen = try measurementOperator(task)
    let clean = try chosen.apply(x())
    let noisy = try clean + noise(0, size: clean.shape[2]) * 0.1
    return try chosen.restricted(noisy)
  }

  static func measurement(_ task: Task) throws -> UD2MMeasurement {
    try UD2MMeasurement(
      measurementOperator(task), y: y(task), sigma: 0.1, imageShape: [1, size, size])
  }

  /// Sum, norm and the values at [0,0] and [13,7], modulo the size.
  static func check(_ got: Tensor, _ want: [Double], _ label: String) throws {
    let values = try got.doubles()
    let side = got.shape[3]
    let found = [
      values.reduce(0, +), values.reduce(0) { $0 + $1 * $1 }.squareRoot(), values[0],
      values[13 % side * side + 7 % side],
    ]
    for (index, tolerance) in [2e-3, 2e-3, 1e-4, 1e-4].enumerated() {
      #expect(abs(found[index] - want[index]) <= tolerance, "\(label): number \(index)")
    }
  }

  // MARK: - Measurements and proximal steps

  @Test func measurements() throws {
    try Self.check(Self.y(.deblur), [-21.398788, 15.724317, 0.199671, -0.776755], "deblur")
    try Self.check(Self.y(.sr), [-1.154399, 4.130142, 0.128045, -0.808060], "sr")
    try Self.check(Self.y(.inp), [-722.877502, 28.509010, 0.100000, -1.000000], "inp")
  }

  @Test func proximalSteps() throws {
    let schedule = try UD2MSchedule()
    let observation = UD2MObservation(
      xt: try Self.xt(), signal: Double(schedule.signal[111]),
      sigma: Double(schedule.sigma[111]))
    for (task, want) in [
      (Task.deblur, [2.966305, 13.631110, 0.072667, -0.734876]),
      (.sr, [4.759592, 11.640242, 0.115457, -0.681684]),
      (.inp, [29.737629, 11.116233, 0.076181, -0.510623]),
    ] {
      let z = try Self.measurement(task).proximal(
        Self.x0(), observation, lambda: 0.3, rho: 0.07)
      try Self.check(z, want, "\(task)")
    }
  }

  @Test func publishedDDIM() throws {
    let schedule = try UD2MSchedule()
    for (t, next, want) in [
      (999, 444, [-7.511807, 24.193388, 1.221207, -1.274206]),
      (444, 111, [-20.116274, 19.091244, 0.428936, -1.062975]),
    ] {
      let step = UD2MDDIM.published.coefficients(schedule, from: t, to: next, eta: 0.8)
      let got = try step.step(x0: Self.x(), epsilonHat: Self.xt()) { try Self.noise($0) }
      try Self.check(got, want, "\(t) to \(next)")
    }
  }

  @Test func scheduleAndInnerTimes() throws {
    let schedule = try UD2MSchedule()
    #expect(abs(schedule.alphaBar[999] - 4.0358325e-05) < 1e-9)
    let levels: [(Int, Float)] = [
      (999, 157.40721), (444, 2.5546916), (111, 0.3803718), (1, 0.014832043), (0, 0.01000133),
    ]
    for (t, sigma) in levels { #expect(abs(schedule.sigma[t] - sigma) < 2e-5 * sigma) }
    let time = { (sigma: Double, weight: Float, t: Int) in
      schedule.innerLevel(sigma: Float(2 * sigma) * weight, at: t).time
    }
    #expect([999, 444, 111].map { time(0.01, 1, $0) } == [2, 2, 2])
    #expect([999, 639, 360, 159, 39].map { time(0.025, 1, $0) } == [11, 11, 11, 11, 10])
    #expect([999, 444, 111, 39].map { time(0.05, 1, $0) } == [26, 26, 25, 21])
    #expect([999, 444, 111].map { time(0.01, 13, $0) } == [76, 75, 62])
    #expect([999, 444, 111].map { time(0.025, 13, $0) } == [183, 178, 96])
  }

  @Test func outerTimes() throws {
    let schedule = try UD2MSchedule()
    #expect(schedule.outerTimes(1) == [999])
    #expect(schedule.outerTimes(2) == [999, 250])
    #expect(schedule.outerTimes(3) == [999, 444, 111])
    #expect(schedule.outerTimes(4) == [999, 562, 250, 62])
    #expect(schedule.outerTimes(5) == [999, 639, 360, 159, 39])
    #expect(schedule.outerTimes(8) == [999, 765, 562, 390, 250, 140, 62, 15])
    #expect(schedule.outerTimes(3, grid: .linear) == [999, 666, 333])
  }

  @Test func embeddings() {
    let guided = TimestepEmbedding.values(times: [107], dimension: 8)
    let lsun = TimestepEmbedding.ddpmValues(times: [107], dimension: 8)
    let wanted: [(Float, Float)] = [
      (0.982780, 0.184782), (-0.291289, -0.967887), (0.480124, 0.228488), (0.994281, 0.010700),
      (0.184782, 0.982780), (-0.956635, 0.251385), (0.877200, 0.973547), (0.106796, 0.999943),
    ]
    for (index, want) in wanted.enumerated() {
      #expect(abs(guided[index] - want.0) < 1e-4)
      #expect(abs(lsun[index] - want.1) < 1e-4)
    }
  }

  // MARK: - Loops

  /// ε(ζ, t) = 0.1·ζ + 0.002·t·tanh ζ.
  struct Toy: DiffusionModel {
    var imageShape = [1, UD2MGoldenTests.size, UD2MGoldenTests.size]

    func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
      let slopes = try Tensor(times.map { 0.002 * $0 }, shape: [times.count, 1, 1, 1])
      return ModelOutput(mean: try x * 0.1 + x.hyperbolicTangent() * slopes)
    }
  }

  static func unfolding(shifted: Bool, iterations: Int = 3) throws -> UD2MUnfolding {
    UD2MUnfolding(
      schedule: try UD2MSchedule(), iterations: iterations,
      scalars: UD2MScalars(
        lambdaSIG: [Float(log(0.3))], spParam: [0.2], tauG: [shifted ? 0.03 : 0],
        tLat: [shifted ? 0.05 : 0]),
      perturbs: true)
  }

  @Test(
    arguments: [
      (
        Task.deblur, false, [502.493958, 18.053572, 0.707238, 0.100355],
        [51.797398, 79.457619, 2.004389, -0.576358]
      ),
      (
        .deblur, true, [504.278442, 18.157742, 0.975094, 0.148627],
        [45.935024, 81.937004, 0.595995, -0.830173]
      ),
      (
        .sr, false, [503.660889, 17.379412, 0.756897, 0.122133],
        [44.469181, 77.713882, 1.743280, -0.690866]
      ),
      (
        .sr, true, [504.842285, 17.737467, 1.000000, 0.189387],
        [39.140755, 80.326546, 0.443052, -1.044487]
      ),
      (
        .inp, false, [508.058472, 18.823105, 0.721022, 0.193037],
        [-4.081634, 49.356087, 1.931912, -1.063682]
      ),
      (
        .inp, true, [510.631256, 18.553619, 0.803990, 0.356735],
        [-16.430826, 56.720551, 1.495666, -1.924407]
      ),
    ])
  func unfoldedLoop(task: Task, shifted: Bool, x0Hat: [Double], epsHat: [Double]) throws {
    let unfolding = try Self.unfolding(shifted: shifted)
    let (measurement, xt) = (try Self.measurement(task), try Self.xt())
    var x = try Self.x0()
    for k in 0..<3 {
      let step = try unfolding.step(
        k, x, xt: xt, at: 111, measurement: measurement, model: Toy()
      ) { try Self.noise(k) }
      x = try unfolding.carried(step.x, after: k, measurement: measurement)
    }
    try Self.check(((x + 1) / 2).clamped(to: 0...1), x0Hat, "x0Hat")
    try Self.check(unfolding.epsilonHat(x, xt: xt, at: 111), epsHat, "epsHat")
  }

  struct Run: Sendable {
    let task: Task
    let head: Bool
    let eta: Double
    let want: [Double]
  }

  static let runs = [
    Run(task: .deblur, head: false, eta: 0.8, want: [502.463470, 18.282312, 1, 0.606179]),
    Run(task: .deblur, head: false, eta: 0, want: [502.481720, 18.287308, 1, 0.612827]),
    Run(task: .sr, head: false, eta: 0.8, want: [504.911255, 18.096220, 1, 0.577289]),
    Run(task: .sr, head: false, eta: 0, want: [504.939056, 18.099905, 1, 0.583828]),
    Run(task: .inp, head: false, eta: 0.8, want: [504.499054, 17.982445, 0.804615, 0.580270]),
    Run(task: .inp, head: false, eta: 0, want: [504.157715, 18.015476, 0.803625, 0.620421]),
    Run(task: .sr, head: true, eta: 0.8, want: [504.476379, 17.884808, 1, 0.374621]),
    Run(task: .sr, head: true, eta: 0, want: [504.537720, 17.883316, 1, 0.387754]),
    Run(task: .inp, head: true, eta: 0.8, want: [508.312347, 18.063538, 0.804615, 0.579696]),
    Run(task: .inp, head: true, eta: 0, want: [507.887451, 18.092752, 0.803625, 0.619480]),
  ]

  @Test(arguments: runs)
  func fullSampler(run: Run) throws {
    let unfolding = try Self.unfolding(shifted: true)
    let sampler = try UD2M(
      unfolding, times: [999, 444, 111], start: run.head ? .head : .v1,
      ddim: .published, eta: run.eta, proximalForm: .published, descent: .published)
    let model = Toy()
    let problem = InverseProblem(
      model: model, denoiser: VPDenoiser(model),
      measurementOperator: try Self.measurementOperator(run.task),
      measurement: try Self.y(run.task), noise: .gaussian(sigma: 0.1))
    // One counter runs through all draws, five for each outer time.
    let draw = { (c: Int) in try Self.noise(c).floats() }
    let noise = RecordedNoise(
      rowCount: 1,
      arrays: [
        .initial: [try draw(0)],
        .unfolding: try (0..<9).map { try draw(1 + 5 * ($0 / 3) + $0 % 3) },
        .outerStep: try (0..<4).map { try draw(4 + 5 * ($0 / 2) + $0 % 2) },
      ])
    let state = try sampler.sample(problem, noise: noise)
    try Self.check((state.x + 1) / 2, run.want, "sample")
    #expect(state.evaluations == 9)
  }
}
