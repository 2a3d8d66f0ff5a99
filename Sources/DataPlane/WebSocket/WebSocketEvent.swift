import Callers
import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// What functions are told of an event of a WebSocket API. Keys and their order: from captured events.
enum WebSocketEvent {
    static func write(_ x: Exchange, traceId: [UInt8], to event: inout ByteBuffer) {
        guard let stage = x.stage else { return }
        event.write("{")
        switch x.socket.event {
        case .connect: writeHandshake(x, traceId, orElse: nil, to: &event)
        case .disconnect:
            event.write(#""headers":{"Host":"#)
            writeDomain(x, to: &event)
            event.write(#","x-api-key":"","X-Forwarded-For":"","x-restapi":""},"multiValueHeaders":{"Host":["#)
            writeDomain(x, to: &event)
            event.write(#"],"x-api-key":[""],"X-Forwarded-For":[""],"x-restapi":[""]},"#)
        case .message, .callback, nil: break
        }
        if let variables = stage.eventStageVariables {
            event.write(#""stageVariables":"#)
            event.write(variables)
            event.write(",")
        }
        writeContext(x, stage, to: &event)
        if x.socket.event == .message {
            event.write(#","body":"#)
            writeBody(x, to: &event)
        } else {
            event.write(#","isBase64Encoded":false"#)
        }
        event.write("}")
    }

    /// What an authorizer is sent. Source: Developer Guide, apigateway-websocket-api-lambda-auth.
    static func writeAuthorizer(_ x: Exchange, _ traceId: [UInt8], to event: inout ByteBuffer) {
        guard let stage = x.stage else { return }
        event.write(#"{"type":"REQUEST","methodArn":"#)
        event.writeJSONString(x.worker.methodARN)
        event.write(",")
        writeHandshake(x, traceId, orElse: "{}", to: &event)
        event.write(#""stageVariables":"#)
        if let variables = stage.eventStageVariables { event.write(variables) } else { event.write("{}") }
        event.write(",")
        writeContext(x, stage, to: &event)
        event.write("}")
    }

    /// - Parameter absent: what stands for a query that is not there; nil: nothing does.
    private static func writeHandshake(
        _ x: Exchange, _ traceId: [UInt8], orElse absent: StaticString?, to event: inout ByteBuffer
    ) {
        event.write(#""headers":"#)
        EventHeaders.sort(x, .rest)
        EventHeaders.writeLastValues(x, .rest, traceId, to: &event)
        event.write(#","multiValueHeaders":"#)
        EventHeaders.writeAllValues(x, .rest, traceId, to: &event)
        if absent != nil || x.connection?.head.query.isEmpty == false {
            EventV1.writeQuery(x, orElse: absent ?? "{}", to: &event)
        }
        event.write(",")
    }

    private static func writeContext(_ x: Exchange, _ stage: CompiledStage, to event: inout ByteBuffer) {
        guard let client = x.socket.client, let kind = x.socket.event else { return }
        event.write(#""requestContext":{"routeKey":"#)
        event.writeJSONString(x.route?.keyText ?? [])
        if let decision = x.decision {
            event.write(#","authorizer":"#)
            decision.write(x, to: &event)
        }
        if kind == .message {
            event.write(#","messageId":""#)
            event.write(x.messageId)
            event.write("\"")
        }
        if let closure = x.socket.closure {
            event.write(#","disconnectStatusCode":"#)
            event.writeDecimal(Int(closure.code.rawValue))
        }
        event.write(#","eventType":""#)
        event.write(kind.name)
        event.write(#"","extendedRequestId":""#)
        event.write(x.requestId)
        event.write(#"","requestTime":""#)
        event.write(x.worker.clock.commonLogTime(x.startedAtEpochMilliseconds / 1000))
        event.write(#"","messageDirection":"IN""#)
        if let closure = x.socket.closure {
            event.write(#","disconnectReason":"#)
            event.writeJSONString(Array(closure.reportedReason.utf8))
        }
        event.write(#","stage":""#)
        event.write(stage.name)
        event.write(#"","connectedAt":"#)
        event.writeDecimal(client.connectedAt)
        event.write(#","requestTimeEpoch":"#)
        event.writeDecimal(x.startedAtEpochMilliseconds)
        event.write(#","identity":{"#)
        writeIdentity(x, client, to: &event)
        event.write(#"},"requestId":""#)
        event.write(x.requestId)
        event.write(#"","domainName":"#)
        writeDomain(x, to: &event)
        event.write(#","connectionId":""#)
        event.write(client.id.text)
        event.write(#"","apiId":""#)
        event.writeString(stage.key.apiId)
        event.write("\"}")
    }

    /// Who is known only if somebody is; without a user agent there is none (captured).
    private static func writeIdentity(_ x: Exchange, _ client: ClientConnection, to event: inout ByteBuffer) {
        if let caller = x.caller {
            event.write(#""accountId":"#)
            EventParts.writeIdentity(caller.account, to: &event)
            event.write(#","caller":"#)
            EventParts.writeIdentity(caller.userId, to: &event)
            event.write(#","user":"#)
            EventParts.writeIdentity(caller.userId, to: &event)
            event.write(#","userArn":"#)
            EventParts.writeIdentity(caller.arn, to: &event)
            event.write(",")
        }
        if let key = x.rest.key {
            event.write(#""apiKey":"#)
            key.value.withUnsafeBytes { event.writeJSONString($0) }
            event.write(#","apiKeyId":"#)
            key.id.withUnsafeBytes { event.writeJSONString($0) }
            event.write(",")
        }
        if let agent = client.userAgent {
            event.write(#""userAgent":"#)
            event.writeJSONString(agent)
            event.write(",")
        }
        event.write(#""sourceIp":""#)
        event.write(client.sourceIP)
        event.write("\"")
    }

    private static func writeDomain(_ x: Exchange, to event: inout ByteBuffer) {
        event.writeJSONString(x.socket.client?.domainName ?? [])
    }

    /// A text as it came; bytes, where they are served, as base64.
    private static func writeBody(_ x: Exchange, to event: inout ByteBuffer) {
        let body = x.body ?? ByteBuffer()
        body.withUnsafeReadableBytes { bytes in
            guard x.socket.isBinary else {
                event.writeJSONString(bytes)
                return event.write(#","isBase64Encoded":false"#)
            }
            event.write("\"")
            Base64.encode(bytes, into: &event)
            event.write(#"","isBase64Encoded":true"#)
        }
    }
}

extension WebSocketClosure {
    /// As events have it. A close frame without a code has AWS's words for it (captured); those for a connection that ended
    /// without one are unconfirmed.
    var reportedReason: String {
        switch code {
        case .noStatus: "Client-side close frame status not set"
        case .abnormal: reason.isEmpty ? "Connection Closed Abnormally" : reason
        default: reason
        }
    }
}
