import Dispatch
import Synchronization

/// Writes to disk off the event loops, in order. Beyond a bound of what waits, the disk is slower than its writers, and
/// they wait for it.
final class WriteQueue: Sendable {
    private let queue: DispatchQueue
    private let waiting = Atomic<Int>(0)

    private static let waitingBytes = 67_108_864

    init(label: String) { queue = DispatchQueue(label: label) }

    func write(bytes count: Int, _ work: @escaping @Sendable () -> Void) {
        waiting.wrappingAdd(count, ordering: .relaxed)
        queue.async { [self] in
            work()
            waiting.wrappingSubtract(count, ordering: .relaxed)
        }
        if waiting.load(ordering: .relaxed) > Self.waitingBytes { flush() }
    }

    /// Waits until everything handed over is written.
    func flush() { queue.sync {} }
}
