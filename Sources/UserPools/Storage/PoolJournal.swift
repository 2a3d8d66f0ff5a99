import EntityStore
import Synchronization

/// Makes changes durable in the order in which they were made in memory: whoever waits shares one commit with all who
/// wait at that time.
final class PoolJournal: Sendable {
    private struct State {
        var pending: [EntityChange] = []
        /// The number of the last change, and of the last one that is durable.
        var (added, durable) = (UInt64(0), UInt64(0))
        var waiting: [(number: UInt64, continuation: CheckedContinuation<StoreError?, Never>)] = []
        var isWriting = false
    }

    private let store: any EntityStore
    private let state = Mutex(State())

    init(store: any EntityStore) { self.store = store }

    /// Called by one after another, in the order that is to be kept.
    func add(_ changes: [EntityChange]) -> UInt64 {
        state.withLock { state in
            state.pending += changes
            state.added += 1
            return state.added
        }
    }

    /// Returns when the change of that number is durable. One that could not be written stays, for the next commit.
    func settle(_ number: UInt64) async throws(StoreError) {
        let fault = await withCheckedContinuation { (continuation: CheckedContinuation<StoreError?, Never>) in
            let begins = state.withLock { state -> Bool in
                guard state.durable < number else {
                    continuation.resume(returning: nil)
                    return false
                }
                state.waiting.append((number, continuation))
                let begins = !state.isWriting
                state.isWriting = true
                return begins
            }
            if begins { Task { await write() } }
        }
        if let fault { throw fault }
    }

    private func write() async {
        while let (changes, number) = take() {
            do throws(StoreError) {
                try await store.commit(changes)
                let settled = state.withLock { state in
                    state.durable = number
                    let settled = state.waiting.filter { $0.number <= number }
                    state.waiting.removeAll { $0.number <= number }
                    return settled
                }
                for one in settled { one.continuation.resume(returning: nil) }
            } catch {
                let waiting = state.withLock { state in
                    state.pending = changes + state.pending
                    state.isWriting = false
                    let waiting = state.waiting
                    state.waiting = []
                    return waiting
                }
                for one in waiting { one.continuation.resume(returning: error) }
                return
            }
        }
    }

    private func take() -> ([EntityChange], UInt64)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            let changes = state.pending
            state.pending = []
            return (changes, state.added)
        }
    }
}
