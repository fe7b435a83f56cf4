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
}
