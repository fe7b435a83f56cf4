# shellcheck shell=bash
# Common parts of the cluster test bed; sourced by the commands beside this
# folder, never run by itself.
#
# How the test bed is built: ONE machine, several 'hosts', each of them a set
# of Linux namespaces (network, UTS = hostname, mount, IPC, PID):
#
#   machine ── head (10.77.0.1)          PID namespace C, everything lives in it
#               ├─ switch                network namespace with a bridge, br0
#               ├─ n1 (10.77.0.11)       PID namespace nested in C
#               ├─ n2 (10.77.0.12)       "
#               └─ ...
#
# * The bridge is in a namespace of its own and no host has a default route, so
#   no packet of the cluster can reach the machine's real interfaces.
# * Every process of the cluster is in the PID namespace of head, or in one
#   nested in it. When head's PID 1 ends, the kernel ends all of them and the
#   namespaces go away: that one pid is all that has to be killed.
# * Nothing on the machine's file system is changed but an empty /etc/slurm;
#   configuration is bind-mounted, inside the hosts only.

set -u

# The folder of the commands.
CLUSTER_BIN=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Where we are: on the machine itself (HERE is empty), or on a host.
HERE=
if [ -r /run/cluster-host ]; then HERE=$(cat /run/cluster-host); fi

if [ -n "$HERE" ]; then
  STATE=/run/cluster            # bind mount of the state folder, on each host
else
  STATE=${CLUSTER_STATE:-${TMPDIR:-/tmp}/testcluster-${CLUSTER_NAME:-default}}
fi

SUBNET=10.77.0                  # seen only inside the namespaces
# shellcheck disable=SC2034     # for hosts-up
MAX_NODES=64

# What daemons get of the caller's environment: nothing.
ROOT_HOME=~root
CLEAN_ENV="env -i HOME=$ROOT_HOME USER=root LOGNAME=root SHELL=/bin/bash LANG=C.UTF-8
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Prints the comment at the top of a script, as its help.
help_of() { sed -n '/^#!/d; /^# shellcheck/d; /^[^#]/q; s/^# \{0,1\}//p' "$1"; }
say()  { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die()  { warn "$*"; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "must be run as root"; }
need_outside() { [ -z "$HERE" ] || die "run this on the machine, not on the host $HERE"; }

# ------------------------------------------------------------------ processes
# A process is remembered as 'PID STARTTIME', so that a number that was given
# to another process meanwhile is never taken for it.
starttime() {                   # PID -> clock ticks since boot
  local s
  s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  s=${s##*) }                   # the name in the brackets may hold anything
  # shellcheck disable=SC2086
  set -- $s
  printf '%s\n' "${20}"
}

alive() {                       # FILE with 'PID STARTTIME'
  local pid start now s
  [ -r "$1" ] || return 1
  read -r pid start <"$1" || return 1
  [ -n "${start:-}" ] || return 1
  now=$(starttime "$pid") || return 1
  [ "$now" = "$start" ] || return 1
  s=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  s=${s##*) }
  case $s in Z*|X*) return 1 ;; esac    # a zombie has ended
  return 0
}

pid_of() { local pid _; read -r pid _ <"$1" && printf '%s\n' "$pid"; }

wait_for() {                    # SECONDS COMMAND...: until COMMAND succeeds
  local end=$(( $(date +%s) + $1 )); shift
  until "$@"; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 0.05
  done
}

not_alive() { ! alive "$1"; }

close_fds() {                   # for what goes on after its starter has ended:
  local f                       # keep no pipe or lock of the starter open
  for f in /proc/self/fd/*; do
    f=${f##*/}
    # 255 is bash's own, for the script that it reads
    if [ "$f" -gt 2 ] && [ "$f" != 255 ]; then eval "exec $f>&-"; fi
  done
  return 0
}

# ----------------------------------------------------------------- installing
# install_missing COMMAND-OR-FILE=PACKAGE ...: apt-get install what is missing.
install_missing() {
  local pair what pkgs='' rc=0
  for pair in "$@"; do
    what=${pair%%=*}
    case $what in
      /*) [ -e "$what" ] && continue ;;
      *)  command -v "$what" >/dev/null 2>&1 && continue ;;
    esac
    pkgs="$pkgs ${pair#*=}"
  done
  [ -n "$pkgs" ] || return 0
  say "installing:$pkgs"
  (
    # Packages must not start their daemons: this script starts its own.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT       # also when interrupted
      printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
      chmod 755 /usr/sbin/policy-rc.d
    fi
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends -o DPkg::Lock::Timeout=600 \
      -o Dpkg::Options::=--force-confold $pkgs
  ) </dev/null >"$STATE/log/apt.log" 2>&1 || rc=$?
  if [ "$rc" != 0 ]; then
    tail -n 15 "$STATE/log/apt.log" >&2
    die "apt-get failed ($rc)"
  fi
}

# COMMAND-OR-FILE=PACKAGE, for install_missing
# shellcheck disable=SC2034
{
NEED_HOSTS="ip=iproute2 nsenter=util-linux setpriv=util-linux ps=procps
  mpirun=openmpi-bin mpicc=openmpi-bin
  /usr/lib/$(uname -m)-linux-gnu/openmpi/include/mpi.h=libopenmpi-dev"
NEED_SSH="/usr/sbin/sshd=openssh-server ssh=openssh-client"
NEED_SLURM="slurmctld=slurmctld slurmd=slurmd sinfo=slurm-client munged=munge
  /usr/lib/$(uname -m)-linux-gnu/slurm-wlm/mpi_pmix.so=slurm-wlm-basic-plugins"
}

# ---------------------------------------------------------------------- hosts
hosts_alive() { alive "$STATE/head.pid"; }

node_names() {                  # n1 n2 ..., as configured
  local i n
  n=$(cat "$STATE/nodes.count" 2>/dev/null || echo 0)
  for ((i = 1; i <= n; i++)); do printf 'n%d ' "$i"; done
}

host_ip() {
  case $1 in
    head) printf '%s.1\n' "$SUBNET" ;;
    n*)   printf '%s.%d\n' "$SUBNET" $(( 10 + ${1#n} )) ;;
  esac
}

is_node() { case " $(node_names)" in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# Runs a command in the namespaces of a process; it ends with its caller.
enter_pid() {                   # PID DIR COMMAND...
  local pid=$1 dir=$2; shift 2
  [ -n "$dir" ] || dir=/
  exec nsenter -t "$pid" -m -u -i -n -p "--wdns=$dir" -- \
    setpriv --pdeathsig TERM -- "$@"
}

# From the machine: run a command on head. From head: run one on a node.
on_head() { (enter_pid "$(pid_of "$STATE/head.pid")" / "$@"); }
on_node() { local h=$1; shift; (enter_pid "$(pid_of "$STATE/hosts/$h/pid")" / "$@"); }
# In the network namespace that holds the bridge (from head).
on_switch() { nsenter -t "$(pid_of "$STATE/switch.pid")" -n -- "$@"; }

# Kills the whole cluster, whatever runs on it, by the one pid.
hosts_kill() {
  local pid
  if hosts_alive; then
    pid=$(pid_of "$STATE/head.pid")
    kill -KILL "$pid"
    wait_for 20 not_alive "$STATE/head.pid" || die "pid $pid does not end"
  fi
  # head's parent is 'unshare', which ends with it
  if alive "$STATE/unshare.pid"; then
    wait_for 5 not_alive "$STATE/unshare.pid" ||
      kill -KILL "$(pid_of "$STATE/unshare.pid")" 2>/dev/null
  fi
}

# Removes the state but for the logs, which stay until the next start.
state_clear() {
  local f
  [ -d "$STATE" ] || return 0
  for f in "$STATE"/* "$STATE"/.[!.]*; do
    case ${f##*/} in log|lock|'*'|'.[!.]*') ;; *) rm -rf --one-file-system "$f" ;; esac
  done
}

state_lock() {                  # one up or down at a time
  [ "${CLUSTER_LOCKED:-}" = "$STATE" ] && return 0
  mkdir -p "$STATE/log" || die "cannot make $STATE"
  chmod 755 "$STATE"
  exec 9>"$STATE/lock"
  flock -w 300 9 || die "another up or down of $STATE does not end"
  export CLUSTER_LOCKED=$STATE
}

# --------------------------------------------------- inside head: make a host
# Starts one host's PID 1 and plugs it into the switch. Runs on head.
start_host() {                  # NAME
  local name=$1 ip dir=$STATE/hosts/$1 pid
  ip=$(host_ip "$name")
  mkdir -p "$dir"
  rm -f "$dir/pid"
  (
    close_fds
    exec setsid unshare --pid --net --uts --ipc --mount --fork --kill-child -- \
      bash "$CLUSTER_BIN/lib/host-init" "$name" </dev/null >>"$STATE/log/$name.log" 2>&1
  ) &
  wait_for 20 test -s "$dir/pid" || { warn "$name does not start, see log/$name.log"; return 1; }
  pid=$(pid_of "$dir/pid")
  on_switch ip link del "p-$name" 2>/dev/null
  # (the same MAC address after a reboot, or the others' ARP caches are wrong)
  on_switch ip link add "p-$name" type veth \
    peer name eth0 address "$(printf '02:00:00:00:01:%02x' "${name#n}")" netns "$pid" &&
  on_switch ip link set "p-$name" master br0 up &&
  on_node "$name" ip addr add "$ip/24" dev eth0 &&
  on_node "$name" ip link set eth0 up || { warn "no network for $name"; return 1; }
  if [ -e "$STATE/ssh/sshd_config" ]; then
    # shellcheck disable=SC2086
    on_node "$name" $CLEAN_ENV /usr/sbin/sshd -f /run/cluster/ssh/sshd_config -E "/run/cluster/log/sshd-$name.log" ||
      { warn "no sshd on $name"; return 1; }
  fi
  return 0
}

start_slurmd() {                # NAME [-b], on head; -b: the node was rebooted
  # shellcheck disable=SC2086
  on_node "$1" $CLEAN_ENV /usr/sbin/slurmd ${2:-}
}

all_idle() {                    # SECONDS, on head: until all nodes are idle
  # (nodes with jobs count as well, when the cluster is in use already)
  wait_for "$1" eval \
    '[ "$(timeout 5 sinfo -h -N -p main -o "%N %T" 2>/dev/null | grep -Ec " (idle|mixed|allocated|completing)$")" = "$(cat $STATE/nodes.count)" ]'
}
