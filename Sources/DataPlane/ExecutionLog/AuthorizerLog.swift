import GatewayModel
import HTTPFront
import NIOCore

/// What the execution log of a REST API says of a call's authorizer. Lines and their order: seen in logs of live APIs.
enum AuthorizerLog {
    static func begin(_ x: Exchange, _ gate: FunctionGate) {
        guard let log = x.rest.log else { return }
        log.line(.step) { out in
            out.writeString("Starting authorizer: \(gate.id) for request: ")
            x.writeRESTRequestId(to: &out)
        }
        let values = AuthorizerIdentity.values(x.worker.identity.bytes)
        guard !values.isEmpty else { return }
        log.line(.step) { out in
            out.write("Incoming identity: ")
            let text = values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
            out.writeString(MaskedText.of(text))
        }
    }

    static func request(_ x: Exchange, _ function: AuthorizerFunction, _ traceId: [UInt8], _ event: ByteBuffer) {
        guard let log = x.rest.log, let stage = x.stage else { return }
        let path = function.uri.firstRange(of: ":lambda:path").map { function.uri[$0.upperBound...] } ?? ""
        log.line(
            .data, "Endpoint request URI: https://lambda.\(stage.account.region).amazonaws.com\(path)")
        log.line(.data) { out in
            out.write("Endpoint request headers: ")
            LogMap.write(
                [
                    ("X-Amz-Source-Arn", function.source), ("Accept", "application/json"),
                    ("User-Agent", "AmazonAPIGateway_\(stage.key.apiId)"),
                    ("X-Amzn-Trace-Id", String(decoding: traceId, as: UTF8.self)),
                ], to: &out)
        }
        log.line(.data) { out in
            out.write("Endpoint request body after transformations: ")
            out.write(masked(event, x))
        }
    }

    /// The event is an authorizer's because of what it holds: its identity is masked here as it is above.
    private static func masked(_ event: ByteBuffer, _ x: Exchange) -> [UInt8] {
        var text = String(decoding: event.readableBytesView, as: UTF8.self)
        for value in AuthorizerIdentity.values(x.worker.identity.bytes) {
            var written = ByteBuffer()
            written.writeJSONString(Array(value))
            let secret = String(buffer: written).dropFirst().dropLast()
            text = text.replacing(secret, with: MaskedText.of(String(secret)))
        }
        return Array(text.utf8.prefix(ExecutionLog.eventBytes + 1))
    }

    static func answered(_ x: Exchange, _ payload: ByteBuffer?) {
        guard let log = x.rest.log, let payload else { return }
        log.line(.data) { out in
            out.write("Authorizer result body before parsing: ")
            out.writeBytes(payload.readableBytesView.prefix(ExecutionLog.eventBytes + 1))
        }
    }

    static func policy(_ x: Exchange, _ decision: AuthorizerDecision) {
        x.rest.log?.line(
            .step,
            "Using valid authorizer policy for principal: "
                + MaskedText.of(String(decoding: decision.principalId, as: UTF8.self)))
    }

    static func passed(_ x: Exchange) {
        x.rest.log?.line(.step, "Successfully completed authorizer execution")
    }
}
