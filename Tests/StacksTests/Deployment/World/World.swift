import ControlPlane
import EntityStore
import Foundation
import GatewayModel
import JSON
import LogStore
import Sealing
import Synchronization

@testable import Stacks

/// A control plane, tables and a store of stacks, as a server has them; what runs functions and serves calls stands in.
final class World: Management {
    let plane: ControlPlane
    let tables = TableStandIn()
    let logs: LogStore
    let store = KeptEntities()
    private let sealing = SealingKey()
    private let state = Mutex(State())

    private struct State {
        var changing: [String] = []
        /// The changing call that is refused.
        var refused: Int?
        /// The changing call from which on nothing is permitted, not even to read.
        var forbidden: Int?
        /// The changing call at which the server ends, and whether it is still carried out.
        var end: (call: Int, isCarriedOut: Bool)?
        var hasEnded = false
        var events: [String] = []
    }

    private let codeFolder = FileManager.default.temporaryDirectory.path + "/gatehouse-stacks-\(Identifiers.uuid())"

    init() throws {
        logs = try LogStore(
            path: nil, isDurable: false, account: AccountIdentity(),
            now: { Timestamp(milliseconds: 1_714_566_896_789) })
        plane = ControlPlane(
            settings: ControlPlaneSettings(
                account: AccountIdentity(), codeFolder: codeFolder,
                now: { Timestamp(milliseconds: 1_714_566_896_789) }, concurrentExecutions: 1000),
            store: MemoryStore(), traffic: IdleTraffic(), functionHost: IdleHost())
    }

    deinit { try? FileManager.default.removeItem(atPath: codeFolder) }

    /// Changing calls so far, as `POST /v2/apis`, or as the operation's name for tables.
    var changingCalls: [String] { state.withLock { $0.changing } }
    var events: [String] { state.withLock { $0.events } }

    func forgetCalls() {
        state.withLock {
            $0.changing = []
            $0.events = []
        }
    }

    func refuse(_ call: Int?) { state.withLock { $0.refused = call } }
    func forbid(from call: Int) { state.withLock { $0.forbidden = call } }
    func end(at call: Int, isCarriedOut: Bool) { state.withLock { $0.end = (call, isCarriedOut) } }

    /// The server is started again.
    func start() {
        state.withLock {
            $0.end = nil
            $0.hasEnded = false
        }
        store.isRefusing = false
    }

    func call(_ request: WireRequest) async -> WireResponse {
        let operation = request.header("x-amz-target")?.split(separator: ".").last.map(String.init)
        let action = Self.action(of: request)
        let isChanging =
            (operation ?? action).map { name in !["Describe", "Get", "List"].contains { name.hasPrefix($0) } }
            ?? (request.method != "GET")
        let path = request.path.split(separator: "/").joined(separator: "/")
        let (isAnswered, isCarriedOut) = state.withLock { state -> (Bool, Bool) in
            if state.hasEnded { return (false, false) }
            guard isChanging else { return (true, true) }
            let number = state.changing.count
            state.changing.append(operation ?? action ?? "\(request.method) /\(path)")
            if let end = state.end, end.call == number {
                state.hasEnded = true
                return (false, end.isCarriedOut)
            }
            return (state.refused != number, state.refused != number)
        }
        if let forbidden = state.withLock({ $0.forbidden }), changingCalls.count > forbidden {
            return WireResponse(status: 403, body: Array(#"{"message":"forbidden by the test"}"#.utf8))
        }
        var response = WireResponse(status: 500, body: Array(#"{"message":"refused by the test"}"#.utf8))
        if isCarriedOut {
            let answer =
                if let answer = await logs.answer(request) {
                    answer
                } else if let operation {
                    await tables.answer(operation, (try? JSONValue(parsing: request.body)) ?? .null)
                } else {
                    await plane.respond(to: request, allowsLocalCode: true)
                }
            if isAnswered { response = answer }
        }
        if state.withLock({ $0.hasEnded }) { store.isRefusing = true }
        return response
    }

    /// Of a form, such as IAM has them.
    private static func action(of request: WireRequest) -> String? {
        guard request.header("content-type")?.contains("form-urlencoded") == true else { return nil }
        let pairs = String(decoding: request.body, as: UTF8.self).split(separator: "&")
        return pairs.first { $0.hasPrefix("Action=") }.map { String($0.dropFirst("Action=".count)) }
    }

    func draft() async -> any Management {
        Draft(
            plane: plane.draft { _ in }, tables: TableStandIn(copying: await tables.tables), logs: try? logs.draft())
    }

    private struct Draft: Management {
        let plane: ControlPlane
        let tables: TableStandIn
        let logs: LogStore?

        func call(_ request: WireRequest) async -> WireResponse {
            if let answer = await logs?.answer(request) { return answer }
            guard let operation = request.header("x-amz-target")?.split(separator: ".").last else {
                return await plane.respond(to: request, allowsLocalCode: true)
            }
            return await tables.answer(String(operation), (try? JSONValue(parsing: request.body)) ?? .null)
        }

        func draft() async -> any Management { self }
    }

    func engine(
        code: any CodeSource = FilesAsCode(DiskFiles()), exports: any StackExports = NoExports()
    ) -> StackEngine {
        StackEngine(
            management: self, code: code, journal: StackStore(store, sealing: sealing), exports: exports,
            now: { Timestamp(milliseconds: 1_714_566_896_789) },
            onEvent: { [self] event in
                state.withLock { $0.events.append("\(event.logicalId) \(event.status)") }
            })
    }

    /// Deploys over what the store has.
    @discardableResult
    func deploy(
        _ template: String, code: any CodeSource = FilesAsCode(DiskFiles()),
        options: DeploymentOptions = DeploymentOptions()
    ) async throws -> StackResult {
        let stored = try await StackStore(store, sealing: sealing).load().first
        return try await engine(code: code).deploy(
            try plan(template), over: stored?.record, options: options, after: stored?.steps ?? [])
    }

    var record: StackRecord? { get async throws { try await StackStore(store, sealing: sealing).load().first?.record } }

    func keep(_ record: StackRecord) async throws { try await StackStore(store, sealing: sealing).save(record) }

    /// What the server does with stacks at its start.
    func recover() async throws {
        for (record, steps) in try await StackStore(store, sealing: sealing).load() {
            _ = try await engine().recover(record, steps: steps, account: AccountIdentity())
        }
    }
}

extension LogStore {
    /// Nil when the request is for another service.
    fileprivate func answer(_ request: WireRequest) async -> WireResponse? {
        let prefix = "Logs_20140328."
        guard let target = request.header("x-amz-target"), target.hasPrefix(prefix) else { return nil }
        let operation = String(target.dropFirst(prefix.count))
        switch await respond(to: operation, request.body, systemTags: request.systemTags) {
        case .body(let body): return WireResponse(status: 200, body: body.isEmpty ? [] : JSONValue.object(body).bytes)
        case .failed(let error):
            return WireResponse(status: error.status, body: JSONValue.object(error.body).bytes)
        case .liveTail: return WireResponse(status: 500)
        }
    }
}

/// A store in memory that stops to keep anything.
final class KeptEntities: EntityStore {
    private let memory = MemoryStore()
    private let refusing = Mutex(false)

    var isRefusing: Bool {
        get { refusing.withLock { $0 } }
        set { refusing.withLock { $0 = newValue } }
    }

    var isEmpty: Bool { get async throws { try await load(["stack"]).roots.isEmpty } }

    func commit(
        _ changes: [EntityChange], expecting expected: [RootID: UInt64],
        installed: @escaping @Sendable (UInt64) -> Void
    ) async throws(StoreError) -> UInt64 {
        if isRefusing { throw .failed("refused by the test") }
        return try await memory.commit(changes, expecting: expected, installed: installed)
    }

    func changes(
        after number: UInt64, in types: [String], seen: @escaping @Sendable (StoredRoots) -> Void
    ) async throws(StoreError) {
        try await memory.changes(after: number, in: types, seen: seen)
    }
}

private struct IdleTraffic: Traffic {
    struct Prepared: PreparedTraffic {
        func publish() async {}
    }

    func prepare(_ stages: [StageDefinition], removing: [StageKey]) throws(TrafficError) -> any PreparedTraffic {
        Prepared()
    }
}

private struct IdleHost: FunctionHost {
    func publish(_ function: Lambda.FunctionDefinition) async {}
    func remove(functionName: String) async {}
    func invoke(_ invocation: Lambda.Invocation) async -> Lambda.InvocationOutcome { .notFound }
    func stream(_ invocation: Lambda.Invocation) async -> Lambda.StreamOutcome { .notFound }
    func rehearse(_ function: Lambda.FunctionDefinition, isNeeded: Bool) async throws(InitError) {}
}
