import NIOCore
import Synchronization

/// Lets as many environments start at once as the machine can start in full speed: one per processor.
///
/// A start is CPU time. Unbounded ones share the processors, so that each takes longer than its init may, and all the
/// work is thrown away. Who waits here waits on its caller's time, not on the init's. Functions take turns, so that a
/// burst for one does not hold up the others. A start that computes nothing gives its place back early (see
/// `StartPlace`), and so does one that computes beyond the init time.
///
/// One that has used a second is put aside: it computes on, and its place is another's. So an init that never ends
/// delays others by a second, not by all of its time. There are only a few aside in all: long inits that share the
/// processors with many would not end in time either.
///
/// Starts are rare and slow, so a lock is good enough.
final class StartGate: Sendable {
    /// A function's wish for starts.
    final class Ticket: Sendable {
        /// Called when the function may start one, on any thread.
        let grant: @Sendable () -> Void
        fileprivate let demand = Mutex(Demand())

        init(grant: @escaping @Sendable () -> Void) { self.grant = grant }
    }

    fileprivate struct Demand {
        var wanted = 0
        var isQueued = false
    }

    fileprivate struct State {
        var free: Int
        /// How many more starts may be put aside.
        var freeAside: Int
        var queue = CircularBuffer<Ticket>()
        /// Starts granted and environments not yet ended.
        var living = 0
        var isShort = false
    }

    /// With so many beside it an init may use a third of its time as processor time.
    private static let asidePerPlace = 2

    private let state: Mutex<State>
    /// Whether the machine has memory for one more environment.
    private let hasMemory: @Sendable () -> Bool
    /// Asked when it has not: idle environments should end.
    private let onShortage: @Sendable () -> Void

    init(
        places: Int, hasMemory: @escaping @Sendable () -> Bool = { true },
        onShortage: @escaping @Sendable () -> Void = {}
    ) {
        let places = max(1, places)
        state = Mutex(State(free: places, freeAside: places * Self.asidePerPlace))
        self.hasMemory = hasMemory
        self.onShortage = onShortage
    }

    /// The function would start so many environments now, and no longer as many as it said before.
    func want(_ count: Int, _ ticket: Ticket) {
        advance { state in
            ticket.demand.withLock { $0.wanted = count }
            state.enqueue(ticket)
        }
    }

    /// A granted start is over, or needs no processor; or nothing was started after all.
    func giveBack() { advance { $0.free += 1 } }

    /// A granted start has had its share of a processor and goes on: another one may have its place. False when too many
    /// do so already; then it keeps the place.
    func putAside() -> Bool {
        var isAside = false
        advance { state in
            guard state.freeAside > 0 else { return }
            isAside = true
            state.freeAside -= 1
            state.free += 1
        }
        return isAside
    }

    /// A start that was put aside is over, or needs no processor.
    func asideEnded() { advance { $0.freeAside += 1 } }

    /// The environment of a granted start has ended, or was never made.
    func ended() { advance { $0.living -= 1 } }

    /// Looks again whether there is memory.
    func lookAgain() { advance { $0.isShort = false } }

    private func advance(_ change: (inout State) -> Void) {
        var granted: [Ticket] = []
        let becameShort = state.withLock { state in
            change(&state)
            while state.free > 0, let ticket = state.queue.first {
                guard ticket.demand.withLock({ $0.wanted > 0 }) else {
                    state.dequeue()
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
                state.dequeue()
                ticket.demand.withLock { $0.wanted -= 1 }
                state.enqueue(ticket)
            }
            return false
        }
        for ticket in granted { ticket.grant() }
        if becameShort { onShortage() }
    }
}

extension StartGate.State {
    /// Behind the others, unless it is among them or wants none.
    mutating func enqueue(_ ticket: StartGate.Ticket) {
        let isNew = ticket.demand.withLock { demand in
            guard demand.wanted > 0, !demand.isQueued else { return false }
            demand.isQueued = true
            return true
        }
        if isNew { queue.append(ticket) }
    }

    mutating func dequeue() { queue.removeFirst().demand.withLock { $0.isQueued = false } }
}
