import RunFiles

/// All that a run needs from outside; the same on every rank.
public struct RunJob: Sendable {
  /// How the run behaves in time.
  public var settings = RunSettings()
  /// Opens the run folder and plans the work; called on rank 0 only, before anything else.
  public var open: @Sendable () throws -> OpenedRun
  /// Makes the workers of this rank: reads the prior, finds the device; called on every rank, if
  /// there is work. It may wait for what `open` has settled on rank 0.
  public var equip: @Sendable (NodeInfo, Briefing) throws -> Equipment
  /// Is told what happens, on rank 0.
  public var observer: any RunObserver
  /// Tells whether the run is asked to stop; read some times a second on every rank.
  public var stopRequest: @Sendable () -> StopReason?
  /// Finishes what is to be made of the parts (maps, tables) before the ranks leave; called on rank
  /// 0, on a thread of its own, and may change the ending. It should be quick unless the ending is
  /// complete.
  public var conclude: @Sendable (RunEnding) -> RunEnding

  /// A job.
  public init(
    open: @escaping @Sendable () throws -> OpenedRun,
    equip: @escaping @Sendable (NodeInfo, Briefing) throws -> Equipment,
    observer: any RunObserver = SilentObserver(),
    stopRequest: @escaping @Sendable () -> StopReason? = { StopSignals.received },
    conclude: @escaping @Sendable (RunEnding) -> RunEnding = { $0 }
  ) {
    self.open = open
    self.equip = equip
    self.observer = observer
    self.stopRequest = stopRequest
    self.conclude = conclude
  }
}

/// The run folder and what is to be done in it.
public struct OpenedRun: Sendable {
  /// The folder.
  public var directory: RunDirectory
  /// All the work of the run, or of a shard.
  public var plan: WorkPlan
  /// What is finished already.
  public var progress: RunProgress
  /// SHA-256 of the images' files when the run began; parts of other files are refused.
  public var inputs: [ImageID: String]
  /// The share that the plan is, if it is one.
  public var share: ArrayShare?
  /// The job the run belongs to.
  public var job: SlurmJob
  /// What was settled at the opening and all ranks must know; see ``Briefing``.
  public var briefing: String

  /// A run that has been opened.
  public init(
    directory: RunDirectory, plan: WorkPlan, progress: RunProgress,
    inputs: [ImageID: String] = [:], share: ArrayShare? = nil, job: SlurmJob = SlurmJob(),
    briefing: String = ""
  ) {
    self.directory = directory
    self.plan = plan
    self.progress = progress
    self.inputs = inputs
    self.share = share
    self.job = job
    self.briefing = briefing
  }
}

/// What a rank works with.
public struct Equipment: Sendable {
  /// One for each worker thread; each is used by one thread at a time.
  public var executors: [UnitExecutor]
  /// What must be the same on all ranks.
  public var agreement: RankAgreement
  /// The run folder, for the event log.
  public var folder: String
  /// Processor cores this rank may use.
  public var cores: Int
  /// What the network runs on, in words.
  public var device: String
  /// What this rank sees of its machine.
  public var machine: RankMachine

  /// A rank's equipment.
  public init(
    executors: [UnitExecutor], agreement: RankAgreement, folder: String, cores: Int = 1,
    device: String = "cpu", machine: RankMachine = RankMachine()
  ) {
    self.executors = executors
    self.agreement = agreement
    self.folder = folder
    self.cores = cores
    self.device = device
    self.machine = machine
  }
}
