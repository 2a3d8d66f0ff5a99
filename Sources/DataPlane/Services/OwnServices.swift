package import Callers
import GatewayModel
import HTTPFront
package import NIOCore

/// What the data plane needs of the services beside tables that this server has itself.
package protocol OwnServices: Sendable {
    /// `completion` is called once, on `loop`.
    ///
    /// - Parameter caller: who has to be let do it; nil: nobody is asked.
    func answer(
        _ call: ServiceCall, as caller: Caller?, on loop: any EventLoop,
        completion: @escaping @Sendable (ServiceAnswer) -> Void)
}

/// What a service of this server answers.
package struct ServiceAnswer: Sendable {
    package let status: Int
    package let requestId: String
    /// Its fields but the length, whole lines.
    package let fields: String
    package let body: ByteBuffer
    /// Of a body that is not sent, because the method is HEAD.
    package var unsentLength: Int?

    package init(status: Int, requestId: String, fields: String, body: ByteBuffer) {
        self.status = status
        self.requestId = requestId
        self.fields = fields
        self.body = body
    }

    /// Passed on as that of any integration, by its status.
    func respond(_ x: Exchange) {
        x.integrationStatus = status
        x.integrationServiceStatus = status
        x.endpointRequestId = requestId
        let limit = x.worker.options.limits.heldBytes
        guard body.readableBytes <= limit, let method = x.route?.method, let head else {
            return x.refuse(
                .internalError, because: "calls \(x.integrationName), whose answer is longer than \(limit) bytes")
        }
        x.markAnswer(body.readableBytes)
        LoggedService.answer(x, head, body)
        RESTAnswer.respond(x, head, body, method)
    }

    /// As it would have come over the wire: mappings read its fields.
    private var head: ResponseHead? {
        let length = unsentLength ?? body.readableBytes
        var text = ByteBuffer(string: "HTTP/1.1 \(status) \r\n\(fields)Content-Length: \(length)\r\n\r\n")
        let head = ResponseHead()
        var scanned = 0
        let result = ResponseHeadParser.parse(&text, into: head, scanned: &scanned, isHead: unsentLength != nil)
        return result == .complete ? head : nil
    }
}

/// An integration with one of them.
enum OwnServiceCall {
    static func begin(
        _ x: Exchange, _ service: CalledService, _ integration: HTTPIntegration, _ services: any OwnServices
    ) throws(Refusal) {
        let caller = try IntegrationRole.assume(service.role, x)
        x.integrationStarted(timeoutMilliseconds: integration.timeoutMilliseconds)
        let call = ServiceRequest.call(x, service, integration)
        LoggedService.request(x, call)
        x.body = nil
        x.answered(by: { services.answer(call, as: caller, on: x.worker.eventLoop, completion: $0) })
    }
}

extension Exchange {
    /// Has a service of this server asked, and its answer passed on.
    func answered(by ask: (@escaping @Sendable (ServiceAnswer) -> Void) -> Void) {
        let bound = NIOLoopBound(self, eventLoop: worker.eventLoop)
        let turn = turn
        ask { answer in
            let x = bound.value
            // The client or the time-out may have ended this request meanwhile.
            if x.turn == turn { answer.respond(x) }
        }
    }
}
