import Testing

@testable import Worker

@Suite struct FreeMemoryTests {
  private func free(_ files: [String: String]) -> FreeMemory { FreeMemory { files[$0] } }

  @Test func itIsWhatTheMachineHasLeft() {
    let memory = free(["/proc/meminfo": "MemTotal: 900 kB\nMemAvailable:   500 kB\n"])
    #expect(memory.bytes == 500 * 1024)
    #expect(free([:]).bytes == nil)
  }

  @Test func theTightestGroupCounts() {
    let memory = free([
      "/proc/meminfo": "MemAvailable: 5000 kB\n", "/proc/self/cgroup": "0::/job_7/step\n",
      "/sys/fs/cgroup/job_7/step/memory.max": "max\n",
      "/sys/fs/cgroup/job_7/step/memory.current": "10\n",
      "/sys/fs/cgroup/job_7/memory.max": "1000000\n",
      "/sys/fs/cgroup/job_7/memory.current": "600000\n",
      "/sys/fs/cgroup/job_7/memory.stat": "anon 1\ninactive_file 100000\n",
    ])
    #expect(memory.bytes == 500_000)
  }

  @Test func groupsOfTheFirstKindCount() {
    let memory = free([
      "/proc/self/cgroup": "4:cpu,memory:/slurm/uid_0\n3:cpuset:/other\n",
      "/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes": "4096\n",
      "/sys/fs/cgroup/memory/slurm/memory.usage_in_bytes": "8192\n",
    ])
    #expect(memory.bytes == 0)
  }

  @Test func thisProcessHasSome() throws {
    #expect(try #require(FreeMemory().bytes) > 0)
    #expect(try #require(FreeMemory().resident) > 1 << 20)
  }
}
