import Testing

@testable import RunFiles

@Suite struct PathNameTests {
  @Test(arguments: [
    ("a", "."), ("é", "."), ("字", "."), (".", "."), ("", "."), ("a/", "."), ("name.npy", "."),
    ("a/b", "a"), ("a//b//", "a"), ("./b", "."), ("../b", ".."), ("a/b/c.npy", "a/b"),
    ("/", "/"), ("//", "/"), ("/a", "/"), ("/a/", "/"), ("/a/b", "/a"),
  ])
  func theFolderOfAPath(path: String, folder: String) {
    #expect(PathName.folder(of: path) == folder)
  }

  @Test(arguments: [
    ("a", "a"), ("a/b.c", "b.c"), ("a/b//", "b"), ("//é", "é"), ("/", ""), ("", ""), ("..", ".."),
  ])
  func theNameInAPath(path: String, name: String) {
    #expect(PathName.name(of: path) == name)
  }

  @Test(arguments: [
    ("a", "", "a"), ("a.npy", "npy", "a"), ("a.b/c", "", "a.b/c"), ("a/b.v2.PNG", "PNG", "a/b.v2"),
    (".npy", "", ".npy"), ("a/.npy", "", "a/.npy"), ("//é", "", "//é"), ("é.İ", "İ", "é"),
    ("a.", "", "a."), ("x.my kind", "my kind", "x"),
  ])
  func theExtensionOfAPath(path: String, kind: String, rest: String) {
    #expect(PathName.fileExtension(of: path) == kind)
    #expect(PathName.withoutExtension(path) == rest)
  }
}
