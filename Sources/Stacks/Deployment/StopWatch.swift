import Synchronization

/// Does something when an operation is stopped while a step of it waits.
final class StopWatch: Sendable {
    private let task: Task<Void, Never>?
    private let stopped: Stopped

    /// - Parameter stop: returns when the operation is stopped; nil: it is never.
    init(_ stop: (@Sendable () async -> Void)?, then act: @escaping @Sendable () async -> Void) {
        let stopped = Stopped()
        self.stopped = stopped
        task = stop.map { stop in
            Task {
                await stop()
                guard !Task.isCancelled else { return }
                stopped.value.withLock { $0 = true }
                await act()
            }
        }
    }

    var hasStopped: Bool { stopped.value.withLock { $0 } }

    /// The step is over.
    func end() { task?.cancel() }

    private final class Stopped: Sendable {
        let value = Mutex(false)
    }
}
