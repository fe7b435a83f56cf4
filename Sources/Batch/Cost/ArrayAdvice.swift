/// A job array that suits a run: how many tasks, and how long each may take.
public struct ArrayAdvice: Hashable, Sendable {
  /// Tasks of a job array by Slurm's usual setting (`MaxArraySize`).
  public static let mostTasks = 1001
  /// The length of a task aimed at, in seconds: long enough for the start not to matter, short
  /// enough to fit between other jobs.
  static let taskSeconds = 2.0 * 3600

  /// Number of tasks, 1 to ``mostTasks``.
  public let tasks: Int
  /// Time of the longest task in seconds.
  public let seconds: Double

  /// The advice for a run: tasks of about two hours, no more than there are rounds of units, or
  /// images where those are what a task gets.
  public init(for cost: RunCost) {
    let rounds = cost.units.dividedUp(by: cost.workers)
    let wanted = (Double(rounds) * cost.unitSeconds / Self.taskSeconds).rounded(.up)
    let most = cost.goal.rule == nil ? rounds : min(rounds, cost.images)
    let tasks = max(1, min(Self.mostTasks, most, Int(min(wanted, 1e9))))
    self.init(tasks: tasks, for: cost)
  }

  /// An array of so many tasks.
  public init(tasks: Int, for cost: RunCost) {
    self.tasks = tasks
    seconds = cost.taskSeconds(tasks: tasks)
  }
}
