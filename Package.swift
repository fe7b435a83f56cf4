// swift-tools-version: 6.2

import Foundation
import PackageDescription

// MARK: - Where libtorch and MPI are

let environment = Context.environment
let torch = environment["LIBTORCH"] ?? "\(Context.packageDirectory)/.deps/libtorch"
let mpi = environment["POSTERIOR_MPI"] ?? "ompi-c"

let torchHeaders = [
  "-isystem", "\(torch)/include", "-isystem", "\(torch)/include/torch/csrc/api/include",
]
// Where functions are compiled for AVX512 (TorchShim, NoiseShim), the compiler would rather use half
// of each register.
#if arch(x86_64)
  let vectorWidth = ["-mprefer-vector-width=512"]
#else
  let vectorWidth: [String] = []
#endif
let torchLibraries = [
  "-L\(torch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(torch)/lib",
]

// MARK: - Settings shared by our targets

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

func room(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

func tool(_ name: String, _ dependencies: [Target.Dependency], in folder: String) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Tests/Support/\(folder)",
    swiftSettings: swiftSettings)
}

let package = Package(
  name: "PosteriorAtlas",
  products: [.executable(name: "posterior", targets: ["posterior"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: - System libraries
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CMPI", pkgConfig: mpi, providers: [.apt(["libopenmpi-dev"])]),

    // MARK: - Shims
    .target(name: "MPIShim", dependencies: ["CMPI"]),
    .target(
      name: "NoiseShim",
      cSettings: [.unsafeFlags(vectorWidth + ["-O3", "-Wall", "-Wextra", "-Werror"])]),
    .target(name: "OpenBLASShim"),
    .target(name: "PNGShim", dependencies: ["CPNG"]),
    .target(name: "ZlibShim", dependencies: ["CZlib"]),
    .target(
      name: "TorchShim",
      cxxSettings: [.unsafeFlags(torchHeaders + vectorWidth + ["-O3", "-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [
        .unsafeFlags(torchLibraries),
        .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ]),

    // MARK: - The rooms, from the ground up (docs/architecture.md)
    room("Tensors", ["TorchShim"]),
    room("LinearAlgebra", ["OpenBLASShim"]),
    room("Engine", ["Tensors", "LinearAlgebra", "NoiseShim"]),
    room("Statistics", ["LinearAlgebra"]),
    room(
      "RunFiles",
      ["Statistics", "PNGShim", "ZlibShim", "CCrypto", "Yams"]),
    room("Worker", ["Engine", "LinearAlgebra", "Statistics", "RunFiles"]),
    room("Coordinator", ["Statistics", "RunFiles", "MPIShim"]),
    // Style and script of report.html go into the program itself: a copied binary needs no bundle.
    room(
      "Report", ["Statistics", "RunFiles"],
      resources: [.embedInCode("HTML/Page/report.css"), .embedInCode("HTML/Page/report.js")]),
    room("Batch", ["RunFiles"]),
    room("Validation", ["Engine", "LinearAlgebra", "RunFiles", "Worker"]),
    .executableTarget(
      name: "posterior",
      dependencies: [
        "Batch", "Coordinator", "Report", "Validation", "Worker",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    // MARK: - Tests
    tool("mpi-selftest", ["Coordinator"], in: "MPISelfTest"),
    tool("layer-bench", ["Tensors"], in: "LayerBench"),
    tool("step-bench", ["Worker"], in: "StepBench"),
    // The only tool in C++: Swift does not fork.
    .executableTarget(
      name: "first-use", dependencies: ["TorchShim"], path: "Tests/Support/FirstUse",
      cxxSettings: [.unsafeFlags(["-fno-cxx-modules", "-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "MockGPU", dependencies: ["TorchShim"], path: "Tests/Support/MockGPU",
      cxxSettings: [.unsafeFlags(torchHeaders + ["-Wall", "-Wextra", "-Werror"])]),
    tests("TensorsTests", ["Tensors"]),
    tests("LinearAlgebraTests", ["LinearAlgebra"]),
    tests(
      "EngineTests", ["Engine", "LinearAlgebra", "MockGPU", "NoiseShim"],
      resources: [.copy("Modules")]),
    tests("StatisticsTests", ["LinearAlgebra", "Statistics"]),
    tests("RunFilesTests", ["RunFiles", "Statistics"], resources: [.copy("Resources")]),
    tests("WorkerTests", ["MockGPU", "Worker"]),
    tests("ValidationTests", ["MockGPU", "Validation"]),
    tests("CoordinatorTests", ["Coordinator", "Statistics"]),
    tests("ReportTests", ["Report"]),
    tests("BatchTests", ["Batch"]),
    tests("EndToEndTests", ["RunFiles", "Statistics"], resources: [.copy("Snapshots")]),
  ],
  cxxLanguageStandard: .cxx20
)
