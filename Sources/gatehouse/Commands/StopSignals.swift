import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// SIGINT and SIGTERM, from the moment on that this is made: whoever reads `ready` may send one. Until then they end the
/// program as they do any other.
final class StopSignals: Sendable {
    private let received = Received()
    /// They work as long as they are held. Dispatch's sources may be used from any thread.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        let queue = DispatchQueue(label: "gatehouse.signals")
        let registered = DispatchGroup()
        sources = [SIGINT, SIGTERM].map { [received] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { received.add() }
            registered.enter()
            source.setRegistrationHandler { registered.leave() }
            source.resume()
            return source
        }
        // A signal that comes before is lost.
        registered.wait()
    }

    /// Returns when there has been one.
    func first() async { await received.first() }

    private final class Received: Sendable {
        private let state = Mutex<(count: Int, waiting: CheckedContinuation<Void, Never>?)>((0, nil))

        func add() {
            let (count, waiting) = state.withLock { state in
                state.count += 1
                defer { state.waiting = nil }
                return (state.count, state.waiting)
            }
            if count > 1 { _exit(130) }
            waiting?.resume()
        }

        func first() async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.count == 0 { state.waiting = continuation }
                    return state.count > 0
                }
                if isThere { continuation.resume() }
            }
        }
    }
}
