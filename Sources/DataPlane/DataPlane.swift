package import Callers
package import GatewayModel
package import HTTPFront
package import NIOCore
package import NIOPosix
import Synchronization

/// The data plane: one worker per event loop, and the snapshot that all of them serve.
package final class DataPlane: Sendable {
    private struct Published {
        var snapshot = Snapshot.empty
        var lastPreparation = 0
        /// Preparations that may still be published.
        var open: Set<Int> = []
        /// By stage, the preparation that took it out of service; kept while an older one is open.
        var removals: [StageKey: Int] = [:]

        mutating func beginPreparation() -> Int {
            lastPreparation += 1
            open.insert(lastPreparation)
            return lastPreparation
        }

        mutating func endPreparation(_ number: Int) {
            open.remove(number)
            guard !removals.isEmpty else { return }
            let oldest = open.min() ?? .max
            removals = removals.filter { $0.value > oldest }
        }

        /// Whether the stage has not been changed by a later preparation.
        func mayChange(_ key: StageKey, _ number: Int) -> Bool {
            (snapshot.stage(key)?.preparation ?? 0) < number && removals[key, default: 0] < number
        }
    }

    let workers: [ObjectIdentifier: NIOLoopBound<LoopWorker>]
    let compiler: StageCompiler
    /// What it compiles is called once, by whoever tests it: its states are nobody else's.
    let testCompiler: StageCompiler
    let openTests = Atomic<Int>(0)
    private let published = Mutex(Published())  // hot path: only whoever publishes comes here
    let retired = RetiredStages()
    /// What keys have used of their usage plans.
    package let meters = UsageMeters()

    package init(
        group: MultiThreadedEventLoopGroup, functions: any FunctionDirectory, accessLogs: any AccessLogDirectory,
        issuers: (any IssuerDirectory)? = nil, options: DataPlaneOptions
    ) async throws {
        var workers: [ObjectIdentifier: NIOLoopBound<LoopWorker>] = [:]
        var numbered: [NIOLoopBound<LoopWorker>] = []
        let origins = Origins()
        let names = NameResolver(lookup: options.lookup)
        let loops = Array(group.makeIterator())
        for (number, loop) in loops.enumerated() {
            let worker = try await loop.submit {
                NIOLoopBound(
                    LoopWorker(eventLoop: loop, number: number, options: options, origins: origins, names: names),
                    eventLoop: loop)
            }.get()
            workers[ObjectIdentifier(loop)] = worker
            numbered.append(worker)
        }
        self.workers = workers
        let peers = WorkerPeers(numbered)
        for worker in numbered { try await worker.eventLoop.submit { worker.value.peers = peers }.get() }
        compiler = StageCompiler(
            functions: functions, accessLogs: accessLogs, origins: origins,
            states: StageStates(loops: loops, cache: options.cache), authorizers: issuers.map(AuthorizerCompiler.init),
            services: options.services)
        testCompiler = StageCompiler(
            functions: functions, accessLogs: accessLogs, origins: origins, states: StageStates(loops: loops),
            services: options.services)
    }

    /// The service of a connection that carries API calls. Called on the connection's loop.
    package func exchange(on loop: any EventLoop) -> Exchange { Exchange(worker: worker(of: loop)) }

    func worker(of loop: any EventLoop) -> LoopWorker {
        guard let worker = workers[ObjectIdentifier(loop)]?.value else {
            preconditionFailure("a connection came from an event loop of another group")
        }
        return worker
    }

    package static func isAPICall(_ head: RequestHead) -> Bool { Hosts.isAPICall(head) }

    /// The number of the last swap.
    package var generation: Int { published.withLock(\.snapshot.generation) }

    // MARK: Publishing

    /// Stages compiled and waiting to serve.
    package final class Prepared: Sendable {
        fileprivate let stages: [CompiledStage]
        fileprivate let removed: [StageKey]
        /// Counts preparations: of two, the later one stands, in whatever order they are published.
        fileprivate let number: Int
        private let plane: DataPlane

        fileprivate init(stages: [CompiledStage], removed: [StageKey], number: Int, plane: DataPlane) {
            self.stages = stages
            self.removed = removed
            self.number = number
            self.plane = plane
        }

        deinit { plane.end(number) }

        /// By stage of a REST API, what of it can only be called in vain.
        package var calledInVain: [CalledInVain] {
            stages.compactMap { stage in
                stage.rest.map { rest in
                    CalledInVain(
                        key: stage.key,
                        methods: (rest.deployment.methods + (rest.canary?.methods ?? [])).compactMap { method in
                            guard case .invalid(let reason) = method.integration else { return nil }
                            return (method.name, reason)
                        })
                }
            }
        }

        /// Puts the stages in service; returns when every loop serves them.
        package func publish() async { await plane.publish(self) }
    }

    package func prepare(
        _ definitions: [StageDefinition], removing removed: [StageKey]
    ) throws(CompileError) -> Prepared {
        let (number, current) = published.withLock { ($0.beginPreparation(), $0.snapshot) }
        var stages: [CompiledStage] = []
        do throws(CompileError) {
            for definition in definitions {
                let previous = current.stage(definition.key)
                stages.append(try compiler.compile(definition, previous: previous, preparation: number))
            }
        } catch {
            end(number)
            throw error
        }
        return Prepared(stages: stages, removed: removed, number: number, plane: self)
    }

    private func end(_ preparation: Int) { published.withLock { $0.endPreparation(preparation) } }

    /// Makes the next number of a snapshot with the same stages.
    package func swapForNothing() async { await publish(nil) }

    /// Puts API keys and usage plans in service; returns when every loop knows them.
    ///
    /// - Parameter changes: asked under the lock, so that of two changes the later one is read, and served, later.
    package func publishKeys(_ changes: @Sendable () -> REST.KeyChanges) async {
        await replace { $0.next($0.keys.applying(changes(), meters)) }
    }

    /// Puts callers in service; returns when every loop knows them.
    ///
    /// - Parameter callers: asked under the lock, so that of two changes the later one is served later.
    package func publish(callers: @Sendable () -> CallerDirectory) async {
        await replace { $0.next(callers()) }
    }

    /// Puts a snapshot with the same stages in service; returns when every loop has it.
    ///
    /// - Parameter next: called under the lock.
    private func replace(_ next: @Sendable (Snapshot) -> Snapshot) async {
        let (swaps, old) = published.withLock { state in
            let old = state.snapshot
            state.snapshot = next(old)
            return (swap(to: state.snapshot), old)
        }
        for swap in swaps { try? await swap.get() }
        retired.add([], old)
    }

    private func swap(to snapshot: Snapshot) -> [EventLoopFuture<Void>] {
        workers.values.map { bound in bound.eventLoop.submit { bound.value.serve(snapshot) } }
    }

    private func publish(_ prepared: Prepared?) async {
        // Every loop gets the snapshots in the order in which they were made: the hand-over is under the lock.
        let (swaps, old, replaced) = published.withLock { state in
            let old = state.snapshot
            var changed: [CompiledStage] = []
            var removed: [StageKey] = []
            if let prepared {
                changed = prepared.stages.filter { state.mayChange($0.key, prepared.number) }
                removed = prepared.removed.filter { state.mayChange($0, prepared.number) }
                for stage in changed { state.removals[stage.key] = nil }
                for key in removed { state.removals[key] = prepared.number }
            }
            let snapshot = old.next(changed, removing: removed)
            state.snapshot = snapshot
            return (swap(to: snapshot), old, (changed.map(\.key) + removed).compactMap { old.stage($0) })
        }
        // The old ones are held here meanwhile, so that no loop is the last to let go of them.
        for swap in swaps { try? await swap.get() }
        retired.add(replaced, old)
    }

    /// Gives up all that a stage of a REST API has cached; returns when nothing of it answers any more.
    package func flushCache(of key: StageKey) async {
        let stage = published.withLock(\.snapshot).stage(key)
        for flush in stage?.rest?.cache?.flush() ?? [] { try? await flush.get() }
    }

    /// Gives up what authorizers have said for a stage.
    package func flushAuthorizers(of key: StageKey) {
        published.withLock(\.snapshot).stage(key)?.state.forgetAuthorizers()
    }

    // MARK: Metrics and the end

    /// The counters of every stage that serves, and of its methods, all loops together.
    package func metrics() async -> [StageFigures] {
        let states = published.withLock(\.snapshot).stages.map(\.state)
        let methods = states.map(\.methodMetrics)
        var totals = zip(states, methods).map { state, methods in
            StageFigures(
                key: state.key,
                methods: methods.map { StageFigures.Method(resource: $0.resource, method: $0.method) })
        }
        for bound in workers.values {
            let counted = try? await bound.eventLoop.submit {
                let number = bound.value.number
                return zip(states, methods).map { state, methods in
                    (state.metrics[number].value, methods.map { $0.loops[number].value })
                }
            }.get()
            for (index, (stage, methods)) in (counted ?? []).enumerated() {
                totals[index].metrics.merge(stage)
                for (position, method) in methods.enumerated() {
                    totals[index].methods[position].metrics.merge(method)
                }
            }
        }
        return totals
    }

    /// How many methods were to be counted by themselves and are not, since there are too many.
    package var uncountedMethods: Int { compiler.states.methodCount.refused }

    /// Waits for the events of WebSocket APIs that are under way.
    package func endEvents(within time: TimeAmount) async {
        for bound in workers.values {
            let loop = bound.eventLoop
            try? await loop.flatSubmit {
                let settled = bound.value.clients.settled()
                let over = loop.makePromise(of: Void.self)
                let timer = loop.scheduleTask(in: time) { over.succeed() }
                settled.whenComplete { _ in
                    timer.cancel()
                    over.succeed()
                }
                return over.futureResult
            }.get()
        }
    }

    /// Hands all access log lines to their sinks.
    package func flushLogs() async {
        for bound in workers.values { try? await bound.eventLoop.submit { bound.value.flushLogs() }.get() }
    }
}

/// The methods of a stage whose integrations cannot be called, whatever a request says.
package struct CalledInVain: Sendable {
    package let key: StageKey
    package let methods: [(name: String, reason: String)]

    package init(key: StageKey, methods: [(name: String, reason: String)]) {
        self.key = key
        self.methods = methods
    }
}
