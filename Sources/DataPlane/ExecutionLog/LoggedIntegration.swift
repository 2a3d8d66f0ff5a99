import GatewayModel
import HTTPFront
import JSON
import NIOCore
import SigV4

/// What the execution log says of a call to an origin.
enum LoggedOrigin {
    /// `head` is the request's, as it is sent.
    static func request(_ x: Exchange, _ integration: HTTPIntegration, _ head: ByteBuffer) {
        let text = Array(head.readableBytesView)
        let lines = FieldLines.read(Array(text.drop { $0 != 0x0A }))
        let target = text.split(separator: 0x20, maxSplits: 2).dropFirst().first ?? []
        let host = lines.first { $0.name.lowercased() == "host" }?.value ?? ""
        x.logRequest(
            uri: "\(integration.isTLS ? "https" : "http")://\(host)\(String(decoding: target, as: UTF8.self))",
            fields: lines.filter { !["host", "content-length", "transfer-encoding"].contains($0.name.lowercased()) },
            body: x.body)
    }

    static func answer(_ x: Exchange, _ head: ResponseHead) {
        x.logAnswer(status: head.status, fields: head.texts)
    }
}

/// What the execution log says of the call of a function: as it would be over HTTP, which it is not here. There is no
/// signature, and so none is shown.
enum LoggedFunction {
    static func request(_ x: Exchange, _ traceId: [UInt8], _ event: ByteBuffer) {
        guard x.rest.log != nil, let stage = x.stage, let method = x.route?.method else { return }
        let source = stage.account.executeAPIARN(
            "\(stage.key.apiId)/\(stage.key.stageName)/\(method.source.httpMethod)"
                + String(decoding: x.route?.resourcePath ?? [], as: UTF8.self))
        var tag = ByteBuffer()
        x.writeRESTRequestId(to: &tag)
        x.logRequest(
            uri: uri(x, stage.account.region),
            fields: [
                ("x-amzn-lambda-integration-tag", String(buffer: tag)),
                ("X-Amz-Date", RequestSigner.date(Timestamp(milliseconds: Int64(x.startedAtEpochMilliseconds)))),
                ("x-amzn-apigateway-api-id", stage.key.apiId), ("X-Amz-Source-Arn", source),
                ("Accept", "application/json"), ("User-Agent", "AmazonAPIGateway_\(stage.key.apiId)"),
                ("X-Amzn-Trace-Id", String(decoding: traceId, as: UTF8.self)),
            ], body: event)
    }

    /// `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/…/invocations` is a path of Lambda's endpoint.
    private static func uri(_ x: Exchange, _ region: String) -> String {
        let written = StageVariables.fill(x.route?.integrationURI ?? "", x.stageVariables)
        let path = written.firstRange(of: ":lambda:path").map { written[$0.upperBound...] } ?? ""
        return "https://lambda.\(region).amazonaws.com\(path)"
    }

    /// The head of a streamed answer is here, of whose body nothing is told but what the client is sent; or there is no
    /// more than a status.
    static func begins(_ x: Exchange, status: Int = 200) {
        guard let log = x.rest.log else { return }
        x.measureIntegration()
        log.line(
            .step, "Received response. Status: \(status), Integration latency: \(x.integrationMilliseconds ?? 0) ms")
    }

    /// `isError`: the function failed, which is an answer with status 200.
    static func answer(_ x: Exchange, _ payload: ByteBuffer, isError: Bool) {
        guard let log = x.rest.log else { return }
        var fields = [
            ("Date", HTTPDate.text(Timestamp(milliseconds: Int64(x.worker.clock.epochMilliseconds)))),
            ("Content-Type", "application/json"),
            ("Content-Length", "\(payload.readableBytes)"), ("Connection", "keep-alive"),
            ("x-amzn-RequestId", x.endpointRequestId ?? ""), ("x-amzn-Remapped-Content-Length", "0"),
        ]
        if isError { fields.append(("X-Amz-Function-Error", "Unhandled")) }
        fields.append(("X-Amzn-Trace-Id", String(decoding: x.rest.traceId, as: UTF8.self)))
        x.logAnswer(status: 200, fields: fields.map { (name: $0.0, value: $0.1) })
        log.keepAnswer(payload)
        log.writeAnswer()
    }
}

/// What the execution log says of a call to a service of this server: as it would be over HTTP.
enum LoggedService {
    static func request(_ x: Exchange, _ call: ServiceCall) {
        guard x.rest.log != nil else { return }
        let fields = call.fields.map { field in
            (name: String(decoding: field.name, as: UTF8.self), value: String(decoding: field.value, as: UTF8.self))
        }
        let host = fields.first { $0.name == "host" }?.value ?? ""
        x.logRequest(
            uri: "https://\(host)\(String(decoding: call.target, as: UTF8.self))",
            fields: fields.filter { $0.name != "host" }, body: call.body)
    }

    /// Of a table.
    static func request(_ x: Exchange, _ operation: String?, _ body: ByteBuffer) {
        guard x.rest.log != nil, let stage = x.stage else { return }
        let action = operation.map { "?Action=" + $0 } ?? ""
        x.logRequest(
            uri: "https://dynamodb.\(stage.account.region).amazonaws.com/\(action)",
            fields: x.rest.parameters.headers.map { field in
                (String(decoding: field.name, as: UTF8.self), String(decoding: field.value, as: UTF8.self))
            }, body: body)
    }

    static func answer(_ x: Exchange, _ head: ResponseHead, _ body: ByteBuffer) {
        guard let log = x.rest.log else { return }
        x.measureIntegration()
        LoggedOrigin.answer(x, head)
        log.keepAnswer(body)
    }
}
