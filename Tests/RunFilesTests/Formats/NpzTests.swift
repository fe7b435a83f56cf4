import Foundation
import Testing

@testable import RunFiles

@Suite struct NpzTests {
  private static func sparse(_ name: String) -> String { resource("sparse/\(name)") }

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: sparse(name))))
  }

  /// The matrix written out, rows by columns.
  private func dense(_ matrix: SparseMatrixFile) -> [Double] {
    var result = [Double](repeating: 0, count: matrix.rows * matrix.columns)
    let values: [Double] =
      switch matrix.values {
      case .float(let values): values.map(Double.init)
      case .double(let values): values
      }
    for line in 0..<matrix.starts.count - 1 {
      for entry in Int(matrix.starts[line])..<Int(matrix.starts[line + 1]) {
        let place = Int(matrix.indices[entry])
        let (row, column) = matrix.isByColumn ? (place, line) : (line, place)
        result[row * matrix.columns + column] += values[entry]
      }
    }
    return result
  }

  @Test(arguments: ["csr", "csr_stored", "csc", "coo", "coo_twice", "csr_array"])
  func whatScipyWritesIsRead(name: String) throws {
    let matrix = try SparseMatrixFile.read(path: Self.sparse("\(name).npz"))
    #expect(matrix.rows == 3)
    #expect(matrix.columns == 5)
    #expect(matrix.isByColumn == (name == "csc"))
    #expect(dense(matrix) == (try Npy.read(path: Self.sparse("dense.npy"))).doubles())
    guard case .double = matrix.values else {
      Issue.record("float64 is kept")
      return
    }
  }

  @Test func otherTypesOfValuesAreRead() throws {
    let expected = try Npy.read(path: Self.sparse("dense.npy")).doubles()
    let single = try SparseMatrixFile.read(path: Self.sparse("csr_float32.npz"))
    guard case .float = single.values else {
      Issue.record("float32 is kept")
      return
    }
    #expect(dense(single) == expected.map { Double(Float($0)) })
    let whole = try SparseMatrixFile.read(path: Self.sparse("integers.npz"))
    #expect(dense(whole) == expected.map { (4 * $0).rounded(.toNearestOrEven) })
  }

  @Test func arraysOfAnyArchiveAreRead() throws {
    let file = try Npz(path: Self.sparse("plain.npz"))
    #expect(file.names == ["a", "zeros"])
    #expect(try file.array("a").doubles() == [0, 1, 2])
    #expect(try file.array("zeros").doubles() == [Double](repeating: 0, count: 100_000))
    let missing = #expect(throws: NpzError.self) { _ = try file.array("b") }
    #expect(missing?.problem == .missing("b"))
  }

  @Test func otherFormsAreNamed() throws {
    let dia = #expect(throws: NpzError.self) {
      _ = try SparseMatrixFile.read(path: Self.sparse("dia.npz"))
    }
    #expect(dia?.problem == .format("dia"))
    let plain = #expect(throws: NpzError.self) {
      _ = try SparseMatrixFile.read(path: Self.sparse("plain.npz"))
    }
    #expect(plain?.problem == .missing("format"))
    let none = #expect(throws: NpzError.self) { _ = try Npz([1, 2, 3], name: "x") }
    #expect(none?.problem == .zip(.noDirectory))
  }

  // MARK: - Hostile files

  /// An archive of stored arrays.
  private static func archive(_ arrays: [(String, StoredArray)], format: String = "csr") -> [UInt8]
  {
    let header = "{'descr': '|S3', 'fortran_order': False, 'shape': (), }\n"
    let text = [UInt8]([0x93]) + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count), 0] + header.utf8
    let entries = arrays.map { ("\($0.0).npy", Npy.encode($0.1)) }
    return ZipMaker([("format.npy", text + format.utf8)] + entries).withChecksums().bytes
  }

  private static func parts(
    shape: [Int64] = [2, 3], starts: [Int64] = [0, 1, 2], indices: [Int64] = [2, 0],
    values: [Double] = [5, 6]
  ) -> [(String, StoredArray)] {
    [
      ("shape", StoredArray(shape, shape: [shape.count])),
      ("indptr", StoredArray(starts, shape: [starts.count])),
      ("indices", StoredArray(indices, shape: [indices.count])),
      ("data", StoredArray(values, shape: [values.count])),
    ]
  }

  private func problem(_ arrays: [(String, StoredArray)], format: String = "csr") -> NpzProblem? {
    #expect(throws: NpzError.self) {
      _ = try SparseMatrixFile.decode(Self.archive(arrays, format: format), name: "x")
    }?.problem
  }

  @Test func anHonestArchiveMadeHereIsRead() throws {
    let matrix = try SparseMatrixFile.decode(Self.archive(Self.parts()), name: "x")
    #expect(dense(matrix) == [0, 0, 5, 6, 0, 0])
  }

  @Test func everyNumberIsChecked() {
    func isLayout(_ arrays: [(String, StoredArray)], _ format: String = "csr") {
      guard case .layout? = problem(arrays, format: format) else {
        Issue.record("not found: \(arrays.map(\.0))")
        return
      }
    }
    isLayout(Self.parts(shape: [2]))
    isLayout(Self.parts(shape: [0, 3]))
    isLayout(Self.parts(shape: [2, -3]))
    isLayout(Self.parts(shape: [2, 1 << 40]))
    isLayout(Self.parts(shape: [3, 3]))
    isLayout(Self.parts(starts: [0, 1]))
    isLayout(Self.parts(starts: [0, 3, 2]))
    isLayout(Self.parts(starts: [0, -5, 2]))
    isLayout(Self.parts(starts: [1, 1, 2]))
    isLayout(Self.parts(starts: [0, 1, .max]))
    isLayout(Self.parts(indices: [3, 0]))
    isLayout(Self.parts(indices: [-1, 0]))
    isLayout(Self.parts(indices: [2]))
    isLayout(Self.parts(values: [5]))
    isLayout(Self.parts(values: [5, .nan]))
    isLayout(Self.parts(values: [5, .infinity]))
    isLayout(Self.parts(values: [5, 1e39]))
    let coo = [
      ("shape", StoredArray([Int64(2), 3], shape: [2])),
      ("row", StoredArray([Int64(0), 2], shape: [2])),
      ("col", StoredArray([Int64(0), 1], shape: [2])),
      ("data", StoredArray([1.0, 2], shape: [2])),
    ]
    isLayout(coo, "coo")
    var short = coo
    short[1] = ("row", StoredArray([Int64(0)], shape: [1]))
    isLayout(short, "coo")
  }

  /// A directory that claims more than deflate can make of so few bytes, or than is accepted.
  @Test func bombsAreRefusedBeforeTheyAreUnpacked() throws {
    let claims: [(size: UInt32, packed: Int)] = [
      (0xFFFF_FFFE, 100), (1 << 31 + 1, 1 << 22), (1_000_000, 100),
    ]
    for (size, packed) in claims {
      var zip = ZipMaker([("a.npy", [UInt8](repeating: 0, count: packed))])
      zip.entries[0].method = 8
      zip.entries[0].size = size
      let found = #expect(throws: NpzError.self) {
        _ = try Npz(zip.bytes, name: "x").array("a")
      }
      guard case .size? = found?.problem else {
        Issue.record("\(size): \(String(describing: found))")
        continue
      }
    }
  }

  @Test func wrongContentIsFoundByItsChecksum() throws {
    var bytes = try Self.bytes("csr.npz")
    // The first entry's packed bytes start after its header of 30 bytes, name and extra field.
    let start = 30 + Int(bytes[26]) + Int(bytes[28])
    bytes[start + 20] ^= 0x10
    #expect(throws: NpzError.self) { _ = try SparseMatrixFile.decode(bytes, name: "x") }
  }

  /// No damage crashes the reader, hangs it or gives a matrix whose numbers do not fit.
  @Test(arguments: ["csr", "csr_stored", "coo", "plain"]) func damageIsAnError(name: String) throws
  {
    let honest = try Self.bytes("\(name).npz")
    var fuzzer = Fuzzer(seed: 17)
    for _ in 0..<400 {
      let file = fuzzer.damage(honest)
      do {
        let matrix = try SparseMatrixFile.decode(file, name: "x")
        #expect(matrix.indices.allSatisfy { $0 >= 0 })
        _ = dense(matrix)
      } catch {
        #expect(error is NpzError, "\(error)")
      }
    }
  }
}
