import EntityStore
import Synchronization

/// All pools in memory and on the disk. Whoever looks sees what is durable; whoever changes something builds on all
/// changes before it, durable or not. Who waits shares one commit with all who wait at that time.
///
/// What the store refuses was never there: it fails with all that came behind it, which may have built on it.
final class PoolStorage: Sendable {
    private struct State {
        var durable = PoolState()
        /// With the changes that are on their way to the disk.
        var newest = PoolState()
        var pending: [PoolStep] = []
        /// The number of the last change, and of the last one that is settled, either way.
        var (added, settled) = (UInt64(0), UInt64(0))
        var waiting: [(number: UInt64, continuation: CheckedContinuation<PoolError?, Never>)] = []
        var isWriting = false

        /// Nothing has to be written.
        func resume(_ continuation: CheckedContinuation<PoolError?, Never>) -> Bool {
            continuation.resume(returning: nil)
            return false
        }

        mutating func takeWaiting(upTo number: UInt64) -> [CheckedContinuation<PoolError?, Never>] {
            let taken = waiting.filter { $0.number <= number }
            waiting.removeAll { $0.number <= number }
            return taken.map(\.continuation)
        }
    }

    let store: any EntityStore
    private let state = Mutex(State())

    init(store: any EntityStore) { self.store = store }

    /// At the start: what the store has.
    func begin(with loaded: PoolState) {
        state.withLock { state in
            state.durable = loaded
            state.newest = loaded
        }
    }

    func read<Result: Sendable, Fault: Error>(_ body: (PoolState) throws(Fault) -> Result) throws(Fault) -> Result {
        try state.withLock { state throws(Fault) in try body(state.durable) }
    }

    /// Makes a change: the closure looks at everything as it is, and says which steps are to be taken. They are when it
    /// does not throw, all at once; this returns when that is durable.
    func change<Result: Sendable>(
        _ body: (PoolState, inout [PoolStep]) throws(PoolError) -> Result
    ) async throws(PoolError) -> Result {
        var outcome: Swift.Result<Result, PoolError>?
        let fault = await withCheckedContinuation { (continuation: CheckedContinuation<PoolError?, Never>) in
            let begins = state.withLock { state -> Bool in
                var steps: [PoolStep] = []
                do throws(PoolError) { outcome = .success(try body(state.newest, &steps)) } catch {
                    outcome = .failure(error)
                    steps = []
                }
                for step in steps { step.apply(to: &state.newest) }
                if !steps.isEmpty { state.added += 1 }
                state.pending += steps
                // Who finds it done already, or is refused for it, waits for those who do it.
                guard state.settled < state.added else { return state.resume(continuation) }
                // Under the same lock: what comes of it may be known in the next moment.
                state.waiting.append((state.added, continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if begins { Task { await write() } }
        }
        if let fault { throw fault }
        guard let outcome else { throw .internalFailure("A change has come to nothing.") }
        return try outcome.get()
    }

    private func write() async {
        while let batch = take() {
            var fault: PoolError?
            do {
                // Under no lock: it takes longer than all else.
                try await store.commit(try batch.steps.map { try $0.stored() })
            } catch {
                fault = .internalFailure("It cannot be stored now: \(error)")
            }
            let told = state.withLock { state in
                if fault == nil {
                    state.durable = batch.outcome
                    state.settled = batch.number
                } else {
                    state.newest = state.durable
                    state.pending = []
                    state.settled = state.added
                }
                return state.takeWaiting(upTo: state.settled)
            }
            for one in told { one.resume(returning: fault) }
        }
    }

    private func take() -> (steps: [PoolStep], outcome: PoolState, number: UInt64)? {
        state.withLock { state in
            guard !state.pending.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { state.pending = [] }
            return (state.pending, state.newest, state.added)
        }
    }
}
