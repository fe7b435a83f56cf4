/// Numbered things with a size, of which the largest is at hand: a heap that knows where each is.
///
/// Among things of one size the one with the lowest number comes first. A change costs O(log n).
struct LargestFirst: Sendable {
  private struct Entry: Sendable {
    let number: Int
    var size: Int

    func precedes(_ other: Entry) -> Bool {
      size == other.size ? number < other.number : size > other.size
    }
  }

  private var heap: [Entry] = []
  /// Where each thing is in `heap`; −1 if it is not there.
  private var places: [Int32]

  /// None of the things 0..<`count` yet.
  init(count: Int) { places = Array(repeating: -1, count: count) }

  /// The number of the largest thing; nil if there is none.
  var first: Int? { heap.first?.number }

  /// Puts a thing in or changes its size; 0 takes it out.
  mutating func set(_ number: Int, size: Int) {
    let place = Int(places[number])
    if size == 0 {
      if place >= 0 { remove(at: place) }
    } else if place >= 0 {
      heap[place].size = size
      settle(place)
    } else {
      heap.append(Entry(number: number, size: size))
      settle(heap.count - 1)
    }
  }

  private mutating func remove(at place: Int) {
    places[heap[place].number] = -1
    let last = heap.removeLast()
    guard place < heap.count else { return }
    heap[place] = last
    settle(place)
  }

  /// Moves the entry at `place` up or down to where it belongs.
  private mutating func settle(_ place: Int) {
    let entry = heap[place]
    var place = place
    while place > 0, entry.precedes(heap[(place - 1) / 2]) {
      put(heap[(place - 1) / 2], at: place)
      place = (place - 1) / 2
    }
    while let child = firstChild(of: place), heap[child].precedes(entry) {
      put(heap[child], at: place)
      place = child
    }
    put(entry, at: place)
  }

  private func firstChild(of place: Int) -> Int? {
    let (left, right) = (2 * place + 1, 2 * place + 2)
    guard left < heap.count else { return nil }
    return right < heap.count && heap[right].precedes(heap[left]) ? right : left
  }

  private mutating func put(_ entry: Entry, at place: Int) {
    heap[place] = entry
    places[entry.number] = Int32(place)
  }
}
