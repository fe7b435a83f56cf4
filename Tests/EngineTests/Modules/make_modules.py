"""Writes the TorchScript modules the tests load. Needs PyTorch: python make_modules.py"""

import os

from typing import Optional

import torch
from torch import Tensor, nn

HERE = os.path.dirname(os.path.abspath(__file__))


def convolution(bias: bool) -> nn.Conv2d:
    """A 3x3 correlation of 1 channel to 2 at half the size, with weights sin(1), sin(2), ..."""
    layer = nn.Conv2d(1, 2, 3, stride=2, padding=1, bias=bias)
    with torch.no_grad():
        layer.weight.copy_(torch.sin(torch.arange(1.0, 19.0)).reshape(2, 1, 3, 3))
        if bias:
            layer.bias.copy_(torch.tensor([0.25, -0.5]))
    return layer


class Curved(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = convolution(True)

    def forward(self, x):
        return torch.tanh(self.layer(x))


class Mixing(nn.Module):
    def forward(self, x):
        return x - x.mean(0, keepdim=True)


class Noisy(nn.Module):
    def forward(self, x):
        return x + 0.01 * torch.randn_like(x)


class Total(nn.Module):
    def forward(self, x):
        return x.flatten(1).sum(1, keepdim=True)


class Number(nn.Module):
    def forward(self, x):
        return x.sum()


class HalfDetached(nn.Module):
    """Doubles x, but its gradient is that of x."""

    def forward(self, x):
        return x + x.detach()


class Infinite(nn.Module):
    def forward(self, x):
        return x / 0.0


# What follows serves as an operator and a decoder, and with a time as a prior.


class InPlace(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return x.mul_(0.5)


class KeepsAnswer(nn.Module):
    """Gives its own buffer, which the next call overwrites."""

    def __init__(self):
        super().__init__()
        self.register_buffer("kept", torch.zeros(1))

    def forward(self, x, t: Optional[Tensor] = None):
        if self.kept.shape != x.shape:
            self.kept = torch.zeros_like(x)
        return self.kept.copy_(x * 0.5)


class FirstRow(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return x[:1].expand(x.shape)


class LastRow(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return x[-1:].expand(x.shape)


class Ranged(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return x / x.abs().max()


class Placed(nn.Module):
    """Numbers the rows."""

    def forward(self, x, t: Optional[Tensor] = None):
        return x * (1 + torch.arange(x.shape[0])).reshape(-1, 1, 1, 1)


class Sized(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return x * x.shape[0]


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x, t: Optional[Tensor] = None):
        self.calls += 1
        return x + self.calls


class OneRow(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return x[:1]


class Complex(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return torch.complex(x, x)


class Whole(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return (x * 10).int()


class Half(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return (x * 0.5).half()


class Undefined(nn.Module):
    """NaN where x is 0."""

    def forward(self, x, t: Optional[Tensor] = None):
        return x / x


class Detached(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return (x * 2).detach()


class Constant(nn.Module):
    def forward(self, x, t: Optional[Tensor] = None):
        return torch.ones_like(x)


class Threshold(nn.Module):
    """Flat but for a few values."""

    def forward(self, x, t: Optional[Tensor] = None):
        return torch.relu(x - 0.9)


MODULES = {
    "linear": convolution(False),
    "affine": convolution(True),
    "curved": Curved(),
    "mixing": Mixing(),
    "noisy": Noisy(),
    "total": Total(),
    "number": Number(),
    "half_detached": HalfDetached(),
    "infinite": Infinite(),
    "in_place": InPlace(),
    "keeps_answer": KeepsAnswer(),
    "first_row": FirstRow(),
    "last_row": LastRow(),
    "ranged": Ranged(),
    "placed": Placed(),
    "sized": Sized(),
    "counting": Counting(),
    "one_row": OneRow(),
    "complex": Complex(),
    "whole": Whole(),
    "half": Half(),
    "undefined": Undefined(),
    "detached": Detached(),
    "constant": Constant(),
    "threshold": Threshold(),
}

for name, module in MODULES.items():
    torch.jit.script(module).save(os.path.join(HERE, name + ".pt"))
