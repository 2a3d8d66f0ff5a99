import Foundation
import GatewayModel
import JSON
import Synchronization

@testable import LogStore

/// A clock that goes when it is told to.
final class TestClock: Sendable {
    private let time = Mutex<Int64>(1_790_000_000_000)

    var now: Int64 { time.withLock(\.self) }
    func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

/// A store in memory, with a group `g` and a stream `s` in it, and its clock.
struct TestLogs {
    let store: LogStore
    let clock = TestClock()

    init(path: String? = nil, storageBytes: Int64? = nil) async throws {
        let clock = clock
        store = try LogStore(
            path: path, isDurable: false, account: AccountIdentity(), storageBytes: storageBytes,
            now: { Timestamp(milliseconds: clock.now) })
        try await call("CreateLogGroup", ["logGroupName": "g"])
        try await call("CreateLogStream", ["logGroupName": "g", "logStreamName": "s"])
    }

    @discardableResult
    func call(_ operation: String, _ members: JSONObject) async throws -> JSONObject {
        switch await store.respond(to: operation, JSONValue.object(members).bytes) {
        case .body(let body): return body
        case .failed(let error): throw error
        case .liveTail: return [:]
        }
    }

    func put(_ messages: String..., to stream: String = "s", at time: Int64? = nil) async throws {
        let time = time ?? clock.now
        try await call(
            "PutLogEvents",
            [
                "logGroupName": "g", "logStreamName": .string(stream),
                "logEvents": .array(
                    messages.map { ["timestamp": .number(Int(time)), "message": .string($0)] }),
            ])
    }

    func found(_ more: JSONObject = [:]) async throws -> [String] {
        var members: JSONObject = ["logGroupName": "g"]
        for (name, value) in more { members[name] = value }
        return Self.messages(try await call("FilterLogEvents", members))
    }

    static func opened(_ path: String) throws -> LogStore {
        try LogStore(
            path: path, isDurable: true, account: AccountIdentity(),
            now: { Timestamp(milliseconds: 1_790_000_000_000) })
    }

    /// Of what an operation on the group `g` lists.
    static func names(
        _ store: LogStore, _ operation: String, _ list: String, _ name: String
    ) async throws -> [String] {
        let body = operation == "DescribeLogGroups" ? "{}" : #"{"logGroupName": "g"}"#
        guard case .body(let answer) = await store.respond(to: operation, Array(body.utf8)) else {
            throw LogError.noGroup
        }
        return (answer[list]?.array ?? []).compactMap { $0[name]?.string }
    }

    static func messages(_ answer: JSONObject) -> [String] {
        (answer["events"]?.array ?? []).compactMap { $0["message"]?.string }
    }
}
