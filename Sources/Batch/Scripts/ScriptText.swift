/// The words of the batch scripts.
enum ScriptText {
  static func introduction(_ kind: BatchScript.Kind) -> String {
    switch kind {
    case .array: arrayIntroduction
    case .mpi: mpiIntroduction
    case .gpu: gpuIntroduction
    case .merge: mergeIntroduction
    }
  }

  static func writtenIntroduction(_ command: BatchCommand, _ kind: BatchScript.Kind) -> String {
    """
    # Written by `posterior submit`. Submit it again at any time: what is finished stays.
    #   sbatch \(ShellWord.quoted("\(command.run)/slurm/\(kind.rawValue).sbatch"))
    """
  }

  static let rule =
    "# --- Nothing below needs editing "
    + String(repeating: "-", count: 60)

  private static let arrayIntroduction = """
    # A job array: each task draws its share of the samples, with no MPI.
    #
    #   sbatch slurm/array.sbatch experiment.yaml
    #   sbatch --array=0-63 --cpus-per-task=16 slurm/array.sbatch experiment.yaml --set run.samples=64
    #   sbatch --dependency=afterany:JOB slurm/merge.sbatch experiment.yaml
    #
    # Edit the #SBATCH lines, or give the options to sbatch. `posterior plan experiment.yaml` says
    # how many tasks and how much time; `posterior submit` writes this script filled in.
    # A task that is told to stop (time limit, preemption) commits what is finished and goes back
    # into the queue until its share is complete. It ends with the code of `posterior run`.
    """

  private static let mpiIntroduction = """
    # One MPI job on several nodes; one rank a node fills its cores with workers.
    #
    #   sbatch slurm/mpi.sbatch experiment.yaml
    #   sbatch --nodes=8 --cpus-per-task=64 slurm/mpi.sbatch experiment.yaml --set run.samples=64
    #
    # Edit the #SBATCH lines, or give the options to sbatch. `posterior plan experiment.yaml` says
    # how much time; `posterior submit --nodes 8` writes this script filled in.
    # A job that is told to stop (time limit, preemption) commits what is finished and goes back
    # into the queue until the run is complete, which `posterior status` tells, not the launcher.
    """

  private static let gpuIntroduction = """
    # One MPI job with a rank a GPU: here two nodes of four.
    #
    #   sbatch slurm/gpu.sbatch experiment.yaml
    #   sbatch --nodes=1 --ntasks-per-node=8 slurm/gpu.sbatch experiment.yaml
    #
    # Where --gpus-per-task is not known, put --gres=gpu:4 in its place: ranks that see all GPUs of
    # a node share them out by themselves. Never set CUDA_VISIBLE_DEVICES by hand.
    # A job that is told to stop (time limit, preemption) commits what is finished and goes back
    # into the queue until the run is complete, which `posterior status` tells, not the launcher.
    """

  private static let mergeIntroduction = """
    # Joins what is finished and writes maps, pictures and tables; at any time, as often as wanted.
    #
    #   sbatch --dependency=afterany:JOB slurm/merge.sbatch experiment.yaml
    #
    # Ends with 0, or with 75 while samples are missing; the maps are those of the samples there are.
    """

  /// What takes the place of a ``BatchCommand`` in the scripts that come with the program.
  static let settings = #"""
    # The program; POSTERIOR=/path/to/posterior names another one.
    posterior=${POSTERIOR:-posterior}
    # The run folder. "$@" is what stands after the script's name: as after `posterior run`.
    run=$("$posterior" plan "$@" --folder) || exit
    """#

  static let opening = #"""
    job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
    job=${job:-$SLURM_JOB_ID}
    say() { echo "$(date '+%F %T') job $job: $*"; }
    say "start ${SLURM_RESTART_COUNT:-0} on $SLURM_JOB_NODELIST"
    # When the time is over, which the program compares with what it needs; not every Slurm tells.
    if [ -z "$SLURM_JOB_END_TIME" ] && end=$(squeue -h -j "$job" -o %e 2>/dev/null); then
      end=$(date -d "$end" +%s 2>/dev/null) && export SLURM_JOB_END_TIME=$end
    fi
    """#

  static let merging = #"""

    "$posterior" merge "$run"
    code=$?
    [ $code -ne 75 ] || say "samples are missing; 'posterior missing $run --array' lists the tasks" \
      "for --array of sbatch"
    say "ends with $code"
    exit $code
    """#
}
