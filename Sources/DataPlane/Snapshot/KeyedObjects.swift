import Synchronization

/// Objects found by key for as long as somebody holds them. Each has a small number that no other one has meanwhile.
///
/// An object tells its end itself (`forget`, in its `deinit`), so nothing is kept of what is gone.
final class KeyedObjects<Key: Hashable & Sendable, Object: AnyObject & Sendable>: Sendable {
    private struct Entry {
        let number: Int
        weak var object: Object?
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var freeNumbers: [Int] = []
        var nextNumber = 0

        mutating func takeNumber() -> Int {
            if let number = freeNumbers.popLast() { return number }
            nextNumber += 1
            return nextNumber - 1
        }
    }

    /// Locked while compiling, and once per loop for a host that a path names.
    private let state = Mutex(State())  // hot path: not for every request

    /// The object of that key; made, with its number, if there is none.
    func object(_ key: Key, make: (Int) -> Object) -> Object {
        state.withLock { state in
            if let object = state.entries[key]?.object { return object }
            let number = state.takeNumber()
            let object = make(number)
            state.entries[key] = Entry(number: number, object: object)
            return object
        }
    }

    /// Another object may have the key by now: nobody finds one that is on its way out.
    func forget(_ key: Key, _ number: Int) {
        state.withLock { state in
            if state.entries[key]?.number == number { state.entries[key] = nil }
            state.freeNumbers.append(number)
        }
    }

    /// How many there are.
    var count: Int { state.withLock(\.entries.count) }
}
