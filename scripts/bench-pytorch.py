#!/usr/bin/env python3
"""The comparison program of scripts/bench: the published DPS loop in plain PyTorch.

An implementation of its own, from the papers and the public description of the network, of what the
published DPS code runs: the guided-diffusion UNet, DDPM ancestral steps, guidance by the gradient of
the norm of the residual (Chung et al., ICLR 2023, Algorithm 1), one image and one sample at a time.
Where the published code does extra work (progress bars, table look-ups in NumPy, recomputing the
attention in the backward pass) this file does not, so it is no slower than what it stands for.

Needs torch and numpy only.

    bench-pytorch.py run   --weights prior.safetensors --steps 250       the sampling loop
    bench-pytorch.py evaluate --weights prior.safetensors --batch 8      one evaluation of the network
    bench-pytorch.py peak                                                a large matrix product
    bench-pytorch.py check Tests/Reference                               the network against references

Each prints one JSON object (check: a line a case). See --help of each for the options.
"""

import argparse
import json
import math
import platform
import struct
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

# ------------------------------------------------------------------------------ files

SAFETENSORS_TYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8, "BOOL": torch.bool,
}


def read_safetensors(path):
    """All tensors of a safetensors file, by name, and its metadata."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = SAFETENSORS_TYPES[entry["dtype"]]
        flat = torch.frombuffer(data, dtype=kind, count=math.prod(entry["shape"]), offset=begin) \
            if end > begin else torch.empty(0, dtype=kind)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


def read_weights(path):
    """The state dict of a network: safetensors, or a PyTorch checkpoint that holds tensors only."""
    if str(path).endswith(".safetensors"):
        return read_safetensors(path)[0]
    return torch.load(path, map_location="cpu", weights_only=True)


# ------------------------------------------------------------------------------ network


class GroupNorm32(nn.GroupNorm):
    """Group norm with 32 groups, evaluated in float32 whatever the input's type is."""

    def forward(self, x):
        weight, bias = self.weight.float(), self.bias.float()
        return F.group_norm(x.float(), self.num_groups, weight, bias, self.eps).to(x.dtype)


def group_norm(channels):
    return GroupNorm32(32, channels)


def timestep_embedding(t, dimension, max_period=10000):
    """Sinusoidal embedding [B, dimension] of time steps [B], cosines first; t may be fractional."""
    half = dimension // 2
    frequencies = torch.exp(
        -math.log(max_period) * torch.arange(half, dtype=torch.float32) / half)
    angles = t[:, None].float() * frequencies[None]
    embedding = torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1)
    return F.pad(embedding, (0, dimension % 2))


class Upsample(nn.Module):
    """Nearest up-sampling by 2, then a 3×3 convolution if `convolve`."""

    def __init__(self, channels, convolve):
        super().__init__()
        if convolve:
            self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.convolve = convolve

    def forward(self, x, _embedding=None):
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.conv(x) if self.convolve else x


class Downsample(nn.Module):
    """A 3×3 convolution of stride 2 if `convolve`, else a 2×2 mean."""

    def __init__(self, channels, convolve):
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1) if convolve \
            else nn.AvgPool2d(2)

    def forward(self, x, _embedding=None):
        return self.op(x)


class ResBlock(nn.Module):
    """Residual block conditioned on the time embedding; `resample` is None, "up" or "down"."""

    def __init__(self, channels, embedding, out_channels, scale_shift, resample=None):
        super().__init__()
        self.scale_shift = scale_shift
        self.in_layers = nn.Sequential(
            group_norm(channels), nn.SiLU(), nn.Conv2d(channels, out_channels, 3, padding=1))
        self.resampler = {None: None, "up": Upsample(channels, False),
                          "down": Downsample(channels, False)}[resample]
        self.emb_layers = nn.Sequential(
            nn.SiLU(), nn.Linear(embedding, out_channels * (2 if scale_shift else 1)))
        self.out_layers = nn.Sequential(
            group_norm(out_channels), nn.SiLU(), nn.Dropout(0.0),
            nn.Conv2d(out_channels, out_channels, 3, padding=1))
        self.skip_connection = nn.Identity() if channels == out_channels \
            else nn.Conv2d(channels, out_channels, 1)

    def forward(self, x, embedding):
        h = self.in_layers[1](self.in_layers[0](x))
        if self.resampler is not None:
            h, x = self.resampler(h), self.resampler(x)
        h = self.in_layers[2](h)
        e = self.emb_layers(embedding)[..., None, None]
        if self.scale_shift:
            scale, shift = e.chunk(2, dim=1)
            h = self.out_layers[0](h) * (1 + scale) + shift
            h = self.out_layers[1:](h)
        else:
            h = self.out_layers(h + e)
        return self.skip_connection(x) + h


class AttentionBlock(nn.Module):
    """Self-attention over all positions; `new_order` puts q, k, v outside the heads."""

    def __init__(self, channels, heads, new_order):
        super().__init__()
        self.heads, self.new_order = heads, new_order
        self.norm = group_norm(channels)
        self.qkv = nn.Conv1d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv1d(channels, channels, 1)

    def forward(self, x, _embedding=None):
        batch, channels, *space = x.shape
        x = x.reshape(batch, channels, -1)
        qkv = self.qkv(self.norm(x))
        width = channels // self.heads
        if self.new_order:
            q, k, v = (part.reshape(batch * self.heads, width, -1) for part in qkv.chunk(3, dim=1))
        else:
            q, k, v = qkv.reshape(batch * self.heads, 3 * width, -1).split(width, dim=1)
        scale = width**-0.25
        weights = torch.einsum("bct,bcs->bts", q * scale, k * scale)
        weights = torch.softmax(weights.float(), dim=-1).to(weights.dtype)
        attended = torch.einsum("bts,bcs->bct", weights, v).reshape(batch, channels, -1)
        return (x + self.proj_out(attended)).reshape(batch, channels, *space)


class Block(nn.Sequential):
    """Layers in sequence, each of which gets the time embedding."""

    def forward(self, x, embedding):
        for layer in self:
            x = layer(x) if isinstance(layer, nn.Conv2d) else layer(x, embedding)
        return x


DEFAULT_MULTIPLIERS = {
    512: (0.5, 1, 1, 2, 2, 4, 4), 256: (1, 1, 2, 2, 4, 4), 128: (1, 1, 2, 3, 4), 64: (1, 2, 3, 4),
}


class UNet(nn.Module):
    """The guided-diffusion UNet of a model configuration (the keys of its YAML file)."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        base, size = config["num_channels"], config["image_size"]
        text = config.get("channel_mult", "")
        mult = tuple(int(m) for m in text.split(",")) if text else DEFAULT_MULTIPLIERS[size]
        attention = {size // int(r) for r in str(config["attention_resolutions"]).split(",")}
        self.channels = 1 if config.get("grayscale") else 3
        out_channels = self.channels * (2 if config["learn_sigma"] else 1)
        embedding, scale_shift = 4 * base, config["use_scale_shift_norm"]
        updown, blocks = config["resblock_updown"], config["num_res_blocks"]
        heads = config["num_heads"]
        heads_up = heads if config["num_heads_upsample"] == -1 else config["num_heads_upsample"]
        head_width = config["num_head_channels"]

        def residual(c, to, resample=None):
            return ResBlock(c, embedding, to, scale_shift, resample)

        def attend(c, count):
            count = count if head_width == -1 else c // head_width
            return AttentionBlock(c, count, config["use_new_attention_order"])

        self.time_embed = nn.Sequential(
            nn.Linear(base, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        if config["class_cond"]:
            self.label_emb = nn.Embedding(1000, embedding)

        c = int(mult[0] * base)
        self.input_blocks = nn.ModuleList([Block(nn.Conv2d(self.channels, c, 3, padding=1))])
        widths, factor = [c], 1
        for level, m in enumerate(mult):
            for _ in range(blocks):
                layers = [residual(c, int(m * base))]
                c = int(m * base)
                if factor in attention:
                    layers.append(attend(c, heads))
                self.input_blocks.append(Block(*layers))
                widths.append(c)
            if level != len(mult) - 1:
                self.input_blocks.append(
                    Block(residual(c, c, "down") if updown else Downsample(c, True)))
                widths.append(c)
                factor *= 2

        self.middle_block = Block(residual(c, c), attend(c, heads), residual(c, c))

        self.output_blocks = nn.ModuleList()
        for level, m in reversed(list(enumerate(mult))):
            for i in range(blocks + 1):
                layers = [residual(c + widths.pop(), int(m * base))]
                c = int(m * base)
                if factor in attention:
                    layers.append(attend(c, heads_up))
                if level and i == blocks:
                    layers.append(residual(c, c, "up") if updown else Upsample(c, True))
                    factor //= 2
                self.output_blocks.append(Block(*layers))
        self.out = nn.Sequential(
            group_norm(c), nn.SiLU(), nn.Conv2d(c, out_channels, 3, padding=1))

    def forward(self, x, t, labels=None):
        """ε and, with learn_sigma, the variance values [B, C or 2C, H, W] of x at time steps t [B]."""
        kind = self.out[2].weight.dtype
        embedding = timestep_embedding(t, self.config["num_channels"]).to(kind)
        embedding = self.time_embed(embedding)
        if labels is not None:
            embedding = embedding + self.label_emb(labels)
        h, stack = x.to(kind), []
        for block in self.input_blocks:
            h = block(h, embedding)
            stack.append(h)
        h = self.middle_block(h, embedding)
        for block in self.output_blocks:
            h = block(torch.cat([h, stack.pop()], dim=1), embedding)
        return self.out(h).to(x.dtype)


def load_network(weights, config=None, precision="float32", channels_last=False):
    """The network of a weight file; the configuration is the file's own unless one is given."""
    if config is None:
        metadata = read_safetensors(weights)[1]
        if "architecture" not in metadata:
            sys.exit(f"{weights}: no 'architecture' in its metadata; pass a file that has it")
        config = json.loads(metadata["architecture"])
    network = UNet(config)
    network.load_state_dict(read_weights(weights), strict=True)
    network.eval()
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
    return network.to(getattr(torch, precision))


# ------------------------------------------------------------------------------ diffusion


class Diffusion:
    """Coefficients of the respaced linear schedule, learned-range variances (Nichol & Dhariwal)."""

    def __init__(self, steps):
        kept = [round(i * 999 / (steps - 1)) for i in range(steps)] if steps > 1 else [0]
        full = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
        alpha_bar = full[kept]
        previous = np.append(1.0, alpha_bar[:-1])
        beta = 1 - alpha_bar / previous
        variance = beta * (1 - previous) / (1 - alpha_bar)
        self.times = kept
        self.alpha_bar = alpha_bar
        self.log_beta = np.log(beta)
        self.log_variance = np.log(np.append(variance[1] if steps > 1 else beta[0], variance[1:]))
        self.c_x0 = beta * np.sqrt(previous) / (1 - alpha_bar)
        self.c_xt = (1 - previous) * np.sqrt(1 - beta) / (1 - alpha_bar)


def dps_step(network, diffusion, i, x, y, operator, scale):
    """x at step i − 1 from x at step i: one DDPM step, then guidance by ∇‖y − A(x̂0)‖."""
    x = x.requires_grad_()
    t = torch.full((x.shape[0],), diffusion.times[i])
    epsilon, v = network(x, t).chunk(2, dim=1)
    alpha_bar = diffusion.alpha_bar[i]
    x0 = (math.sqrt(1 / alpha_bar) * x - math.sqrt(1 / alpha_bar - 1) * epsilon).clamp(-1, 1)
    mean = diffusion.c_x0[i] * x0 + diffusion.c_xt[i] * x
    fraction = (v + 1) / 2
    log_variance = fraction * diffusion.log_beta[i] + (1 - fraction) * diffusion.log_variance[i]
    noise = torch.randn_like(x)
    proposal = mean + torch.exp(0.5 * log_variance) * noise if i else mean
    norm = torch.linalg.norm(y - operator(x0))
    (gradient,) = torch.autograd.grad(norm, x)
    return (proposal - scale * gradient).detach(), norm.item()


def box_inpainting(size):
    """A centred square of 3/8 of the width is lost; the rest is seen."""
    mask = torch.ones(1, 1, size, size)
    low, high = size * 5 // 16, size * 11 // 16
    mask[:, :, low:high, low:high] = 0
    return lambda x: mask * x


# ------------------------------------------------------------------------------ measurements


def processor():
    """The processor's name, as Linux gives it, and the matrix instructions that matter here."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    field = lambda name: next((l.split(":", 1)[1].strip() for l in lines if l.startswith(name)), "")
    known = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"]
    have = [flag for flag in known if flag in field("flags").split()]
    return f"{field('model name')} ({', '.join(have) or 'no AVX'})"


def conditions(options):
    return {
        "processor": processor(), "torch": torch.__version__, "threads": torch.get_num_threads(),
        "precision": options.precision, "channelsLast": options.channels_last,
        "batch": getattr(options, "batch", 1),
    }


def run(options):
    """Times the DPS loop: whole samples, or the first --limit steps of one."""
    network = load_network(
        options.weights, precision=options.precision, channels_last=options.channels_last)
    size, channels = network.config["image_size"], network.channels
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    diffusion, operator = Diffusion(options.steps), box_inpainting(size)
    torch.manual_seed(0)
    y = operator(torch.rand(1, channels, size, size) * 2 - 1)
    y = y + 0.05 * torch.randn_like(y)

    def loop(steps):
        x = torch.randn(1, channels, size, size).contiguous(memory_format=layout)
        for i in list(range(options.steps))[::-1][:steps]:
            x, _ = dps_step(network, diffusion, i, x, y, operator, options.scale)
        return x

    loop(2)
    steps = min(options.limit or options.steps, options.steps)
    begin = time.perf_counter()
    finite = all(bool(torch.isfinite(loop(steps)).all()) for _ in range(options.samples))
    seconds = time.perf_counter() - begin
    evaluations = steps * options.samples
    return conditions(options) | {
        "weights": str(options.weights), "steps": options.steps, "evaluations": evaluations,
        "seconds": seconds, "finite": finite,
        "secondsPerEvaluation": seconds / evaluations,
        "networkEvaluationsPerSecond": evaluations / seconds,
        "samplesPerSecond": evaluations / seconds / options.steps,
    }


def evaluate(options):
    """Times the network alone: forward, and forward with the gradient to its input.

    With --autocast the weights stay float32 and libtorch picks what runs in bfloat16; with --compile
    the network goes through torch.compile, which is not timed.
    """
    network = load_network(
        options.weights, precision=options.precision, channels_last=options.channels_last)
    for weight in network.parameters():
        weight.requires_grad_(False)
    size, batch, plain = network.config["image_size"], options.batch, network
    if options.compile:
        network = torch.compile(network)
        network.channels = plain.channels
    torch.manual_seed(0)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    x = torch.randn(batch, network.channels, size, size).contiguous(memory_format=layout)
    t = torch.full((batch,), 500)

    def forward(network=network):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=options.autocast):
            network(x, t)

    def gradient(network=network):
        z = x.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.autocast):
            out = network(z, t)[:, : plain.channels].float()
        out.flatten(1).norm(dim=1).sum().backward()

    def flops(work):
        with FlopCounterMode(display=False) as counter:
            work(plain)
        return counter.get_total_flops() / batch

    def median_seconds(work):
        work()
        times = []
        while len(times) < options.repeats:
            begin = time.perf_counter()
            work()
            times.append(time.perf_counter() - begin)
        return float(np.median(times))

    def seconds(name, work):
        return median_seconds(work) if name in options.only else None

    forward_seconds = seconds("forward", forward)
    gradient_seconds = seconds("gradient", gradient)
    return conditions(options) | {
        "weights": str(options.weights), "repeats": options.repeats,
        "autocast": options.autocast, "compiled": options.compile,
        "forwardPerSecond": forward_seconds and batch / forward_seconds,
        "gradientPerSecond": gradient_seconds and batch / gradient_seconds,
        "forwardFlops": flops(forward), "gradientFlops": flops(gradient),
    }


def peak(options):
    """FLOP/s of a large float32 matrix product, the best of ten."""
    a, b, best = torch.randn(2048, 2048), torch.randn(2048, 2048), math.inf
    for _ in range(10):
        begin = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - begin)
    return {"flopsPerSecond": 2 * 2048**3 / best}


def check(options):
    """Compares the network with every `unet` case of a reference folder; exits 1 on a failure."""
    root, failures = options.reference, 0
    cases = json.loads((root / "index.json").read_text())["cases"]
    for case in (c for c in cases if c["kind"] == "unet"):
        arrays, _ = read_safetensors(root / case["file"])
        network = load_network(root / case["parameters"]["weights"], case["parameters"]["config"])
        x = arrays["x"].clone().requires_grad_()
        out = network(x, arrays["t"], arrays.get("labels"))
        norms = out[:, : network.channels].flatten(1).norm(dim=1)
        (vjp,) = torch.autograd.grad(norms.sum(), x)
        tolerance, worst = case["tolerance"], 0.0
        for got, name in [(out, "out"), (norms, "normPerSample"), (vjp, "vjp")]:
            want = arrays[name]
            allowed = tolerance["absolute"] + tolerance["relative"] * want.abs().max()
            worst = max(worst, float((got.detach() - want).abs().max() / allowed))
        failures += worst > 1
        print(f"{'ok    ' if worst <= 1 else 'FAILED'} {worst:9.2e} of the tolerance  {case['file']}")
    return failures


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, does):
        made = commands.add_parser(name, help=does, description=does)
        made.add_argument("--weights", type=Path, required=True, metavar="FILE",
                          help="safetensors file with 'architecture' in its metadata")
        made.add_argument("--threads", type=int, default=2, help="PyTorch threads (default 2)")
        made.add_argument("--precision", choices=["float32", "bfloat16"], default="float32",
                          help="of the network; the sampler's state is float32 (default float32)")
        made.add_argument("--channels-last", action="store_true",
                          help="keep images as NHWC in memory; the published code does not")
        return made

    runs = command("run", "times the sampling loop, batch 1")
    runs.add_argument("--steps", type=int, default=1000, help="steps of a sample (default 1000)")
    runs.add_argument("--samples", type=int, default=1, help="how many to draw (default 1)")
    runs.add_argument("--limit", type=int, help="do only the first LIMIT steps of each")
    runs.add_argument("--scale", type=float, default=0.5, help="guidance scale (default 0.5)")
    evaluates = command("evaluate", "times single evaluations of the network")
    evaluates.add_argument("--batch", type=int, default=1, help="samples at once (default 1)")
    evaluates.add_argument("--repeats", type=int, default=3, help="the median of these (default 3)")
    evaluates.add_argument("--compile", action="store_true", help="through torch.compile")
    evaluates.add_argument("--autocast", action="store_true", help="bfloat16 where libtorch takes it")
    evaluates.add_argument("--only", nargs="+", choices=["forward", "gradient", "none"],
                           default=["forward", "gradient"], help="what to time (default both)")
    peaks = commands.add_parser("peak", help="times a large matrix product")
    peaks.add_argument("--threads", type=int, default=2, help="PyTorch threads (default 2)")
    checks = commands.add_parser("check", help="compares the network with reference values")
    checks.add_argument("reference", type=Path, help="folder with index.json")

    options = parser.parse_args()
    if options.command == "check":
        sys.exit(1 if check(options) else 0)
    torch.set_num_threads(options.threads)
    print(json.dumps({"run": run, "evaluate": evaluate, "peak": peak}[options.command](options)))


if __name__ == "__main__":
    main()
