import DataPlane
import GatewayModel
import JSON
import NIOCore
import Synchronization

/// A function that keeps its events and answers as it is told.
final class StandInFunction: FunctionTarget {
    typealias Completion = @Sendable (FunctionOutcome) -> Void

    private struct State {
        var answers: [FunctionOutcome] = []
        var events: [[UInt8]] = []
        var traceIds: [[UInt8]] = []
        var requestIds: [String] = []
        var held: [Completion] = []
        var receive: (@Sendable (ByteBuffer) -> Void)?
        var enqueued: [String] = []
        var takesEvents = true
    }

    let policy: Lambda.ResourcePolicy
    private let state = Mutex(State())
    private let called = Signal()

    init(policy: Lambda.ResourcePolicy = .everybody) { self.policy = policy }

    /// One that answers with its name.
    static func naming(_ name: String) -> StandInFunction {
        let function = StandInFunction()
        function.answer(#"{"statusCode":200,"body":"\#(name)"}"#)
        return function
    }

    /// What the next calls return; the last one goes for all that follow. Without any, calls are held.
    func answer(_ outcomes: FunctionOutcome...) { answer(outcomes) }

    func answer(_ outcomes: [FunctionOutcome]) { state.withLock { $0.answers = outcomes } }

    func answer(_ payload: String) { answer(.success(ByteBuffer(string: payload))) }

    var events: [JSONValue] {
        get throws { try state.withLock(\.events).map { try JSONValue(parsing: $0) } }
    }

    /// The last event as it was written.
    var eventText: String { state.withLock { String(decoding: $0.events.last ?? [], as: UTF8.self) } }
    var requestIds: [String] { state.withLock(\.requestIds) }
    var traceIds: [String] { state.withLock { $0.traceIds.map { String(decoding: $0, as: UTF8.self) } } }

    /// Returns when the function has been called once more.
    func awaitCall() async throws { try await called.wait() }

    /// Answers the oldest call that is held.
    func release(_ payload: String) {
        let completion = state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }
        completion?(.success(ByteBuffer(string: payload)))
    }

    /// Ends the oldest call that is held.
    func release(_ outcome: FunctionOutcome) {
        let completion = state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }
        completion?(outcome)
    }

    /// What the caller did with the last streamed answer.
    let flow = StandInFlow()

    /// Hands over a piece of the answer to the last call.
    func send(_ piece: String) { state.withLock(\.receive)?(ByteBuffer(string: piece)) }

    /// The events of asynchronous invocations.
    var enqueued: [String] { state.withLock(\.enqueued) }

    var takesEvents: Bool {
        get { state.withLock(\.takesEvents) }
        set { state.withLock { $0.takesEvents = newValue } }
    }

    func enqueue(
        _ event: ByteBuffer, requestId: String, traceId: [UInt8], on loop: any EventLoop,
        completion: @escaping Completion
    ) {
        let isTaken = state.withLock { state in
            if state.takesEvents { state.enqueued.append(String(buffer: event)) }
            return state.takesEvents
        }
        completion(isTaken ? .notInvoked(status: 202) : .throttled)
    }

    func isSame(as other: any FunctionTarget) -> Bool { self === other as? StandInFunction }

    func stream(
        _ event: ByteBuffer, requestId: String, traceId: [UInt8], deadline: NIODeadline, on loop: any EventLoop,
        receive: @escaping @Sendable (ByteBuffer) -> Void, completion: @escaping Completion
    ) -> any AnswerFlow {
        state.withLock { $0.receive = { bytes in loop.execute { receive(bytes) } } }
        invoke(
            event, requestId: requestId, traceId: traceId, deadline: deadline, on: loop, completion: completion)
        return flow
    }

    func invoke(
        _ event: ByteBuffer, requestId: String, traceId: [UInt8], deadline: NIODeadline, on loop: any EventLoop,
        completion: @escaping Completion
    ) {
        let outcome: FunctionOutcome? = state.withLock { state in
            state.events.append(Array(event.readableBytesView))
            state.traceIds.append(traceId)
            state.requestIds.append(requestId)
            guard let next = state.answers.first else {
                state.held.append { outcome in loop.execute { completion(outcome) } }
                return nil
            }
            if state.answers.count > 1 { state.answers.removeFirst() }
            return next
        }
        called.happened()
        if let outcome { completion(outcome) }
    }
}

/// Counts what is taken of a streamed answer.
final class StandInFlow: AnswerFlow {
    private let state = Mutex((taken: 0, isDiscarded: false))

    var taken: Int { state.withLock(\.taken) }
    var isDiscarded: Bool { state.withLock(\.isDiscarded) }

    func took(_ bytes: Int) { state.withLock { $0.taken += bytes } }
    func discard() { state.withLock { $0.isDiscarded = true } }
}

/// Functions by name.
struct StandInFunctions: FunctionDirectory {
    var functions: [String: StandInFunction]
    var version: UInt64 = 0

    func function(named name: String, qualifier: String?) -> (any FunctionTarget)? {
        functions[qualifier.map { name + ":" + $0 } ?? name]
    }
}

extension Lambda.ResourcePolicy {
    /// Lets API Gateway in, whatever it calls for.
    static var everybody: Lambda.ResourcePolicy { allowing(nil) }

    static func allowing(_ sourceArn: String?) -> Lambda.ResourcePolicy {
        var statement = Lambda.Statement(
            sid: "api", principal: "apigateway.amazonaws.com", action: "lambda:InvokeFunction", resource: "*")
        statement.sourceArn = sourceArn
        return Lambda.ResourcePolicy(statements: [statement])
    }
}

/// Keeps access log entries by their log group.
final class StandInLogs: AccessLogDirectory {
    private let sinks = Mutex<[String: Sink]>([:])

    final class Sink: AccessLogSink {
        private let text = Mutex("")

        func append(_ lines: ByteBuffer) { text.withLock { $0 += String(buffer: lines) } }

        var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }
    }

    func sink(for destinationArn: String) -> any AccessLogSink { named(destinationArn) }
    func sink(forExecutionLog group: String) -> any AccessLogSink { named(group) }

    func named(_ arn: String) -> Sink {
        sinks.withLock { sinks in
            let sink = sinks[arn] ?? Sink()
            sinks[arn] = sink
            return sink
        }
    }
}
