"""Writes the checkpoints that the tests of the PyTorch reader open (PyTorch 2.13).

mixed_{zip,zip4,legacy}.pt hold the same tensors as mixed.safetensors: a module's state dictionary
with its `_metadata`, parameters, shared, transposed, offset, repeated, empty and scalar tensors, and
every element type. wrapped.pt holds such a dictionary one level down, beside other things.
"""

import collections
import json
import struct

import torch

torch.manual_seed(7)
layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GroupNorm(2, 4))
state = layers.state_dict()
base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
state["parameter"] = torch.nn.Parameter(torch.randn(2, 2))
state["transposed"] = base.t()
state["window"] = base[1:3, 2:5]
state["shared"] = base
state["repeated"] = torch.tensor([1.5, -2.5]).expand(3, 2)
state["empty"] = torch.zeros(0, 3)
state["scalar"] = torch.tensor(2.5, dtype=torch.float64)
state["half"] = torch.tensor([1.0, -0.5, 65504.0], dtype=torch.float16)
state["brain"] = torch.tensor([1.0, -0.5, 3e38], dtype=torch.bfloat16)
state["flags"] = torch.tensor([True, False, True])
for name in ["uint8", "int8", "int16", "int32", "int64"]:
    kind = getattr(torch, name)
    state[name] = torch.tensor([torch.iinfo(kind).min, 0, torch.iinfo(kind).max], dtype=kind)
torch.save(state, "mixed_zip.pt")
torch.save(state, "mixed_zip4.pt", pickle_protocol=4)
torch.save(state, "mixed_legacy.pt", _use_new_zipfile_serialization=False)

NAMES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.bool: "BOOL", torch.uint8: "U8", torch.int8: "I8", torch.int16: "I16",
    torch.int32: "I32", torch.int64: "I64",
}
header, data = {}, b""
for name, tensor in state.items():
    dense = tensor.detach().contiguous().clone()
    raw = bytes(dense.untyped_storage())
    header[name] = {
        "dtype": NAMES[dense.dtype],
        "shape": list(dense.shape),
        "data_offsets": [len(data), len(data) + len(raw)],
    }
    data += raw
text = json.dumps(header).encode()
with open("mixed.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)

unsigned = torch.tensor([0, 65535], dtype=torch.uint16)
wrapped = {
    "epoch": 3,
    "rate": 0.5,
    "note": "from the tests",
    "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "groups": [{"lr": 0.1, "ids": [0, 1]}]},
    "state_dict": collections.OrderedDict(weight=base, unsigned=unsigned),
}
torch.save(wrapped, "wrapped.pt")
