import Testing

@testable import RunFiles

@Suite struct ConfigurationRoundTripTests {
  typealias Samples = ConfigurationSamples

  static let operators = [
    "{name: denoising}", "{name: super_resolution, scale_factor: 16}",
    "{name: gaussian_blur, kernel_size: 61, intensity: 3.25}",
    "{name: inpainting, mask_type: random, mask_prob_range: [0.1, 0.30000000000000004]}",
    "{name: inpainting, mask_type: box, mask_len_range: [3, 9], margin: 1, image_size: 64}",
    "{name: inpainting, mask_type: extreme, mask_len_range: [3, 9], margin: [1, 2]}",
    "{name: inpainting, mask: \"a mask.png\", image_size: 64}",
    "{name: inpainting, mask_type: random, mask_prob_range: [0, 1], shared: true}",
    "{name: super_resolution, scale_factor: 3, filter: average}",
    "{name: super_resolution, scale_factor: 5, filter: gaussian}",
    "{name: gaussian_blur, kernel_size: 5, intensity: 1, boundary: circular}",
    "{name: uniform_blur, kernel_size: 9}", "{name: motion_blur, kernel: k.npy}",
    "{name: anisotropic_blur, kernel_size: 9, intensity: [20, 1], angle: 30}",
    "{name: motion_blur, kernel_size: 61, intensity: 0.5, boundary: circular, shared: true}",
    "{name: phase_retrieval, oversample: 1.5, input_range: [0, 1], resolution: 256}",
    "{name: high_dynamic_range}", "{name: hdr, scale: 3}",
    "{name: ud2m_deblur, kernel: gaussian}", "{name: ud2m_deblur, kernel: k.npy, otf_threshold: 0}",
    "{name: ud2m_deblur, kernel: uniform, kernel_size: 9, otf_threshold: published}",
    "{name: ud2m_super_resolution, kernel: bicubic, scale_factor: 2}",
    "{name: ud2m_super_resolution, kernel: anisotropic}",
    "{name: ud2m_inpainting, mask: random, mask_rate: 0.3}",
    "{name: ud2m_inpainting, mask: box, box_proportion: 0.1, box_corner: [1, 2]}",
  ]

  static let priors = [
    "kind: gaussian\nshape: [3, 8, 8]\nmean: -0.25\ncovariance: {std: 0.5, length: 2}",
    "kind: gaussian\nshape: [1, 8, 8]\nmean: m.npy\ncovariance: c.npy",
    "kind: gaussian\nshape: [1, 8, 8]\ncovariance: 0.5\ndiffusion: {model_var_type: fixed_large}",
    "kind: gaussian-mixture\nshape: [1, 8, 8]\ncomponents:\n  - {mean: 0.5, std: 0.1}\n"
      + "  - {weight: 3, mean: \"a b.npy\", std: 1e-3}",
    "kind: guided-diffusion\ncheckpoint: \"odd \\\"name\\\" ü *&?.pt\"\n"
      + "diffusion: {noise_schedule: cosine, steps: 10, model_mean_type: start_x, "
      + "model_var_type: learned, rescale_timesteps: true}",
    "kind: lsun\ncheckpoint: a.ckpt\nimage_size: 64\nlora: b.ckpt",
    "kind: guided-diffusion\ncheckpoint: a.pt\nlora: b.ckpt",
    "kind: torchscript\nfile: net.pt\nshape: [2, 8, 8]\npredicts: edm\nsigma_data: 0.25",
    "kind: torchscript\nfile: net.pt\nshape: [2, 8, 8]\npredicts: epsilon\nscaling: ve\n"
      + "time: continuous\ndiffusion: {noise_schedule: cosine, model_var_type: learned_range}",
    "kind: torchscript\nfile: net.pt\nshape: [2, 8, 8]\npredicts: v\ntime: log-sigma",
    "kind: lsun\ncheckpoint: a.ckpt\nimage_size: 64\nlora: b.ckpt",
    "kind: guided-diffusion\ncheckpoint: a.pt\nlora: b.ckpt",
    "kind: guided-diffusion\ncheckpoint: w.pt\nclass_label: 999\narchitecture:\n  class_cond: true\n"
      + ConfigurationSamples.architecture.indented(2),
  ]

  static let samplers = [
    "{name: dps, timestep_respacing: \"4,3,2\"}", "{name: dps, timestep_respacing: ddim2}",
    "{name: ud2m}", "{name: ud2m, steps: 5, iterations: 2, init: head, eta: 0, ddim: textbook}",
    "{name: ud2m, init: network, init_network: ram.pt, perturb: false, grid: linear}",
    "{name: ud2m, lambda: [0.3, 1], rho_scale: 2, tau_g: 0.03, t_lat: [-0.1, 0.1], proximal: exact}",
    "{name: latino}", "{name: latino, iterations: 7, delta: 0.1, transport: flow, flow_steps: 3}",
    "{name: dps, steps: 3, process: ddim}", "{name: dps, scale: 1e-300, clip_denoised: false}",
    "{name: dps, method: ps+, num_sampling: 7, norm: squared}", "{name: dps, method: vanilla}",
    "{name: dps, method: mcg, projection: published}", "{name: dps, method: projection}",
    "{name: dps, method: mcg, norm: poisson, scale: 2}", "{name: ald}",
    "{name: ald, mode: code, noise_time: 0, step_size: 2.5e-6, steps_per_level: 3, clamp: true}",
    "{name: ald, start: prior, score_level: 0.01, levels: 7, factor: 0.1, growth: 0, steps: 50}",
    "{name: ald, start: {name: dps, method: mcg, steps: 20}, varying_step_sizes: true}",
    "{name: ald, start: {name: ald, start: {name: ald, start: prior}, clip_denoised: false}}",
    "{name: dps, steps: 3, record: {every: 100, samples: 2}}",
    "{name: unconditional, steps: 7, process: ddim, eta: 0.25}",
    "{name: unconditional, clip_denoised: false, record: {every: 5}}", "{name: ddnm}",
    "{name: ddnm, timestep_respacing: ddim2, eta: 0.5, singular_floor: 0, clip_denoised: true}",
    "{name: diffpir}", "{name: diffpir, steps: 9, lambda: 7, zeta: 0.3, clip_denoised: false}",
    "{name: pnp-ula}",
    "{name: pnp-ula, iterations: 9, denoiser_sigma: 0.1, alpha: 0.5, delta: 1e-5, lambda: 2, "
      + "box: [-1, 2.5], start: noise}",
  ]

  private func expectRoundTrip(_ text: String) throws {
    let configuration = try Samples.load(text)
    let written = configuration.yaml()
    #expect(try Samples.load(written) == configuration, "\(written)")
    #expect(try Samples.load(written).yaml() == written)
  }

  @Test(arguments: operators) func operatorsComeBack(text: String) throws {
    try expectRoundTrip(Samples.minimal.replacing("{name: denoising}", with: text))
  }

  @Test(arguments: priors) func priorsComeBack(text: String) throws {
    let old = "kind: guided-diffusion\n  checkpoint: weights.safetensors\n"
    let new = text.indented(2).trimmingPrefix { $0 == " " }
    try expectRoundTrip(
      Samples.minimal.replacing(old, with: new).replacing("dps", with: "dps, steps: 2}")
        .replacing("\n  name: dps, ", with: " {name: dps, "))
  }

  @Test(arguments: samplers) func samplersComeBack(text: String) throws {
    try expectRoundTrip(Samples.minimal.replacing("\n  name: dps\n", with: " \(text)\n"))
  }

  @Test(
    arguments: [Samples.minimal, Samples.full]
      + [
        "noise: {name: clean}", "noise: {name: poisson, rate: 0.25}", "images: \"null\"",
        "measurements: y\n  truths: x\n  shape: [3, 16, 20]",
        "images: pictures\nstatistics:\n  calibration: c.yaml\n  derived: [{name: a-1, quantity: mean}, "
          + "{name: b, quantity: histogram, mask: m.npy, bins: 3, range: [-1, 0.5]}, "
          + "{name: c, quantity: contrast, mask: m.npy, background: n.png}]",
      ].map { change in
        let old =
          change.hasPrefix("noise") ? "noise: {name: gaussian, sigma: 0.05}" : "images: pictures"
        return Samples.minimal.replacing(old, with: change)
      })
  func sectionsComeBack(text: String) throws { try expectRoundTrip(text) }

  @Test(arguments: Samples.shipped) func shippedFilesComeBack(path: String) throws {
    let configuration = try Configuration.load(path: path).configuration
    #expect(try Samples.load(configuration.yaml()) == configuration)
  }

  @Test(arguments: [
    "plain", "a\nb: c", "\t", "'\"", "\\", "\u{E9}\u{1F600}\u{301}", "# no", "true", "1",
    "\u{85}\u{2028}",
    "\u{7F}\u{1}", "- a", "a\u{FEFF}b", "*a", "&a ?b", " ", "\r\n",
  ])
  func anyNameOfAFolderComesBack(name: String) throws {
    var configuration = try Samples.load(Samples.minimal)
    configuration.run.output = name
    #expect(try Samples.load(configuration.yaml()).run.output == name)
  }

  @Test func theDumpSaysEveryDefault() throws {
    let written = try Samples.load(Samples.minimal).yaml()
    #expect(
      written == """
        run:
          seed: 0
          samples: 16
          unit: 8
          output: "runs/a"
          checkpoint: 60
          lease: 600
        data:
          images: "pictures"
        measurement:
          operator:
            name: denoising
          noise:
            name: gaussian
            sigma: 0.05
        prior:
          kind: guided-diffusion
          checkpoint: "weights.safetensors"
          diffusion:
            noise_schedule: linear
            steps: 1000
            model_mean_type: epsilon
            model_var_type: learned_range
            rescale_timesteps: false
        sampler:
          name: dps
          method: ps
          scale: 0.3
          norm: plain
          steps: 1000
          process: ddpm
          clip_denoised: true
          dynamic_threshold: false
        compute:
          device: auto
          precision: auto
          threads: 1
          workers: auto
        statistics:
          quantiles: [0.05, 0.5, 0.95]
          keep_samples: 4
          save_samples: false
          pictures: true

        """)
  }

  @Test func theRecordOfARunIsPassedOverAndReadBack() throws {
    let configuration = try Samples.load(Samples.full)
    let written = configuration.yaml(record: [("hash", "ab12"), ("host", "a \"b\": *c")])
    #expect(try Samples.load(written) == configuration)
    #expect(
      try Configuration.record(inYAML: written, name: "run.yaml")
        == ["hash": "ab12", "host": "a \"b\": *c"])
    #expect(try Configuration.record(inYAML: Samples.full, name: "run.yaml").isEmpty)
    #expect(throws: ConfigurationError.self) {
      try Configuration.record(inYAML: "[", name: "run.yaml")
    }
  }
}
