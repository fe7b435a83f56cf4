import Dispatch
import Synchronization

/// Work on many items by several threads, whose products are taken in the order of the items.
struct OrderedWork {
  /// How many items are worked on at once.
  let threads: Int

  /// Works on all items.
  ///
  /// Products wait for their turn: never more than those of eight items a thread.
  ///
  /// - Parameters:
  ///   - make: is called by several threads.
  ///   - take: is called by this thread only.
  /// - Throws: what `make` has thrown of the first item it failed for, or what `take` throws; what was made
  ///   of items behind it is lost.
  func run<Item: Sendable, Product: Sendable>(
    _ items: [Item], make: @Sendable (Item) throws -> Product, take: (Product) throws -> Void
  ) throws {
    let round = 8 * max(1, threads)
    for start in stride(from: 0, to: items.count, by: round) {
      let products = products(of: items[start..<min(items.count, start + round)], make)
      for product in products { try take(product.get()) }
    }
  }

  private func products<Item: Sendable, Product: Sendable>(
    of items: ArraySlice<Item>, _ make: @Sendable (Item) throws -> Product
  ) -> [Result<Product, any Error>] {
    let next = Atomic(items.startIndex)
    let made = Mutex<[Int: Result<Product, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: min(max(1, threads), items.count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < items.endIndex else { return }
        let product = Result { try make(items[index]) }
        made.withLock { $0[index] = product }
      }
    }
    return made.withLock { made in items.indices.compactMap { made[$0] } }
  }
}
