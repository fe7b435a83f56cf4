import MPIShim

/// The MPI calls, each checked in one place.
enum MPILibrary {
  /// Throws unless `code` is MPI's success; the only place where MPI's codes are looked at.
  static func check(_ call: String, _ code: Int32) throws(TransportError) {
    guard code != 0 else { return }
    throw .call(
      call, (try? text("MPI_Error_string") { mpishim_error_text(code, $0) }) ?? "code \(code)")
  }

  /// A text that MPI writes into a buffer.
  static func text(
    _ call: String, _ fill: (UnsafeMutablePointer<CChar>) -> Int32
  ) throws(TransportError) -> String {
    var buffer = [CChar](repeating: 0, count: MPISHIM_TEXT_CAPACITY)
    try check(call, fill(&buffer))
    let bytes = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A pair of numbers that MPI tells.
  static func numbers(
    _ call: String, _ fill: (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Int32
  ) throws(TransportError) -> (Int, Int) {
    var (one, other): (Int32, Int32) = (0, 0)
    try check(call, fill(&one, &other))
    return (Int(one), Int(other))
  }

  /// How many of the `size` processes of this machine give the same number, this one among them.
  static func localCount(of number: Int64, size: Int) throws(TransportError) -> Int {
    var all = [Int64](repeating: 0, count: size)
    try check("MPI_Allgather", mpishim_local_gather(number, &all))
    return all.count { $0 == number }
  }

  /// Starts MPI for calls from this thread only.
  static func start() throws(TransportError) {
    var funneled: Int32 = 0
    try check("MPI_Init_thread", mpishim_start(&funneled))
    guard funneled != 0 else {
      throw .unusable(
        "this MPI library offers only MPI_THREAD_SINGLE; MPI_THREAD_FUNNELED is needed: "
          + "use an MPI built with thread support")
    }
  }

  /// Whether a send, receive or barrier is done; its handle is freed then.
  static func isDone(_ request: inout OpaquePointer?) throws(TransportError) -> Bool {
    var done: Int32 = 0
    try check("MPI_Test", mpishim_test(&request, &done))
    return done != 0
  }

  /// The next message that can be received.
  static func probe() throws(TransportError) -> (source: Int32, tag: Int32, bytes: Int)? {
    var (found, source, tag): (Int32, Int32, Int32) = (0, 0, 0)
    var bytes: Int64 = 0
    try check("MPI_Iprobe", mpishim_probe(&found, &source, &tag, &bytes))
    return found == 0 ? nil : (source, tag, Int(bytes))
  }
}
