"""Writes the npy files that the tests of the npy reader open (numpy 2.4)."""

import numpy as np

for kind in ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]:
    values = np.arange(6).reshape(2, 3) - (2 if kind[0] in "if" else 0)
    np.save(f"{np.dtype(kind).name}.npy", values.astype(kind))
np.save("scalar.npy", np.float32(2.5))
np.save("vector.npy", np.arange(5, dtype="f4"))
np.save("empty.npy", np.zeros((0, 4), dtype="f4"))
np.save("wide.npy", np.zeros((1,) * 20, dtype="f4"))
np.save("fortran.npy", np.asfortranarray(np.arange(24, dtype="f8").reshape(2, 3, 4)))
np.save("big.npy", np.arange(6, dtype=">f4").reshape(3, 2) - 2)
np.save("complex.npy", np.zeros(2, dtype="c8"))
np.save("text.npy", np.array(["a", "b"]))
np.save("record.npy", np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))
np.save("object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
for version in [(2, 0), (3, 0)]:
    with open(f"version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, np.arange(4, dtype="i2"), version)
