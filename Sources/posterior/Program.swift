/// What this program calls itself in run folders and logs.
enum Program {
  static let version = "0.5.0"
  static let name = "posterior \(version)"
}
