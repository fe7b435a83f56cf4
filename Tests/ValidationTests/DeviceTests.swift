import Foundation
import MockGPU
import Tensors
import Testing

@testable import Validation

/// What `posterior validate --reference DIR --device cuda` does, on the mock of a GPU.
@Suite(.enabled(if: mock_gpu_is_installed(), "this libtorch has CUDA itself"))
struct DeviceTests {
  @Test(arguments: ["Reference", "Reference-ud2m"])
  func theRecordedValuesAreThoseOfTheDevice(set: String) throws {
    TorchRuntime.setThreads(1)
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let suite = try ReferenceSuite(directory: folder.appending(path: set).path)
    let outcomes = suite.run(device: .cuda(2))
    for outcome in outcomes where outcome.isFailure { Issue.record("\(ValidationLine(outcome))") }
    #expect(ValidationTotals(outcomes).passed > 100)
    #expect(mock_gpu_traffic(2).uploads > 100)
  }
}
