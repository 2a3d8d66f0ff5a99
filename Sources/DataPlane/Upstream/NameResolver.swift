package import NIOCore
import NIOPosix
import Synchronization

/// Looks a name up; blocks until there is an answer or none.
package typealias NameLookup = @Sendable (_ name: String) throws -> [SocketAddress]

/// The addresses of origins, for all event loops of the process.
///
/// A name is asked for once at a time, whoever waits for it, on threads that do nothing else: one whose server is
/// silent delays nobody but its own callers, and them only the first time (`NameQuestions`). What was answered is used
/// for 30 s, and longer while asking fails (RFC 8767).
final class NameResolver: Sendable {
    /// Why there is no address.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        fileprivate static let tooMany = Failure(description: "too many names are being looked up")
        fileprivate static let silence = Failure(description: "no answer from a name server in time")
    }

    fileprivate struct Waiter {
        let number: Int
        let promise: EventLoopPromise<[SocketAddress]>
    }

    fileprivate struct Entry {
        /// The last answer.
        var addresses: [SocketAddress] = []
        var answeredAt = NIODeadline.distantPast
        /// Why the last question had none.
        var failure: (any Error)?
        /// Until then nobody asks again.
        var restsUntil = NIODeadline.distantPast
        /// Since when a question is out.
        var askedAt: NIODeadline?
        var usedAt = NIODeadline.distantPast
        /// Clients alone have asked for it.
        var isChosen = true
        var waiters: [Waiter] = []
    }

    fileprivate struct State {
        var entries: [String: Entry] = [:]
        var questions = NameQuestions()
        /// Somebody looks whether questions that are out have become slow.
        var isWatched = false
        var lastNumber = 0
        /// Its threads are there since the first question: most who could ask never do.
        var hasThreads = false
    }

    /// Names that are kept. Clients may choose names (a path variable as a host).
    fileprivate static let names = 1_024
    /// How long an answer is used without asking again.
    fileprivate static let fresh = TimeAmount.seconds(30)
    /// How long an old answer is used while asking fails, and how soon it is tried again (RFC 8767 section 5).
    fileprivate static let stale = TimeAmount.hours(24)
    fileprivate static let retry = TimeAmount.seconds(30)
    /// How long a caller waits for a new answer when there is an old one (RFC 8767 section 5), and when there is none.
    fileprivate static let patience = TimeAmount.milliseconds(1_800)
    fileprivate static let longestWait = TimeAmount.seconds(10)
    /// How long a name without any answer is not asked for again.
    fileprivate static let failureRest = TimeAmount.seconds(1)

    private let lookup: NameLookup
    private let now: @Sendable () -> NIODeadline
    private let pool = NIOThreadPool(numberOfThreads: NameQuestions.threads)
    private let state = Mutex(State())  // hot path: only for a new connection to an origin by name

    init(lookup: @escaping NameLookup, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.lookup = lookup
        self.now = now
    }

    /// Threads that still wait for an answer end with it.
    deinit { pool.shutdownGracefully { _ in } }

    /// How many names are kept.
    var count: Int { state.withLock(\.entries.count) }

    /// The addresses of a name, without ports. The future is one of `loop` and is there at once if the answer is.
    ///
    /// - Parameter isChosen: whether the client chose the name; such ones have less of the threads.
    func addresses(of name: String, isChosen: Bool, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        let now = now()
        return state.withLock { state in
            guard state.makeRoom(for: name) else { return loop.makeFailedFuture(Failure.tooMany) }
            var entry = state.entries[name] ?? Entry()
            defer { state.entries[name] = entry }
            entry.usedAt = now
            let wasChosen = entry.isChosen
            entry.isChosen = entry.isChosen && isChosen
            if now < entry.restsUntil { return loop.makeCompletedFuture(entry.outcome(now)) }
            if let askedAt = entry.askedAt {
                if askedAt + Self.patience <= now, entry.hasAddresses(now) {
                    return loop.makeSucceededFuture(entry.addresses)
                }
                // It must not wait among those of clients any longer.
                if wasChosen, !isChosen, state.questions.remove(name) { state.questions.append(name, entry.kind) }
            } else if entry.kind == .chosen, !state.questions.hasRoomForChosen {
                return loop.makeCompletedFuture(entry.outcome(now, else: .tooMany))
            } else {
                entry.askedAt = now
                state.questions.append(name, entry.kind)
            }
            startThreads(&state, now)
            watch(&state, on: loop)
            state.lastNumber += 1
            let waiter = Waiter(number: state.lastNumber, promise: loop.makePromise())
            entry.waiters.append(waiter)
            let wait = entry.hasAddresses(now) ? Self.patience : Self.longestWait
            let timer = loop.scheduleTask(in: wait) { [weak self] in self?.giveUp(name, waiter.number) }
            waiter.promise.futureResult.whenComplete { _ in timer.cancel() }
            return waiter.promise.futureResult
        }
    }

    private func giveUp(_ name: String, _ number: Int) {
        let now = now()
        let (waiter, outcome) = state.withLock { state in
            let position = state.entries[name]?.waiters.firstIndex { $0.number == number }
            let waiter = position.flatMap { state.entries[name]?.waiters.remove(at: $0) }
            let outcome = state.entries[name]?.outcome(now)
            state.forgetQuestion(name, now)
            return (waiter, outcome)
        }
        if let waiter, let outcome { waiter.promise.completeWith(outcome) }
    }

    // MARK: Asking

    private func startThreads(_ state: inout State, _ now: NIODeadline) {
        while let name = state.questions.next(now) {
            if !state.hasThreads {
                state.hasThreads = true
                pool.start()
            }
            pool.submit { [weak self] _ in self?.ask(name) }
        }
    }

    /// While questions wait, looks now and then whether others have become slow, so that they no longer count.
    private func watch(_ state: inout State, on loop: any EventLoop) {
        guard !state.isWatched, !state.questions.isEmpty else { return }
        state.isWatched = true
        loop.scheduleTask(in: NameQuestions.slow) { [weak self] in self?.lookAgain(on: loop) }
    }

    private func lookAgain(on loop: any EventLoop) {
        let now = now()
        state.withLock { state in
            state.isWatched = false
            startThreads(&state, now)
            watch(&state, on: loop)
        }
    }

    private func ask(_ name: String) {
        let answer = Result { try lookup(name) }
        let now = now()
        let (waiters, outcome) = state.withLock { state in
            state.questions.answered(name)
            var entry = state.entries[name] ?? Entry()
            entry.answered(answer, now)
            let waiters = entry.waiters
            entry.waiters = []
            state.entries[name] = entry
            startThreads(&state, now)
            return (waiters, entry.outcome(now))
        }
        for waiter in waiters { waiter.promise.completeWith(outcome) }
    }
}

extension NameResolver.Entry {
    fileprivate var kind: NameQuestions.Kind {
        if isChosen { return .chosen }
        return failure == nil ? .configured : .doubtful
    }

    fileprivate func hasAddresses(_ now: NIODeadline) -> Bool {
        !addresses.isEmpty && now < answeredAt + NameResolver.stale
    }

    /// What callers are told when they wait no longer.
    fileprivate func outcome(
        _ now: NIODeadline, else reason: NameResolver.Failure = .silence
    ) -> Result<[SocketAddress], any Error> {
        if hasAddresses(now) { return .success(addresses) }
        return .failure(failure ?? reason)
    }

    fileprivate mutating func answered(_ answer: Result<[SocketAddress], any Error>, _ now: NIODeadline) {
        askedAt = nil
        switch answer {
        case .success(let found) where !found.isEmpty:
            addresses = found
            answeredAt = now
            failure = nil
            restsUntil = now + NameResolver.fresh
        case .success: failed(NameResolver.Failure(description: "the name has no address"), now)
        case .failure(let error): failed(error, now)
        }
    }

    private mutating func failed(_ error: any Error, _ now: NIODeadline) {
        failure = error
        restsUntil = now + (hasAddresses(now) ? NameResolver.retry : NameResolver.failureRest)
    }
}

extension NameResolver.State {
    /// Takes the place of the name that has not been used for longest, of those that clients chose if there is one;
    /// false when all are being looked up.
    fileprivate mutating func makeRoom(for name: String) -> Bool {
        guard entries[name] == nil, entries.count >= NameResolver.names else { return true }
        let idle = entries.filter { $0.value.askedAt == nil }
        let ofClients = idle.filter(\.value.isChosen)
        let oldest = (ofClients.isEmpty ? idle : ofClients).min { $0.value.usedAt < $1.value.usedAt }
        guard let oldest else { return false }
        entries[oldest.key] = nil
        return true
    }

    /// Nobody waits for the name any more: others may be asked for in its stead.
    fileprivate mutating func forgetQuestion(_ name: String, _ now: NIODeadline) {
        guard let entry = entries[name], entry.waiters.isEmpty, !entry.hasAddresses(now), questions.remove(name) else {
            return
        }
        entries[name]?.askedAt = nil
    }
}

/// Addresses that are known already, for NIO's happy eyeballs (RFC 8305): it tries both families and one address after
/// the other.
struct KnownAddresses: Resolver, Sendable {
    let addresses: [SocketAddress]
    let loop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(.inet, port) }
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(.inet6, port) }
    func cancelQueries() {}

    private func answer(_ family: NIOBSDSocket.ProtocolFamily, _ port: Int) -> EventLoopFuture<[SocketAddress]> {
        let suitable = addresses.filter { $0.protocol == family }
        return loop.makeSucceededFuture(
            suitable.map { address in
                var address = address
                address.port = port
                return address
            })
    }
}
