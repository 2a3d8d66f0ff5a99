package import GatewayModel
import NIOCore
import Synchronization

/// The counters of one method of a REST API's stage, or of one route of an HTTP API's, where the stage's settings ask for
/// them: one set for each event loop.
final class MethodMetrics: Sendable {
    /// `/pets/{id}` and `GET`, or a route key and nothing.
    let resource: String
    let method: String
    /// By the number of the loop; each is touched on its loop only.
    let loops: [NIOLoopBoundBox<StageMetrics>]
    private let count: MethodCount

    /// So many are counted, over all APIs: each costs about a kilobyte for each loop, and some forty lines of what
    /// `/_gatehouse/metrics` answers.
    static let maximum = 5_000

    fileprivate init(resource: String, method: String, loops: [any EventLoop], count: MethodCount) {
        self.resource = resource
        self.method = method
        self.count = count
        self.loops = loops.map { NIOLoopBoundBox.makeBoxSendingValue(StageMetrics(), eventLoop: $0) }
    }

    deinit { count.giveBack() }
}

/// How many methods are counted, and how many could not be.
final class MethodCount: Sendable {
    private struct State {
        var counted = 0
        var refused = 0
    }

    private let state = Mutex(State())  // hot path: not for requests
    private let limit: Int

    init(limit: Int = MethodMetrics.maximum) { self.limit = limit }

    var refused: Int { state.withLock(\.refused) }

    func metrics(resource: String, method: String, loops: [any EventLoop]) -> MethodMetrics? {
        let isTaken = state.withLock { state in
            guard state.counted < limit else {
                state.refused += 1
                return false
            }
            state.counted += 1
            return true
        }
        return isTaken ? MethodMetrics(resource: resource, method: method, loops: loops, count: self) : nil
    }

    fileprivate func giveBack() { state.withLock { $0.counted -= 1 } }
}

/// Those that some version of a stage still has, by name.
struct KnownMethodMetrics {
    private struct Entry { weak var metrics: MethodMetrics? }

    private var entries: [String: Entry] = [:]
    private var nextSweep = 64

    var all: [MethodMetrics] { entries.values.compactMap(\.metrics) }

    subscript(name: String) -> MethodMetrics? {
        get { entries[name]?.metrics }
        set {
            entries[name] = Entry(metrics: newValue)
            guard entries.count >= nextSweep else { return }
            entries = entries.filter { $0.value.metrics != nil }
            nextSweep = 2 * max(32, entries.count)
        }
    }
}

/// What a stage has counted, all loops together.
package struct StageFigures: Sendable {
    package struct Method: Sendable {
        package let resource: String
        package let method: String
        package internal(set) var metrics = StageMetrics()
    }

    package let key: StageKey
    package internal(set) var metrics = StageMetrics()
    package internal(set) var methods: [Method] = []
}
