import Dispatch
import Synchronization

/// Makes many files durable, many at a time: a disk's journal takes together what waits for it together, so that 20,000
/// files are a second and not half a minute. All of them are on the disk when this returns.
final class ManySyncs: Sendable {
    private let paths: [String]
    private let next = Atomic<Int>(0)
    private let failure = Mutex<PackageError?>(nil)
    private let working = DispatchGroup()

    /// More than this at once gain nothing on a disk with one journal.
    private static let threads = 16
    /// A thread is worth its start for this many files.
    private static let filesPerThread = 8

    private init(_ paths: [String]) { self.paths = paths }

    static func run(_ paths: [String]) throws(PackageError) {
        let all = ManySyncs(paths)
        for _ in 1..<max(1, min(threads, paths.count / filesPerThread)) {
            DispatchQueue.global().async { all.work() }
        }
        // This thread works, too: it waits for no helper that has not begun.
        all.work()
        all.working.wait()
        if let failure = all.failure.withLock({ $0 }) { throw failure }
    }

    private func work() {
        // Before the first file is taken, so that whoever finds none left waits for this one.
        working.enter()
        defer { working.leave() }
        while true {
            let position = next.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
            guard position < paths.count else { return }
            do throws(PackageError) { try Files.sync(paths[position]) } catch {
                failure.withLock { $0 = $0 ?? error }
                return
            }
        }
    }
}
