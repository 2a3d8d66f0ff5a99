import EntityStore
import Foundation
import GatewayModel
import JSON
import Synchronization
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

/// A control plane with functions only: a store that can be read back, a host that notes what it is told, and a folder
/// of its own that goes when the test ends.
struct LambdaPlane {
    static let account = AccountIdentity(accountId: "123456789012", region: "eu-central-1")
    static let role = "arn:aws:iam::123456789012:role/functions"

    let plane: ControlPlane
    let host: RecordingHost
    let traffic = NotingTraffic()
    let store: TryingStore
    let codeFolder: String
    private let folder: TemporaryFolder

    init(
        store: TryingStore = TryingStore(), folder: TemporaryFolder = TemporaryFolder(),
        dependencies: (any FunctionDependencies)? = nil, concurrentExecutions: Int = 1000,
        objects: (any CodeObjects)? = nil
    ) {
        host = RecordingHost()
        self.store = store
        self.folder = folder
        codeFolder = folder.path + "/functions"
        var settings = ControlPlaneSettings(
            account: Self.account, codeFolder: codeFolder,
            now: { Timestamp(milliseconds: 1_714_566_896_789) }, dependencies: dependencies,
            concurrentExecutions: concurrentExecutions)
        settings.objects = objects
        plane = ControlPlane(
            settings: settings,
            store: store, traffic: traffic, functionHost: host)
    }

    /// Waits until folders that nothing holds are gone.
    func settle() { plane.snapshots.folders.settle() }

    /// A second plane on the same store and folder, as after a restart.
    func restarted(concurrentExecutions: Int = 1000) async throws -> LambdaPlane {
        let next = LambdaPlane(store: store, folder: folder, concurrentExecutions: concurrentExecutions)
        try await next.plane.start()
        return next
    }

    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: String = "",
        headers: [(name: String, value: String)] = [], payload: [UInt8] = [], allowsLocalCode: Bool = false
    ) async -> Answer {
        let request = WireRequest(
            method: method, path: path, query: query, headers: headers, body: body?.bytes ?? payload)
        return Answer(await plane.respond(to: request, allowsLocalCode: allowsLocalCode))
    }

    @discardableResult
    func create(
        _ name: String = "hello", _ members: JSONObject = [:], zip: [UInt8] = Zip.oneFile
    ) async -> Answer {
        var body: JSONObject = [
            "FunctionName": .string(name), "Runtime": "python3.12", "Handler": "handler.handler",
            "Role": .string(Self.role), "Code": ["ZipFile": .string(Base64.encode(zip))],
        ]
        for (key, value) in members { body[key] = value.isNull ? nil : value }
        return await call("POST", "/2015-03-31/functions", .object(body))
    }

    func get(_ name: String = "hello", query: String = "") async -> Answer {
        await call("GET", "/2015-03-31/functions/\(name)", query: query)
    }

    func update(_ name: String = "hello", _ members: JSONObject) async -> Answer {
        await call("PUT", "/2015-03-31/functions/\(name)/configuration", .object(members))
    }

    func publish(_ name: String = "hello", _ members: JSONObject = [:]) async -> Answer {
        await call("POST", "/2015-03-31/functions/\(name)/versions", .object(members))
    }

    func arn(_ name: String = "hello", _ qualifier: String? = nil) -> String {
        Self.account.functionARN(name, qualifier: qualifier)
    }

    /// Names under the function's folder of packages.
    func packages(of name: String = "hello") -> [String] {
        settle()
        return Files.list("\(codeFolder)/\(name)")
    }
}

struct Answer {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    init(_ response: WireResponse) {
        status = response.status
        headers = response.headers
        body = response.body
    }

    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    var errorType: String? { header("x-amzn-errortype") }
    /// Under either of its spellings.
    var message: String? { json["message"]?.string ?? json["Message"]?.string }

    subscript(member: String) -> JSONValue? { json[member] }

    /// Strings in an object by a path such as `Configuration.State`.
    func string(_ path: String) -> String? {
        path.split(separator: ".").reduce(json as JSONValue?) { $0?[String($1)] }?.string
    }
}

actor RecordingHost: FunctionHost {
    private(set) var published: [Lambda.FunctionDefinition] = []
    private(set) var removed: [String] = []
    private(set) var invocations: [Lambda.Invocation] = []
    private(set) var rehearsed: [Lambda.FunctionDefinition] = []
    /// For each of them, whether it was to be started even if nobody calls it.
    private(set) var needed: [Bool] = []
    private var initError: (@Sendable (_ codeFolder: String) -> InitError)?
    /// As a host does, it holds what each function runs now; beside these, what environments still run.
    private var held: [String: Lambda.FunctionDefinition] = [:]
    private var running: [Lambda.FunctionDefinition] = []
    private var outcome = Lambda.InvocationOutcome.success(
        payload: Array("null".utf8), executedVersion: "$LATEST", logTail: [])

    func rehearse(_ function: Lambda.FunctionDefinition, isNeeded: Bool) throws(InitError) {
        rehearsed.append(function.withoutHolding)
        needed.append(isNeeded)
        if let initError { throw initError(function.versions.first?.code.path ?? "") }
    }

    func failInit(with error: InitError) { initError = { _ in error } }
    func failRehearsals(_ error: @escaping @Sendable (_ codeFolder: String) -> InitError) { initError = error }

    /// Environments of the function as it is now live on, until `endAll`.
    func run(_ functionName: String = "hello") { if let function = held[functionName] { running.append(function) } }
    func endAll() { running = [] }

    func answer(with outcome: Lambda.InvocationOutcome) { self.outcome = outcome }
    func publish(_ function: Lambda.FunctionDefinition) {
        published.append(function.withoutHolding)
        held[function.functionName] = function
    }

    func remove(functionName: String) {
        removed.append(functionName)
        held[functionName] = nil
    }

    func invoke(_ invocation: Lambda.Invocation) -> Lambda.InvocationOutcome {
        invocations.append(invocation)
        return outcome
    }

    func stream(_ invocation: Lambda.Invocation) -> Lambda.StreamOutcome {
        invocations.append(invocation)
        switch outcome {
        case .success(let payload, let version, let logTail):
            return .began(
                contentType: "text/x", executedVersion: version,
                Pieces(parts: [.bytes(payload), .ended(error: nil, logTail: logTail)]))
        case .functionError(let payload, let version, let logTail):
            return .began(
                contentType: "text/x", executedVersion: version,
                Pieces(parts: [.ended(error: payload, logTail: logTail)]))
        case .throttled(let reason): return .throttled(reason)
        case .accepted, .notFound: return .notFound
        }
    }

    private actor Pieces: Lambda.AnswerPieces {
        private var parts: [Lambda.AnswerPiece]
        init(parts: [Lambda.AnswerPiece]) { self.parts = parts }
        func next() -> Lambda.AnswerPiece? { parts.isEmpty ? nil : parts.removeFirst() }
        nonisolated func discard() {}
    }

    func latest(_ functionName: String = "hello") -> Lambda.FunctionDefinition? {
        published.last { $0.functionName == functionName }
    }
}

extension Lambda.FunctionDefinition {
    fileprivate var withoutHolding: Self {
        let versions = versions.map { version in
            var version = version
            version.code = .init(version.code.path)
            return version
        }
        return Self(
            functionName: functionName, account: account, versions: versions, aliases: aliases,
            reservedConcurrency: reservedConcurrency, policies: policies)
    }
}
