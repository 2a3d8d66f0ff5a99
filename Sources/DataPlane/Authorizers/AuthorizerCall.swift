import GatewayModel
import HTTPFront
import NIOCore

/// One call of an authorizer's function, and the requests that wait for what it says.
final class AuthorizerCall {
    let key: LoopAuthorizers.Key
    let requestId = Identifiers.uuid()
    private let function: AuthorizerFunction
    private let worker: LoopWorker
    private let startedAt: NIODeadline
    private var waiting: [(x: Exchange, pause: Int)] = []
    private var timeout: Scheduled<Void>?

    /// What it took, once it has ended.
    private(set) var milliseconds: Int?
    /// What Lambda answered; 0 while, or where, it has answered nothing.
    private(set) var status = 0

    /// AWS quota of HTTP APIs: 10 s. Of REST APIs none is stated; an integration has 29 s there.
    static func time(_ form: FunctionGate.Form) -> TimeAmount { form.isREST ? .seconds(29) : .seconds(10) }

    init(_ key: LoopAuthorizers.Key, _ function: AuthorizerFunction, _ worker: LoopWorker) {
        self.key = key
        self.function = function
        self.worker = worker
        startedAt = .now()
    }

    func wait(_ x: Exchange) {
        waiting.append((x, x.pause))
        x.authorizerCall = self
    }

    /// The request has ended otherwise, or its client has gone.
    func leave(_ x: Exchange) { waiting.removeAll { $0.x === x } }

    func begin(_ target: any FunctionTarget, _ event: ByteBuffer, traceId: [UInt8]) {
        let loop = worker.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        let time = Self.time(key.gate.form)
        timeout = loop.scheduleTask(in: time) { bound.value.timedOut() }
        target.invoke(
            event, requestId: requestId, traceId: traceId, deadline: startedAt + time, on: loop
        ) { bound.value.ended($0) }
    }

    private func timedOut() {
        end(.failure(.failed("not answered in \(Self.time(key.gate.form).nanoseconds / 1_000_000_000) s")), nil)
    }

    private func ended(_ outcome: FunctionOutcome) {
        switch outcome {
        case .success(let payload):
            status = 200
            end(answer(payload), payload, isOfRequest: true)
        case .functionError(let payload):
            status = 200
            end(.failure(AuthorizerAnswer.fault(payload)), nil, isOfRequest: true)
        case .throttled:
            status = 429
            end(.failure(.malformed("is running as often at once as it may", log: "Rate Exceeded.")), nil)
        case .tooLarge:
            status = 413
            let limit = worker.options.limits.payloadBytes
            end(
                .failure(
                    .malformed("was to be sent an event of more than \(limit) bytes", log: "Request Too Long")), nil)
        case .notFound, .notInvoked:
            status = 404
            end(.failure(.malformed("no longer exists", log: "Invalid permissions on Lambda function")), nil)
        }
    }

    private func answer(_ payload: ByteBuffer) -> Result<AuthorizerDecision, AuthorizerFault> {
        let seconds = Int64(key.gate.definition.seconds)
        let end = key.gate.keeps ? NIODeadline.now() + .seconds(seconds) : nil
        do throws(AuthorizerFault) {
            return .success(
                try worker.authorizers.decision(try AuthorizerAnswer(payload, key.gate.form), key, until: end))
        } catch { return .failure(error) }
    }

    /// - Parameter isOfRequest: a failure may come of the request that the function was told of.
    private func end(
        _ result: Result<AuthorizerDecision, AuthorizerFault>, _ payload: ByteBuffer?, isOfRequest: Bool = false
    ) {
        // The function, or the time, was first.
        guard milliseconds == nil else { return }
        timeout?.cancel()
        milliseconds = Int((NIODeadline.now() - startedAt).nanoseconds / 1_000_000)
        worker.authorizers.end(self)
        let waiting = waiting
        self.waiting = []
        for (position, (x, pause)) in waiting.enumerated() where x.pause == pause {
            // What an answer says of an identity is for all who wait; a failure only for the one who was asked about.
            if case .failure = result, isOfRequest, position > 0 {
                askAgain(x, pause)
            } else {
                AuthorizerLog.answered(x, payload)
                x.resume(pause, verdict(x, result))
            }
        }
    }

    /// A call for one request alone, which nobody joins.
    private func askAgain(_ x: Exchange, _ pause: Int) {
        do throws(Refusal) {
            let target = try function.target(x, key.gate)
            try MethodARN.write(x)
            let call = AuthorizerCall(key, function, worker)
            call.wait(x)
            let (event, traceId) = AuthorizerEvent.make(x, key)
            AuthorizerLog.request(x, function, traceId, event)
            call.begin(target, event, traceId: traceId)
        } catch { x.resume(pause, error) }
    }

    /// nil lets the request pass.
    private func verdict(_ x: Exchange, _ result: Result<AuthorizerDecision, AuthorizerFault>) -> Refusal? {
        do throws(Refusal) {
            switch result {
            case .success(let decision):
                // Others have been looked at meanwhile.
                try MethodARN.write(x)
                try key.gate.admit(x, decision)
            case .failure(let fault): throw function.refusal(x, key.gate, fault)
            }
            return nil
        } catch { return error }
    }
}
