internal import Synchronization

/// Which environments of functions live: the session of one is good for as long.
///
/// Nothing of it is stored, so no environment outlives the server. Who checks a session looks at one word; only starts
/// and ends of environments wait for each other.
package final class LiveEnvironments: Sendable {
    /// An environment is a process, and no machine runs so many.
    package static let limit = 16_384

    /// By place, the number of the environment that has it, 0 when nobody does. The pointer never changes, and what it
    /// points to is made for threads.
    nonisolated(unsafe) private let numbers: UnsafeMutablePointer<Atomic<Int>>
    private let free: Mutex<[Int]>

    package init() {
        numbers = .allocate(capacity: Self.limit)
        for place in 0..<Self.limit { (numbers + place).initialize(to: Atomic(0)) }
        free = Mutex(Array((0..<Self.limit).reversed()))
    }

    deinit {
        numbers.deinitialize(count: Self.limit)
        numbers.deallocate()
    }

    /// An environment's life: it ends with its last holder.
    package final class Life: Sendable {
        /// No other environment has it, neither before nor after.
        package let number: Int
        private let environments: LiveEnvironments

        fileprivate init(_ number: Int, in environments: LiveEnvironments) {
            self.number = number
            self.environments = environments
        }

        deinit { environments.end(number) }
    }

    /// nil when there are too many.
    package func begin() -> Life? {
        guard let place = free.withLock({ $0.popLast() }) else { return nil }
        // Random in all but the place: what another server on the same data folder gave out is not met again.
        let number = Int.random(in: 1..<(.max / Self.limit)) * Self.limit + place
        numbers[place].store(number, ordering: .releasing)
        return Life(number, in: self)
    }

    package func has(_ number: Int) -> Bool {
        number > 0 && numbers[Self.place(of: number)].load(ordering: .acquiring) == number
    }

    private func end(_ number: Int) {
        let place = Self.place(of: number)
        numbers[place].store(0, ordering: .releasing)
        free.withLock { $0.append(place) }
    }

    private static func place(of number: Int) -> Int { number % limit }
}
