import Testing

@testable import Coordinator

@Suite struct LaunchTests {
  private static let step = [
    "SLURM_STEP_ID": "0", "SLURM_NTASKS": "4", "SLURM_STEP_NUM_TASKS": "4",
  ]

  private static func merged(_ more: [String: String]) -> [String: String] {
    step.merging(more) { $1 }
  }

  /// Environment, MPI size, and what is wrong.
  static let launches: [([String: String], Int, LaunchProblem?)] = [
    ([:], 1, nil),
    (["PATH": "/bin"], 1, nil),
    (step, 1, .singletons(tasks: 4)),
    (merged(["PMIX_RANK": "2"]), 1, .singletons(tasks: 4)),
    (merged(["PMIX_RANK": "2"]), 4, nil),
    (merged(["SLURM_STEP_NUM_TASKS": "1"]), 1, nil),
    (["SLURM_STEPID": "1", "SLURM_NTASKS": "8"], 1, .singletons(tasks: 8)),
    // A batch script or salloc shell, with and without a launcher.
    (["SLURM_JOB_ID": "7", "SLURM_NTASKS": "4"], 1, .unusedTasks(tasks: 4)),
    (["SLURM_JOB_ID": "7", "SLURM_NTASKS": "1"], 1, nil),
    (["SLURM_JOB_ID": "7"], 1, nil),
    (["SLURM_JOB_ID": "7", "SLURM_NTASKS": "many"], 1, nil),
    // Under mpirun the Slurm variables are those of its daemon.
    (merged(["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"]), 1, nil),
    (merged(["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"]), 2, nil),
    (merged(["MPI_LOCALNRANKS": "1", "PMI_RANK": "0"]), 1, nil),
  ]

  @Test(arguments: launches) func findsWhatIsWrong(
    environment: [String: String], size: Int, problem: LaunchProblem?
  ) {
    #expect(Launch(environment: environment).problem(mpiSize: size) == problem)
  }

  @Test func srunWithoutPMIIsFoundBeforeMPIStarts() {
    #expect(Launch(environment: Self.step).problemBeforeStart == .singletons(tasks: 4))
    #expect(Launch(environment: Self.merged(["PMIX_RANK": "0"])).problemBeforeStart == nil)
    #expect(Launch(environment: Self.merged(["PMI_FD": "5"])).problemBeforeStart == nil)
    #expect(Launch(environment: ["SLURM_NTASKS": "4"]).problemBeforeStart == nil)
  }

  @Test func saysWhatToType() {
    let text = "\(LaunchProblem.singletons(tasks: 4))"
    #expect(text.contains("srun started 4 copies"))
    #expect(text.contains("srun --mpi=pmix posterior run"))
    #expect(LaunchProblem.singletons(tasks: 4).isFatal)
    #expect(!LaunchProblem.unusedTasks(tasks: 4).isFatal)
  }
}

@Suite struct LoneStartTests {
  @Test(arguments: [["PATH": "/bin"], [:], ["SLURM_JOB_ID": "7", "SLURM_NTASKS": "1"]])
  func isForAProcessThatIsAlone(environment: [String: String]) {
    #expect(LoneStart(environment: environment).isNeeded)
  }

  @Test(arguments: ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "PMI_FD", "OMPI_MCA_plm"])
  func leavesALauncherOrAWishAlone(name: String) {
    #expect(!LoneStart(environment: [name: "0"]).isNeeded)
  }
}
