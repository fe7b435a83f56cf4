import Foundation
import RunFiles

/// The beginning of the report's file: what browsers must know first, style and policy.
struct ReportHead {
  static let style = String(decoding: PackageResources.report_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.report_js, as: UTF8.self)

  let title: String

  /// Everything up to the opening of the body.
  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(HTML.escaped(title)) – posterior report</title>
    <link rel="icon" href="data:,">
    <style>\(Self.style)</style>
    </head>
    <body>

    """
  }

  /// The last element of the body.
  static var scriptElement: String { "<script>\(script)</script>\n" }

  /// Nothing from a network, and no script or style but those of this program, whatever the names
  /// of images hold.
  private static var policy: String {
    "default-src 'none'; img-src data:; style-src '\(hash(style))'; "
      + "script-src '\(hash(script))'; base-uri 'none'; form-action 'none'"
  }

  private static func hash(_ text: String) -> String {
    "sha256-" + Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString()
  }
}
