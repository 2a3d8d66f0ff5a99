import NIOCore
import Synchronization

/// Lets as many environments start at once as the machine can start in full speed: one per processor.
///
/// A start is CPU time. Unbounded ones share the processors, so that each takes longer than its init may, and all the
/// work is thrown away. Who waits here waits on its caller's time, not on the init's. Functions take turns, so that a
/// burst for one does not hold up the others. A start that computes nothing gives its place back early (see
/// `Sandbox`), and so does one that computes beyond the init time.
///
/// Starts are rare and slow, so a lock is good enough.
final class StartGate: Sendable {
    /// A function's wish for starts.
    final class Ticket: Sendable {
        /// Called when the function may start one, on any thread.
        let grant: @Sendable () -> Void
        fileprivate let demand = Mutex((wanted: 0, isQueued: false))

        init(grant: @escaping @Sendable () -> Void) { self.grant = grant }
    }

    private struct State {
        var free: Int
        var queue = CircularBuffer<Ticket>()
        /// Starts granted and environments not yet ended.
        var living = 0
        var isShort = false
    }

    private let state: Mutex<State>
    /// Whether the machine has memory for one more environment.
    private let hasMemory: @Sendable () -> Bool
    /// Asked when it has not: idle environments should end.
    private let onShortage: @Sendable () -> Void

    init(
        places: Int, hasMemory: @escaping @Sendable () -> Bool = { true },
        onShortage: @escaping @Sendable () -> Void = {}
    ) {
        state = Mutex(State(free: max(1, places)))
        self.hasMemory = hasMemory
        self.onShortage = onShortage
    }

    /// The function would start so many environments now, and no longer as many as it said before.
    func want(_ count: Int, _ ticket: Ticket) {
        advance { state in
            ticket.demand.withLock { demand in
                demand.wanted = count
                guard count > 0, !demand.isQueued else { return }
                demand.isQueued = true
                state.queue.append(ticket)
            }
        }
    }

    /// A granted start is over, or needs no processor; or nothing was started after all.
    func giveBack() { advance { $0.free += 1 } }

    /// The environment of a granted start has ended, or was never made.
    func ended() { advance { $0.living -= 1 } }

    /// Looks again whether there is memory.
    func lookAgain() { advance { $0.isShort = false } }

    private func advance(_ change: (inout State) -> Void) {
        var granted: [Ticket] = []
        let becameShort = state.withLock { state in
            change(&state)
            while state.free > 0, let ticket = state.queue.first {
                let isWanted = ticket.demand.withLock { demand in
                    demand.isQueued = demand.wanted > 0
                    return demand.isQueued
                }
                guard isWanted else {
                    state.queue.removeFirst()
                    continue
                }
                // Without any environment there is nothing that could make room.
                if state.living > 0, !hasMemory() {
                    defer { state.isShort = true }
                    return !state.isShort
                }
                state.isShort = false
                state.free -= 1
                state.living += 1
                granted.append(ticket)
                state.queue.removeFirst()
                let wantsMore = ticket.demand.withLock { demand in
                    demand.wanted -= 1
                    demand.isQueued = demand.wanted > 0
                    return demand.isQueued
                }
                if wantsMore { state.queue.append(ticket) }
            }
            return false
        }
        for ticket in granted { ticket.grant() }
        if becameShort { onShortage() }
    }
}
