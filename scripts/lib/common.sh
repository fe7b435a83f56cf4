# shellcheck shell=bash
# Shared by the commands in scripts/; sourced, never run by itself. Sets `root`, the project's folder.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." >/dev/null && pwd -P)

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Prints the comment at the top of a script, as its help.
help_of() { sed -n '/^#!/d; /^# shellcheck/d; /^[^#]/q; s/^# \{0,1\}//p' "$1"; }

# Prints mpirun's flags for this many ranks on this machine, one a line.
mpirun_flags() { # RANKS
  mpirun --version 2>/dev/null | grep -q 'Open MPI' || return 0
  [ "$(id -u)" != 0 ] || say --allow-run-as-root
  [ "$(nproc)" -ge "$1" ] || say --oversubscribe
}

# Prints the Python of scripts/setup; says what to do where there is none.
project_python() {
  [ -x "$root/.deps/python/bin/python" ] ||
    die "needs the project's Python with torch: run scripts/setup with LIBTORCH unset"
  say "$root/.deps/python/bin/python"
}
