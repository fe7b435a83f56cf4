extension ScriptText {
  /// Starting the program, handing on signals, going back into the queue.
  static let working = #"""

    # Slurm signals this shell alone (B:), at the time limit less some minutes, at preemption and at
    # scancel. Every signal is handed on as USR1, which the program takes as "commit and leave":
    # mpirun would kill its ranks one second after a TERM.
    child='' signal='' cancelled='' guard=''
    stop() {
      signal=$1
      say "told to stop ($1)"
      [ -n "$child" ] || return
      kill -USR1 "$child" 2>/dev/null
      watch "$child" &
      guard=$!
    }
    # The program leaves within 20 s; a launcher that waits for a dead host does not.
    watch() {
      sleep 45 &
      trap 'kill $! 2>/dev/null' TERM # Slurm may have ended it, as it ends all of a job.
      wait $! && kill -KILL "$1" 2>/dev/null
    }
    trap 'stop USR1' USR1
    trap 'cancelled=yes; stop TERM' TERM

    # Runs a command; its exit code goes to $code. Only `wait` lets traps run at once, and it ends
    # with each of them.
    work() {
      code=75
      [ -z "$signal" ] || return
      "$@" &
      child=$!
      [ -z "$signal" ] || stop "$signal" # It came before there was a child.
      while signal=''; wait "$child"; code=$?; [ -n "$signal" ]; do :; done
      child=''
      [ -z "$guard" ] || kill "$guard" 2>/dev/null
    }

    # Whether this start has finished samples, as the program wrote into its status file.
    progressed() {
      local file
      for file in "$run"/status*.json; do
        awk -F '[": ,]+' -v job="$job" -v start="${SLURM_RESTART_COUNT:-0}" '
          $2 == "job" { mine = $3 "" == job }
          $2 == "restart_count" { now = $3 == start }
          $2 == "samples" { inside = 1 }
          inside && $2 == "done" { done = $3 }
          inside && $2 == "resumed" { resumed = $3 }
          /}/ { inside = 0 }
          END { exit !(mine && now && done > resumed) }' "$file" 2>/dev/null && return
      done
      return 1
    }

    leave() { # CODE WORDS
      local code=$1
      shift
      rm -f "$run/slurm/no-progress-$job"
      say "$*; ends with $code"
      exit "$code"
    }

    # Puts this job back into the queue, unless it gets nowhere.
    again() {
      [ -z "$cancelled" ] || leave 75 "cancelled, or Slurm starts it again; what is finished is safe"
      local mark=$run/slurm/no-progress-$job
      if progressed; then
        rm -f "$mark"
      elif [ -e "$mark" ]; then
        leave 75 "two starts in a row finished no sample, so it is not queued again;" \
          "see the messages above, and 'posterior plan' for the time a unit takes"
      else
        mkdir -p "$run/slurm" || leave 74 "cannot write into $run"
        : >"$mark" || leave 74 "cannot write into $run"
      fi
      say "not complete (code $code): goes back into the queue"
      sleep 600 & # Slurm ends this script meanwhile.
      trap 'kill $! 2>/dev/null; exit 75' TERM
      scontrol requeue "$job" || {
        kill $! 2>/dev/null
        leave 75 "Slurm did not take it back: submit it again"
      }
      wait $!
      exit 75
    }
    """#

  static let arrayTask = #"""

    # The program takes its share from SLURM_ARRAY_TASK_*.
    work "$posterior" run "$@"
    case $code in
    0) leave 0 "this share is complete" ;;
    1) leave 1 "this share is complete, with failed samples" ;;
    64 | 65 | 70 | 74) leave "$code" "an error that starting again does not mend" ;;
    *) again ;;
    esac
    """#

  static let mpiJob = #"""

    # srun where it can start Open MPI's ranks, else mpirun; LAUNCHER=mpirun chooses by hand.
    launcher=${LAUNCHER:-}
    if [ -z "$launcher" ]; then
      if srun --mpi=list 2>&1 | grep -qw pmix; then launcher=srun; else launcher=mpirun; fi
    fi
    case $launcher in
    srun) # Since Slurm 22.05 srun does not take --cpus-per-task over: each rank would get one core.
      start=(srun --mpi=pmix --kill-on-bad-exit=1
        ${SLURM_CPUS_PER_TASK:+"--cpus-per-task=$SLURM_CPUS_PER_TASK"}) ;;
    *) # By default two ranks or fewer are bound to one core each.
      start=("$launcher" --bind-to none) ;;
    esac
    # mpirun notices a host that is cut off after 6 s, not hours.
    export OMPI_MCA_oob_tcp_keepalive_time=3 OMPI_MCA_oob_tcp_keepalive_intvl=1 \
      OMPI_MCA_oob_tcp_keepalive_probes=3

    work "${start[@]}" "$posterior" run "$@"
    say "$launcher ended with $code"
    # A launcher's exit code proves nothing: mpirun ends with 0 when a daemon of it is killed.
    # Its words go through the shell: a log on a full disk says nothing of the run.
    words=$("$posterior" status "$run")
    standing=$?
    echo "$words"
    if [ "$standing" -eq 0 ]; then
      [ "$code" -ne 1 ] || leave 1 "the run is complete, with failed samples"
      leave 0 "the run is complete"
    fi
    # All samples may be there, the job having ended before their maps were written.
    if "$posterior" missing "$run" >/dev/null; then
      "$posterior" merge "$run"
      leave $? "the run is complete"
    fi
    case $code in
    64 | 65 | 70 | 74) leave "$code" "an error that starting again does not mend" ;;
    *) again ;;
    esac
    """#
}
