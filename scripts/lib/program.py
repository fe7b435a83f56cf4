"""What the scripts that run the program share."""

import array
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def program():
    """The release build that scripts/demo makes, or the one POSTERIOR_BINARY names."""
    found = Path(os.environ.get("POSTERIOR_BINARY", ROOT / ".build" / "release" / "posterior"))
    if not found.exists():
        sys.exit(f"{found} is not there; run scripts/demo first, or set POSTERIOR_BINARY")
    return str(found)


def mpi_environment():
    """The environment of an mpirun; Open MPI refuses root unless it is told twice."""
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return dict(os.environ) | (allowed if os.geteuid() == 0 else {})


def read_npy(path):
    """The rows of the first axis of a float32 array, each flat."""
    data = path.read_bytes()
    start = 10 + int.from_bytes(data[8:10], "little")
    shape = [int(n) for n in re.search(rb"'shape': \(([^)]*)\)", data[:start])[1].split(b",") if n.strip()]
    values = array.array("f", data[start:])
    width = len(values) // shape[0]
    return [values[i * width:(i + 1) * width] for i in range(shape[0])]
