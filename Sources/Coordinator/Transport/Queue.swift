/// A line in which what came first goes first; both ends cost O(1) on the average.
struct Queue<Element> {
  private var items: [Element?] = []
  /// Places before this one are empty.
  private var start = 0

  var isEmpty: Bool { start == items.count }

  mutating func append(_ element: Element) { items.append(element) }

  mutating func popFirst() -> Element? {
    guard start < items.count else { return nil }
    let first = items[start].take()
    start += 1
    if start == items.count {
      removeAll()
    } else if start >= 64, 2 * start >= items.count {
      items.removeFirst(start)
      start = 0
    }
    return first
  }

  mutating func removeAll() {
    items.removeAll(keepingCapacity: items.count <= 1024)
    start = 0
  }
}

extension Queue: Sendable where Element: Sendable {}
