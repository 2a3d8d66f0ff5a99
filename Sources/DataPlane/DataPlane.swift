package import GatewayModel
package import HTTPFront
package import NIOCore
package import NIOPosix
import Synchronization

/// The data plane: one worker per event loop, and the snapshot that all of them serve.
package final class DataPlane: Sendable {
    private struct Published {
        var generation = 0
        var stages: [V2.StageKey: CompiledStage] = [:]
        /// By stage, the number of the preparation that it was last changed by.
        var preparations: [V2.StageKey: Int] = [:]
        var lastPreparation = 0
    }

    private let workers: [ObjectIdentifier: NIOLoopBound<LoopWorker>]
    private let compiler: StageCompiler
    private let registry = Registry()
    private let published = Mutex(Published())

    package init(
        group: MultiThreadedEventLoopGroup, functions: any FunctionDirectory, accessLogs: any AccessLogDirectory,
        options: DataPlaneOptions
    ) async throws {
        var workers: [ObjectIdentifier: NIOLoopBound<LoopWorker>] = [:]
        for loop in group.makeIterator() {
            let registry = registry
            workers[ObjectIdentifier(loop)] = try await loop.submit {
                NIOLoopBound(LoopWorker(eventLoop: loop, options: options, registry: registry), eventLoop: loop)
            }.get()
        }
        self.workers = workers
        compiler = StageCompiler(functions: functions, registry: registry, accessLogs: accessLogs)
    }

    /// The service of a connection that carries API calls. Called on the connection's loop.
    package func exchange(on loop: any EventLoop) -> Exchange {
        guard let worker = workers[ObjectIdentifier(loop)]?.value else {
            preconditionFailure("a connection came from an event loop of another group")
        }
        return Exchange(worker: worker)
    }

    package static func isAPICall(_ head: RequestHead) -> Bool { Routing.isAPICall(head) }

    /// The number of the last swap.
    package var generation: Int { published.withLock(\.generation) }

    // MARK: Publishing

    /// Stages compiled and waiting to serve.
    package struct Prepared: Sendable {
        fileprivate let stages: [CompiledStage]
        fileprivate let removed: [V2.StageKey]
        /// Counts preparations: of two, the later one stands, in whatever order they are published.
        fileprivate let number: Int
        fileprivate let plane: DataPlane

        /// Puts the stages in service; returns when every loop serves them.
        package func publish() async { await plane.publish(self) }
    }

    package func prepare(
        _ definitions: [V2.StageDefinition], removing removed: [V2.StageKey]
    ) throws(CompileError) -> Prepared {
        let (number, current) = published.withLock { state in
            state.lastPreparation += 1
            return (state.lastPreparation, state.stages)
        }
        var stages: [CompiledStage] = []
        for definition in definitions {
            let key = V2.StageKey(apiId: definition.apiId, stageName: definition.stage.stageName)
            stages.append(try compiler.compile(definition, previous: current[key]))
        }
        return Prepared(stages: stages, removed: removed, number: number, plane: self)
    }

    /// Makes the next number of a snapshot with the same stages.
    package func swapForNothing() async {
        let number = published.withLock(\.lastPreparation)
        await publish(Prepared(stages: [], removed: [], number: number, plane: self))
    }

    private func publish(_ prepared: Prepared) async {
        // Every loop gets the snapshots in the order in which they were made: the hand-over is under the lock.
        let swaps: [EventLoopFuture<Void>] = published.withLock { state in
            let changes = prepared.removed.map { ($0, nil) } + prepared.stages.map { ($0.key, $0 as CompiledStage?) }
            for (key, stage) in changes where state.preparations[key, default: 0] < prepared.number {
                state.preparations[key] = prepared.number
                state.stages[key] = stage
            }
            state.generation += 1
            let snapshot = Snapshot(generation: state.generation, stages: state.stages)
            return workers.values.map { bound in
                bound.eventLoop.submit { bound.value.serve(snapshot) }
            }
        }
        for swap in swaps { try? await swap.get() }
    }

    // MARK: Metrics and the end

    /// The counters of every stage, all loops together.
    package func metrics() async -> [(key: V2.StageKey, metrics: StageMetrics)] {
        var totals: [Int: StageMetrics] = [:]
        for bound in workers.values {
            let counters = (try? await bound.eventLoop.submit { bound.value.metrics }.get()) ?? []
            for (slot, metrics) in counters.enumerated() { totals[slot, default: StageMetrics()].merge(metrics) }
        }
        return registry.stages.compactMap { stage in totals[stage.slot].map { (stage.key, $0) } }
    }

    /// Hands all access log lines to their sinks.
    package func flushLogs() async {
        for bound in workers.values { try? await bound.eventLoop.submit { bound.value.flushLogs() }.get() }
    }
}
