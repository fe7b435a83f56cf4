#!/usr/bin/env python3
"""Writes difference.pt, a network that looks at images: the mean of an image, or of its difference from another.

And features.pt, which gives four numbers. Run it with any Python that has torch; the tests read the file, not this
script.
"""

import io
import zipfile
from pathlib import Path
from typing import Optional

import torch


class Difference(torch.nn.Module):
    def forward(self, x: torch.Tensor, y: Optional[torch.Tensor] = None):
        if y is None:
            return x.mean().reshape(1)
        return (x - y).abs().mean().reshape(1)


class Features(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return torch.stack([x.mean(), x.std(), x[..., 0].mean(), x[..., -1].mean()])


for module, name in [(Difference(), "difference.pt"), (Features(), "features.pt")]:
    made = io.BytesIO()
    torch.jit.save(torch.jit.script(module), made)
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(
        Path(__file__).with_name(name), "w"
    ) as kept:
        for entry in whole.namelist():
            if not entry.endswith(".debug_pkl"):  # it has the path of this script
                kept.writestr(zipfile.ZipInfo(entry), whole.read(entry))
