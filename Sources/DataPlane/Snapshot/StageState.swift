import GatewayModel
import NIOCore
import Synchronization

/// What a stage has beyond its versions: its counters, one set for each event loop.
///
/// All versions of a stage hold the same object, which goes with the last of them.
final class StageState: Sendable {
    let key: StageKey
    /// By the number of the loop; each is touched on its loop only.
    let metrics: [NIOLoopBoundBox<StageMetrics>]
    let canarySplit = CanarySplit()
    /// What authorizers say stands while this is the same number. No two stages have the same one, nor one twice: not
    /// even a stage that is made again.
    let authorizerEpoch = Atomic<Int>(0)
    /// By method or route. Asked while compiling only.
    private let buckets = Mutex(KnownBuckets())  // hot path: not for requests
    private let methods = Mutex(KnownMethodMetrics())  // hot path: not for requests
    private let number: Int
    private let states: StageStates

    fileprivate init(key: StageKey, number: Int, states: StageStates, loops: [any EventLoop]) {
        self.key = key
        self.number = number
        self.states = states
        authorizerEpoch.store(states.nextEpoch, ordering: .relaxed)
        metrics = loops.map { NIOLoopBoundBox.makeBoxSendingValue(StageMetrics(), eventLoop: $0) }
    }

    /// The bucket of a method; one with other settings begins full.
    func bucket(_ method: String, rate: Double, burst: Int) -> TokenBucket {
        buckets.withLock { buckets in
            if let known = buckets[method], known.rate == rate, known.burst == burst { return known }
            let bucket = TokenBucket(rate: rate, burst: burst)
            buckets[method] = bucket
            return bucket
        }
    }

    /// The counters of a method or route; nil where there are too many.
    func methodMetrics(resource: String, method: String) -> MethodMetrics? {
        let name = method + " " + resource
        return methods.withLock { methods in
            if let known = methods[name] { return known }
            let metrics = states.methodCount.metrics(resource: resource, method: method, loops: states.loops)
            if let metrics { methods[name] = metrics }
            return metrics
        }
    }

    /// Of those that are counted by themselves.
    var methodMetrics: [MethodMetrics] { methods.withLock(\.all) }

    /// Those that some version of the stage still has.
    private struct KnownBuckets {
        private struct Entry { weak var bucket: TokenBucket? }

        private var entries: [String: Entry] = [:]
        private var nextSweep = 64

        subscript(name: String) -> TokenBucket? {
            get { entries[name]?.bucket }
            set {
                entries[name] = Entry(bucket: newValue)
                guard entries.count >= nextSweep else { return }
                entries = entries.filter { $0.value.bucket != nil }
                nextSweep = 2 * max(32, entries.count)
            }
        }
    }

    /// A cache that nothing is in.
    func makeCache(clusterSize: String) -> StageCache {
        StageCache(clusterSize: clusterSize, states.cache, loops: states.loops)
    }

    /// Gives up what authorizers have said, and what they are about to say.
    func forgetAuthorizers() { authorizerEpoch.store(states.nextEpoch, ordering: .relaxed) }

    deinit { states.known.forget(key, number) }
}

/// The states of all stages. Asked while compiling.
final class StageStates: Sendable {
    fileprivate let known = KeyedObjects<StageKey, StageState>()
    fileprivate let loops: [any EventLoop]
    let methodCount = MethodCount()
    private let epochs = Atomic<Int>(0)
    fileprivate var nextEpoch: Int { epochs.add(1, ordering: .relaxed).newValue }
    fileprivate let cache: CacheSettings

    init(loops: [any EventLoop], cache: CacheSettings = CacheSettings()) {
        self.loops = loops
        self.cache = cache
    }

    func state(of key: StageKey) -> StageState {
        known.object(key) { StageState(key: key, number: $0, states: self, loops: loops) }
    }
}
