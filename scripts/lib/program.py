"""What the scripts that run the program share."""

import array
import functools
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@functools.cache
def program():
    """The program POSTERIOR_BINARY names, else the release build of the sources as they are now."""
    if "POSTERIOR_BINARY" in os.environ:
        return os.environ["POSTERIOR_BINARY"]
    build = ["swift", "build", "-c", "release", "--product", "posterior"]
    for command in ([ROOT / "scripts" / "setup"], build):
        if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode:
            sys.exit("the program could not be built; its messages are above")
    place = subprocess.run([*build[:4], "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return str(Path(place.stdout.strip()) / "posterior")


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


def insert(page, text, name="table"):
    """Replaces what stands between the page's marks <!-- name --> and <!-- end of name -->."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    head, rest = page.read_text().split(begin)
    page.write_text(head + begin + "\n" + text + "\n" + end + rest.split(end)[1])
