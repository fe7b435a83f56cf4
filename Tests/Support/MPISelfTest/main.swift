import Coordinator
import Foundation

// A program for the tests of the MPI transport, to be started under mpirun:
//
//   mpi-selftest messages PIECE     messages of all sizes, cut into pieces of PIECE bytes
//   mpi-selftest run FOLDER UNIT_MS [crash | hang | slow]
//                                   a small run with made-up samples

let arguments = CommandLine.arguments.dropFirst()

do {
  switch arguments.first {
  case "messages": try MessageExchange(pieceBytes: Int(arguments.last ?? "") ?? 0).run()
  case "run": try FakeRun(Array(arguments.dropFirst())).run()
  default: exit(ExitCode.usage.rawValue)
  }
} catch {
  print("error: \(error)")
  exit(ExitCode.internalError.rawValue)
}
