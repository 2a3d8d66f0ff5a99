import Callers
import DataPlane
import NIOCore
import Synchronization

/// Tables that keep what they are asked, and answer as they are told.
final class StandInTables: TableTarget {
    private struct State {
        var asked: [String] = []
        var callers: [String?] = []
        var held: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let status: Int
    private let body: String
    private let holds: Bool

    /// - Parameter holds: answers only when `release` says so.
    init(_ status: Int = 200, _ body: String = "{}", holds: Bool = false) {
        self.status = status
        self.body = body
        self.holds = holds
    }

    /// The operations with their bodies.
    var asked: [String] { state.withLock(\.asked) }

    /// As whom they were asked, by their ARNs.
    var callers: [String?] { state.withLock(\.callers) }

    func release() { for answer in state.withLock({ exchange(&$0.held) }) { answer() } }

    private func exchange(_ held: inout [@Sendable () -> Void]) -> [@Sendable () -> Void] {
        defer { held = [] }
        return held
    }

    func answer(
        _ operation: String, _ body: ByteBuffer, as caller: Caller?, on loop: any EventLoop,
        completion: @escaping @Sendable (ServiceAnswer) -> Void
    ) {
        let answer = ServiceAnswer(
            status: status, requestId: "REQUEST",
            fields: "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: REQUEST\r\n",
            body: ByteBuffer(string: self.body))
        state.withLock { state in
            state.asked.append("\(operation) \(String(buffer: body))")
            state.callers.append(caller?.arn)
            if holds { state.held.append { completion(answer) } }
        }
        if !holds { completion(answer) }
    }
}
