import Engine
import Foundation
import RunFiles
import Tensors
import Worker

/// A case with its file opened: typed access to parameters and arrays.
struct CaseContext {
  let item: ReferenceCase
  let directory: String
  let networks: NetworkStore
  private let arrays: TensorFile?

  init(_ item: ReferenceCase, directory: String, networks: NetworkStore) throws {
    self.item = item
    self.directory = directory
    self.networks = networks
    arrays =
      item.file.hasSuffix(".safetensors")
      ? try Safetensors.read(path: directory + "/" + item.file) : nil
  }

  var parameters: JSONValue { item.parameters }
  var device: Device { networks.device }

  func expected(_ name: String) -> StoredArray? { arrays?.tensors[name] }

  /// The JSON content of a case that has no arrays.
  func content() throws -> JSONValue {
    let path = directory + "/" + item.file
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CaseFailure("\(path) cannot be read")
    }
    return try JSONDecoder().decode(JSONValue.self, from: data)
  }

  func stored(_ name: String) throws -> StoredArray {
    guard let array = arrays?.tensors[name] else {
      throw CaseFailure("\(item.file) has no array \(name)")
    }
    return array
  }

  /// An input as a tensor on the device under test.
  func tensor(_ name: String) throws -> Tensor {
    try stored(name).tensor().moved(to: device)
  }

  func floats(_ name: String) throws -> [Float] { try stored(name).floats() }

  // MARK: - Parameters

  func int(_ key: String) throws -> Int { try require(parameters[key]?.int, key) }
  func double(_ key: String) throws -> Double { try require(parameters[key]?.double, key) }
  func string(_ key: String) throws -> String { try require(parameters[key]?.string, key) }
  func bool(_ key: String) throws -> Bool { try require(parameters[key]?.bool, key) }
  func object(_ key: String) throws -> JSONValue { try require(parameters[key], key) }

  private func require<Value>(_ value: Value?, _ key: String) throws -> Value {
    guard let value else { throw CaseFailure("parameter \(key) is missing or of another type") }
    return value
  }

  /// The weights stored beside the inputs as `weight.NAME`.
  func inlineWeights() throws -> NetworkWeights {
    var tensors: [String: Tensor] = [:]
    for name in arrays?.order ?? [] where name.hasPrefix("weight.") {
      tensors[String(name.dropFirst("weight.".count))] = try tensor(name)
    }
    return NetworkWeights(tensors)
  }
}

/// The networks of a suite, each read once.
final class NetworkStore {
  let directory: String
  let device: Device
  private var known: [String: GuidedDiffusionUNet] = [:]
  private var knownLSUN: [String: LSUNUNet] = [:]

  init(directory: String, device: Device) {
    self.directory = directory
    self.device = device
  }

  /// The network with the weights at `path` and the architecture of `configuration`.
  func network(_ path: String, configuration: JSONValue) throws -> GuidedDiffusionUNet {
    let key = path + configuration.text
    if let found = known[key] { return found }
    let checkpoint = try Checkpoint(path: directory + "/" + path)
    let network = try checkpoint.network(
      checkpoint.architecture(configured: UNetArchitecture(json: configuration.text)),
      precision: .float32, label: nil, device: device)
    known[key] = network
    return network
  }

  /// The DDPM network with the weights at `path` and the choices of `configuration`.
  func lsun(_ path: String, configuration: JSONValue) throws -> LSUNUNet {
    let key = path + configuration.text
    if let found = knownLSUN[key] { return found }
    let checkpoint = try Checkpoint(path: directory + "/" + path)
    let network = try LSUNUNet(
      LSUNArchitecture(configuration),
      weights: checkpoint.weights(), device: device)
    knownLSUN[key] = network
    return network
  }
}
