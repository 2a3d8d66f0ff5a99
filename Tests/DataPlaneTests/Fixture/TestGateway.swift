import DataPlane
import GatewayModel
import HTTPFront
import NIOCore
import NIOPosix
import Synchronization

/// A data plane of one event loop behind a listener on loopback, with stand-ins for what it needs of others.
struct TestGateway {
    let plane: DataPlane
    let port: Int
    /// The function `f`.
    let function: StandInFunction
    let logs: StandInLogs
    let summaries: Summaries

    static let notFound = #"{"message":"Not Found"}"#
    static let unavailable = #"{"message":"Service Unavailable"}"#
    static let serverError = #"{"message":"Internal Server Error"}"#

    final class Summaries: Sendable {
        private let kept = Mutex<[RequestSummary]>([])
        func keep(_ summary: RequestSummary) { kept.withLock { $0.append(summary) } }
        var all: [RequestSummary] { kept.withLock { $0 } }
    }

    static func serving(
        _ stages: TestAPI..., function: StandInFunction = StandInFunction(), others: [String: StandInFunction] = [:],
        names: StandInNames = StandInNames(), limits: CallLimits = .aws, _ body: (TestGateway) async throws -> Void
    ) async throws {
        var options = DataPlaneOptions(lookup: names.lookup)
        options.limits = limits
        try await serving(
            stages.map(\.definition), functions: others.merging(["f": function]) { other, _ in other }, function,
            options, loops: 1, body)
    }

    static func serving(
        _ api: TestRESTAPI, function: StandInFunction = StandInFunction(), options: DataPlaneOptions? = nil,
        loops: Int = 1, _ body: (TestGateway) async throws -> Void
    ) async throws {
        try await serving(
            [api.definition], functions: ["f": function], function, options ?? DataPlaneOptions(), loops: loops, body)
    }

    private static func serving(
        _ stages: [StageDefinition], functions: [String: StandInFunction], _ function: StandInFunction,
        _ options: DataPlaneOptions, loops: Int, _ body: (TestGateway) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let logs = StandInLogs()
        let summaries = Summaries()
        var options = options
        options.onRequest = { summaries.keep($0) }
        let plane = try await DataPlane(
            group: group, functions: StandInFunctions(functions: functions), accessLogs: logs, options: options)
        try await plane.prepare(stages, removing: []).publish()
        let server = try await HTTPServer(group: group)
        let address = try await server.listen(Listener(host: "127.0.0.1", port: 0) { plane.exchange(on: $0) })
        let gateway = TestGateway(
            plane: plane, port: address.port ?? 0, function: function, logs: logs, summaries: summaries)
        let result: Result<Void, any Error>
        do { result = .success(try await body(gateway)) } catch { result = .failure(error) }
        await server.drain(timeout: .zero)
        try await group.shutdownGracefully()
        try result.get()
    }

    func publish(_ stages: TestAPI..., removing removed: [StageKey] = []) async throws {
        try await plane.prepare(stages.map(\.definition), removing: removed).publish()
    }

    func publish(_ api: TestRESTAPI) async throws {
        try await plane.prepare([api.definition], removing: []).publish()
    }

    func connect(receiveBuffer: Int32? = nil, _ talk: (inout Wire) async throws -> Void) async throws {
        try await Wire.connect(port: port, receiveBuffer: receiveBuffer, talk)
    }

    /// One request on a connection of its own. `fields` are lines without their ends.
    func call(
        _ method: String = "GET", _ target: String, host: String = TestAPI.host, _ fields: [String] = [],
        body: String? = nil
    ) async throws -> Message {
        var answer: Message?
        try await connect { wire in
            try await wire.send(Self.request(method, target, host: host, fields, body: body))
            answer = try await wire.message(hasBody: method != "HEAD")
        }
        guard let answer else { throw Wire.Ended(description: "no answer") }
        return answer
    }

    static func request(
        _ method: String = "GET", _ target: String, host: String = TestAPI.host, _ fields: [String] = [],
        body: String? = nil
    ) -> String {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)"] + fields
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    /// The access log entries so far.
    func entries() async -> [String] {
        await plane.flushLogs()
        return logs.named(TestAPI.logGroup).lines
    }
}
