/// What is to happen on a clock that is moved by hand, the earliest first; at one time, in the order
/// it was asked for.
struct EventQueue<Event> {
  private struct Entry {
    let time: Double
    let serial: Int
    let event: Event

    func precedes(_ other: Entry) -> Bool {
      time == other.time ? serial < other.serial : time < other.time
    }
  }

  private var heap: [Entry] = []
  private var serial = 0

  /// Puts in an event.
  mutating func add(_ event: Event, at time: Double) {
    let entry = Entry(time: time, serial: serial, event: event)
    serial += 1
    heap.append(entry)
    var place = heap.count - 1
    while place > 0, entry.precedes(heap[(place - 1) / 2]) {
      heap[place] = heap[(place - 1) / 2]
      place = (place - 1) / 2
    }
    heap[place] = entry
  }

  /// Takes out the next event; nil if there is none.
  mutating func next() -> (time: Double, event: Event)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty { sink(last) }
    return (first.time, first.event)
  }

  /// Puts an entry in the place of the first and moves it down to where it belongs.
  private mutating func sink(_ entry: Entry) {
    var place = 0
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(entry) else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = entry
  }
}
