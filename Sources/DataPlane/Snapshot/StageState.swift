import GatewayModel
import NIOCore

/// What a stage has beyond its versions: its counters, one set for each event loop.
///
/// All versions of a stage hold the same object, which goes with the last of them.
final class StageState: Sendable {
    let key: StageKey
    /// By the number of the loop; each is touched on its loop only.
    let metrics: [NIOLoopBoundBox<StageMetrics>]
    private let number: Int
    private let states: StageStates

    fileprivate init(key: StageKey, number: Int, states: StageStates, loops: [any EventLoop]) {
        self.key = key
        self.number = number
        self.states = states
        metrics = loops.map { NIOLoopBoundBox.makeBoxSendingValue(StageMetrics(), eventLoop: $0) }
    }

    deinit { states.known.forget(key, number) }
}

/// The states of all stages. Asked while compiling.
final class StageStates: Sendable {
    fileprivate let known = KeyedObjects<StageKey, StageState>()
    private let loops: [any EventLoop]

    init(loops: [any EventLoop]) { self.loops = loops }

    func state(of key: StageKey) -> StageState {
        known.object(key) { StageState(key: key, number: $0, states: self, loops: loops) }
    }
}
