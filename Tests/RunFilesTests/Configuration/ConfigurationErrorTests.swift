import Testing

@testable import RunFiles

/// One mistake in the full sample, and the line that must tell it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let old: String
  let new: String
  let text: String

  init(_ old: String, _ new: String, _ text: String) {
    self.old = old
    self.new = new
    self.text = text
  }

  var testDescription: String { "\(old) → \(new)" }
}

@Suite struct ConfigurationErrorTests {
  typealias Samples = ConfigurationSamples

  static let keys = [
    Mistake(
      "seed: 7", "sead: 7",
      "a.yaml:2: run.sead: unknown key; did you mean 'seed'? "
        + "Allowed here: seed, samples, unit, output, checkpoint, lease"),
    Mistake(
      "statistics:", "statistic:",
      "a.yaml:44: statistic: unknown key; did you mean 'statistics'? "
        + "Allowed here: run, data, measurement, noise, prior, conditioning, sampler, compute, statistics, record"
    ),
    Mistake(
      "    name: inpainting", "    name: inpainting\n    blur: 1",
      "a.yaml:14: measurement.operator.blur: unknown key. "
        + "Allowed here: name, mask_type, image_size, shared, mask_prob_range, margin, "
        + "mask_len_range"),
    Mistake(
      "    steps: 1000\n", "    steps: 1000\n    clip_denoised: true\n",
      "a.yaml:27: prior.diffusion.clip_denoised: unknown key here; it belongs to section 'sampler'"),
    Mistake(
      "  steps: 250\n", "  steps: 250\n  conditioning: {method: ps}\n",
      "a.yaml:35: sampler.conditioning: unknown key here; it belongs to the top of the file"),
    Mistake(
      "  images: pictures\n", "",
      "a.yaml:8: data: give one of 'images' and 'measurements'"),
    Mistake(
      "  images: pictures\n", "  images: a\n  measurements: b\n",
      "a.yaml:10: data: 'images' and 'measurements' exclude each other; keep one"),
    Mistake(
      "  steps: 250\n", "  steps: 250\n  timestep_respacing: 10\n",
      "a.yaml:35: sampler: 'steps' and 'timestep_respacing' exclude each other; keep one"),
    Mistake(
      "  seed: 7\n", "  seed: 7\n  seed: 8\n",
      "a.yaml:2: seed: written twice, again in line 3; keep one"),
    Mistake(
      "  device: cpu", "  device: cpu\n  device: cpu",
      "a.yaml:40: device: written twice, again in line 41; keep one"),
    Mistake(
      "    name: gaussian\n", "",
      "a.yaml:18: measurement.noise: 'name' is missing; give one of gaussian, poisson, clean"),
    Mistake(
      "    sigma: 0.05\n", "",
      "a.yaml:18: measurement.noise: 'sigma' is missing; give a number of at least 0"),
    Mistake(
      "  checkpoint: weights.safetensors\n", "",
      "a.yaml:21: prior: 'checkpoint' is missing; give a file of weights (.safetensors or .pt)"),
  ]

  static let types = [
    Mistake(
      "seed: 7", "seed: -1",
      "a.yaml:2: run.seed: found '-1', allowed: a whole number from 0 to 18446744073709551615"),
    Mistake(
      "seed: 7", "seed: 18446744073709551616",
      "a.yaml:2: run.seed: found '18446744073709551616', "
        + "allowed: a whole number from 0 to 18446744073709551615"),
    Mistake(
      "samples: 32", "samples: 0",
      "a.yaml:3: run.samples: found '0', allowed: a whole number from 1 to 2147483647"),
    Mistake(
      "samples: 32", "samples: 1000000000000",
      "a.yaml:3: run.samples: found '1000000000000', "
        + "allowed: a whole number from 1 to 2147483647"),
    Mistake(
      "samples: 32", "samples: \"32\"",
      "a.yaml:3: run.samples: found the quoted text '32', "
        + "expected a whole number from 1 to 2147483647 or a section of min, max and until"),
    Mistake(
      "samples: 32", "samples: many",
      "a.yaml:3: run.samples: found 'many', expected a whole number from 1 to 2147483647 "
        + "or a section of min, max and until"),
    Mistake(
      "samples: 32", "samples:",
      "a.yaml:3: run.samples: found no value, expected a whole number from 1 to 2147483647 "
        + "or a section of min, max and until"),
    Mistake(
      "unit: 4", "unit: 1.5",
      "a.yaml:4: run.unit: found '1.5', expected auto or a whole number from 1 to 65536"),
    Mistake(
      "unit: 4", "unit: 010",
      "a.yaml:4: run.unit: found '010', expected auto or a whole number from 1 to 65536"),
    Mistake(
      "output: runs/full", "output: [a]", "a.yaml:5: run.output: found '[a]', expected a folder"),
    Mistake(
      "checkpoint: 30", "checkpoint: 0",
      "a.yaml:6: run.checkpoint: found '0', allowed: a number from 0.001 to 1000000"),
    Mistake(
      "lease: 120", "lease: .inf",
      "a.yaml:7: run.lease: found '.inf', expected a number from 0.001 to 1000000"),
    Mistake(
      "lease: 120", "lease: 1e999",
      "a.yaml:7: run.lease: found '1e999', allowed: a number from 0.001 to 1000000"),
    Mistake(
      "range: 0-7,9", "range: 7-0",
      "a.yaml:10: data.range: found '7-0', "
        + "expected positions from 0 to 2147483647 such as 3, \"0-7\" or \"0,3-4\""),
    Mistake(
      "range: 0-7,9", "range: 3000000000",
      "a.yaml:10: data.range: found '3000000000', "
        + "expected positions from 0 to 2147483647 such as 3, \"0-7\" or \"0,3-4\""),
    Mistake(
      "quantiles: [0.1, 0.9]", "quantiles: [0.1, 1]",
      "a.yaml:45: statistics.quantiles: found '1', allowed: a number above 0 and below 1"),
    Mistake(
      "quantiles: [0.1, 0.9]", "quantiles: [0.9, 0.1]",
      "a.yaml:45: statistics.quantiles: found '[0.9, 0.1]', "
        + "allowed: levels that rise, from 0.000001 to 0.999999"),
    Mistake(
      "save_samples: true", "save_samples: maybe",
      "a.yaml:47: statistics.save_samples: found 'maybe', expected true or false"),
    Mistake(
      "keep_samples: 2", "keep_samples: -1",
      "a.yaml:46: statistics.keep_samples: found '-1', allowed: a whole number from 0 to 1000"),
    Mistake(
      "threads: 2", "threads: all",
      "a.yaml:42: compute.threads: found 'all', expected auto or a whole number from 1 to 4096"),
    Mistake(
      "threads: 2", "threads: 0",
      "a.yaml:42: compute.threads: found '0', allowed: a whole number from 1 to 4096"),
    Mistake(
      "statistics:\n  quantiles: [0.1, 0.9]\n  keep_samples: 2\n  save_samples: true\n  pictures: false\n",
      "statistics: none\n", "a.yaml:44: statistics: found 'none', expected a section of keys"),
  ]

  static let choices = [
    Mistake(
      "name: inpainting", "name: inpaintin",
      "a.yaml:13: measurement.operator.name: found 'inpaintin', allowed: inpainting, "
        + "super_resolution, gaussian_blur, phase_retrieval, high_dynamic_range, denoising, "
        + "ud2m_deblur, ud2m_super_resolution, ud2m_inpainting, uniform_blur, anisotropic_blur, "
        + "motion_blur, torchscript, matrix, mri, ct, jpeg, nonlinear_blur; "
        + "did you mean 'inpainting'?"),
    Mistake(
      "mask_type: box", "mask_type: both",
      "a.yaml:14: measurement.operator.mask_type: found 'both', allowed: random, box, extreme"),
    Mistake(
      "name: gaussian\n", "name: gamma\n",
      "a.yaml:19: measurement.noise.name: found 'gamma', allowed: gaussian, poisson, clean"),
    Mistake(
      "kind: guided-diffusion", "kind: guided_diffusion",
      "a.yaml:22: prior.kind: found 'guided_diffusion', allowed: guided-diffusion, lsun, torchscript, gaussian, "
        + "gaussian-mixture; did you mean 'guided-diffusion'?"),
    Mistake(
      "name: dps", "name: dsp",
      "a.yaml:31: sampler.name: found 'dsp', allowed: dps, ald, daps, ud2m, latino, exact, "
        + "unconditional, ddnm, diffpir, pnp-ula; did you mean 'dps'?"),
    Mistake(
      "method: ps", "method: mgc",
      "a.yaml:32: sampler.method: found 'mgc', allowed: ps, ps+, mcg, projection, vanilla; "
        + "did you mean 'mcg'?"),
    Mistake(
      "device: cpu", "device: gpu",
      "a.yaml:40: compute.device: found 'gpu', allowed: auto, cpu, cuda; did you mean 'cpu'?"),
    Mistake(
      "precision: float32", "precision: float16",
      "a.yaml:41: compute.precision: found 'float16', allowed: auto, float32, bfloat16; "
        + "did you mean 'bfloat16'?"),
    Mistake(
      "noise_schedule: linear", "noise_schedule: [linear]",
      "a.yaml:25: prior.diffusion.noise_schedule: found '[linear]', expected one of linear, cosine"),
  ]

  static let values = [
    Mistake(
      "mask_len_range: [12, 13]", "mask_len_range: [13, 13]",
      "a.yaml:15: measurement.operator.mask_len_range: found '[13, 13]', "
        + "allowed: [low, high] with low < high; high itself is never drawn"),
    Mistake(
      "mask_len_range: [12, 13]", "mask_len_range: [12]",
      "a.yaml:15: measurement.operator.mask_len_range: found a list of 1, "
        + "expected a list of 2, each a whole number from 1 to 65536"),
    Mistake(
      "margin: [4, 5]", "margin: -1",
      "a.yaml:16: measurement.operator.margin: found '-1', allowed: a whole number from 0 to 65536"),
    Mistake(
      "    sigma: 0.05", "    sigma: -0.1",
      "a.yaml:20: measurement.noise.sigma: found '-0.1', allowed: a number of at least 0"),
    Mistake(
      "steps: 1000", "steps: 20",
      "a.yaml:26: prior.diffusion.steps: found '20', "
        + "allowed: at least 21, as the linear schedule ends at β = 20/steps < 1"),
    Mistake(
      "scale: 0.5", "scale: nan",
      "a.yaml:33: sampler.scale: found 'nan', expected a number of at least 0"),
    Mistake(
      "steps: 250", "steps: 1001",
      "a.yaml:34: sampler.steps: found '1001', allowed: a whole number from 2 to 1000"),
    Mistake(
      "steps: 250", "timestep_respacing: \"10,0\"",
      "a.yaml:34: sampler.timestep_respacing: found the quoted text '10,0', "
        + "expected a number of steps from 1 to 100000, up to 64 such as \"10,10,5\", or \"ddim25\""
    ),
    Mistake(
      "steps: 250", "timestep_respacing: \"1\"",
      "a.yaml:34: sampler.timestep_respacing: keeps 1 step; a process needs at least 2"),
    Mistake(
      "steps: 250", "timestep_respacing: ddim1",
      "a.yaml:34: sampler.timestep_respacing: keeps 1 step; a process needs at least 2"),
    Mistake(
      "steps: 250", "timestep_respacing: \"600,10\"",
      "a.yaml:34: sampler.timestep_respacing: "
        + "section 1 of 2 has 500 of the prior's 1000 steps, not 600"),
    Mistake(
      "steps: 250", "timestep_respacing: ddim300",
      "a.yaml:34: sampler.timestep_respacing: "
        + "no stride takes exactly 300 of the prior's 1000 steps"),
    Mistake(
      "process: ddim", "process: ddpm", "a.yaml:36: sampler.eta: goes with 'process: ddim' only"),
    Mistake(
      "eta: 0.5", "eta: 1.5", "a.yaml:36: sampler.eta: found '1.5', allowed: a number from 0 to 1"),
    Mistake(
      "  range: 0-7,9", "  shape: [3, 8, 8]",
      "a.yaml:10: data.shape: goes with 'measurements' only; images have a shape"),
    Mistake(
      "  range: 0-7,9", "  truths: b",
      "a.yaml:10: data.truths: goes with 'measurements' only; images are the truths themselves"),
    Mistake(
      "name: dps\n  method: ps\n  scale: 0.5\n  steps: 250\n  process: ddim\n  eta: 0.5\n"
        + "  clip_denoised: true\n  dynamic_threshold: false\n", "name: exact\n",
      "a.yaml:31: sampler.name: "
        + "'exact' needs a prior of kind gaussian or gaussian-mixture; a network needs 'dps'"),
  ]

  @Test(arguments: keys + types + choices + values)
  func aMistakeIsToldInOneLine(mistake: Mistake) {
    #expect(Samples.problem(of: Samples.full(mistake.old, mistake.new)) == mistake.text)
  }

  @Test(arguments: ["data", "measurement", "prior", "sampler"])
  func aNeededSectionIsMissed(name: String) {
    let misspelt = Samples.minimal.replacing("\(name):", with: "xyzzy:")
    let lines = Samples.problem(of: misspelt).split(separator: "\n")
    #expect(lines.contains("a.yaml: '\(name)' is missing; give a section"))
  }

  @Test func allIndependentProblemsAreToldInTheOrderOfTheFile() {
    let text = Samples.full.replacing("seed: 7", with: "seed: x")
      .replacing("eta: 0.5", with: "eta: 2").replacing("device: cpu", with: "device: tpu")
      .replacing("  kind: guided-diffusion\n", with: "")
    let places = Samples.problem(of: text).split(separator: "\n").map {
      $0.split(separator: ":")[1]
    }
    #expect(places == ["2", "21", "35", "39"])
  }

  @Test func manyProblemsAreCounted() {
    let keys = (0..<300).map { "  key\($0): 1\n" }.joined()
    let text = Samples.problem(of: "run:\n\(keys)" + Samples.minimal)
    #expect(text.split(separator: "\n").count == 21)
    #expect(text.hasSuffix("… and 180 more problems"))
  }

  @Test func aFoundValueIsShortenedAndCannotForgeALine() {
    let text = Samples.problem(
      of: Samples.full(
        "device: cpu", "device: \"a\\nb.yaml:1: \(String(repeating: "x", count: 99))\""))
    #expect(text.split(separator: "\n").count == 1)
    #expect(text.contains(#"'a\u{a}b.yaml:1: xxx"#))
    #expect(text.contains("x…'"))
  }
}
