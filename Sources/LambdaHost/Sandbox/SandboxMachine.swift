import NIOCore

/// What happens to one environment, as a value without I/O: `Sandbox` tells it what happened and does what it answers.
///
/// `Running` is a call that the environment works on.
struct SandboxMachine<Running> {
    enum State {
        /// The process is being started, or runs its static code. `attempt` 1 is bounded by the init time; a process
        /// that needed longer is started once more, bounded by the function's own time-out.
        case starting(since: NIODeadline, attempt: Int)
        /// The process of the first attempt is being ended; the second one follows.
        case restarting
        case idle(since: NIODeadline)
        case invoked(Running, until: NIODeadline)
        /// The response is delivered, or the connection was lost on which an event was awaited; the runtime has not
        /// asked for the next event yet.
        case returning(since: NIODeadline)
        /// The process is being ended, or has ended by itself.
        case ending
    }

    private(set) var state: State
    let limits: Limits

    struct Limits {
        /// From the start of the process to its first `next`.
        var initTime = LambdaLimits.initTime
        /// The function's own.
        var timeout: TimeAmount
        var idleTime = LambdaLimits.idleTime
        /// How long a runtime that answered may stay away: as long as it may work, and ten seconds at least.
        var returnTime: TimeAmount { max(timeout, .seconds(10)) }
    }

    init(limits: Limits, now: NIODeadline) {
        self.limits = limits
        state = .starting(since: now, attempt: 1)
    }

    // MARK: The runtime

    enum Next: Equatable {
        /// Idle now; `initTime` when it comes from its start.
        case ready(initTime: TimeAmount?)
        /// It was waiting on another connection, which is of no more use: HTTP clients give up and ask again.
        case replaces
        /// It has an event, or is being ended.
        case refused
    }

    /// The runtime asks for its next event.
    mutating func nextRequested(_ now: NIODeadline) -> Next {
        switch state {
        case .starting(let since, _):
            state = .idle(since: now)
            return .ready(initTime: now - since)
        case .returning:
            state = .idle(since: now)
            return .ready(initTime: nil)
        case .idle: return .replaces
        case .restarting, .invoked, .ending: return .refused
        }
    }

    /// The connection on which it waited is gone; true when it was idle: it has to ask again before it takes a call.
    mutating func nextLost(_ now: NIODeadline) -> Bool {
        guard case .idle = state else { return false }
        state = .returning(since: now)
        return true
    }

    /// Hands a call over; false when the environment is not idle.
    mutating func invoke(_ running: Running, _ now: NIODeadline) -> Bool {
        guard case .idle = state else { return false }
        state = .invoked(running, until: now + limits.timeout)
        return true
    }

    /// The runtime's answer for a call that `matches`; nil when it works on none.
    mutating func answered(_ now: NIODeadline, _ matches: (Running) -> Bool) -> Running? {
        guard case .invoked(let running, _) = state, matches(running) else { return nil }
        state = .returning(since: now)
        return running
    }

    /// The runtime reports that its static code failed; how long it ran, or nil when it is not starting.
    mutating func initFailed(_ now: NIODeadline) -> TimeAmount? {
        guard case .starting(let since, _) = state else { return nil }
        state = .ending
        return now - since
    }

    // MARK: Time and memory

    enum Check {
        case fine
        /// The first attempt took too long: the process is killed, and another one follows when it has ended.
        case restart
        /// The second one, too: its caller is told, and the process is killed.
        case initTimedOut
        /// The call's caller is told, and the process is killed.
        case timedOut(Running)
        /// The process is killed; its end answers the call.
        case outOfMemory
        /// Idle for long, or away for long: the process is killed.
        case end
    }

    /// Looked at every now and then. `memory` and `limit` in MB; `memory` is asked for only while a call is worked on.
    mutating func check(_ now: NIODeadline, memory: () -> Int, limit: Int) -> Check {
        switch state {
        case .starting(let since, 1):
            guard now - since > limits.initTime else { return .fine }
            state = .restarting
            return .restart
        case .starting(let since, _):
            guard now - since > limits.timeout else { return .fine }
            state = .ending
            return .initTimedOut
        case .invoked(let running, let until):
            if now >= until {
                state = .ending
                return .timedOut(running)
            }
            return memory() > limit ? .outOfMemory : .fine
        case .returning(let since):
            guard now - since > limits.returnTime else { return .fine }
            state = .ending
            return .end
        case .idle(let since):
            guard now - since > limits.idleTime else { return .fine }
            state = .ending
            return .end
        case .restarting, .ending: return .fine
        }
    }

    // MARK: Ending

    enum End {
        /// The second attempt follows.
        case startAgain
        /// In its start: it has failed.
        case failedToStart
        /// While it worked on a call.
        case lost(Running)
        case quiet
    }

    /// The process has ended, or could not be started.
    mutating func exited(_ now: NIODeadline) -> End {
        switch state {
        case .restarting:
            state = .starting(since: now, attempt: 2)
            return .startAgain
        case .starting:
            state = .ending
            return .failedToStart
        case .invoked(let running, _):
            state = .ending
            return .lost(running)
        case .idle, .returning, .ending:
            state = .ending
            return .quiet
        }
    }

    enum Kill {
        /// The process is killed; the call, if there is one, is answered as one whose runtime went away.
        case kill(Running?)
        case nothing
    }

    /// It is to end, whatever it does.
    mutating func kill() -> Kill {
        switch state {
        case .ending: return .nothing
        case .invoked(let running, _):
            state = .ending
            return .kill(running)
        case .starting, .restarting, .idle, .returning:
            state = .ending
            return .kill(nil)
        }
    }

    var isStarting: Bool {
        switch state {
        case .starting, .restarting: true
        default: false
        }
    }

    /// Since when it has been idle; nil when it is not.
    var idleSince: NIODeadline? { if case .idle(let since) = state { since } else { nil } }

    /// Since when it has been expected back; nil when it is not.
    var returningSince: NIODeadline? { if case .returning(let since) = state { since } else { nil } }

    var running: Running? { if case .invoked(let running, _) = state { running } else { nil } }
}
