import GatewayModel
import HTTPFront
import NIOCore

/// What an authorizer's function is sent. Sources: Developer Guide, api-gateway-lambda-authorizer-input and
/// http-api-lambda-authorizer.
enum AuthorizerEvent {
    static func make(_ x: Exchange, _ key: LoopAuthorizers.Key) -> (event: ByteBuffer, traceId: [UInt8]) {
        var trace = x.worker.allocator.buffer(capacity: 96)
        if x.apiKind != .http { x.writeRESTTraceId(to: &trace) } else { TraceId.write(x, to: &trace) }
        let traceId = Array(trace.readableBytesView)
        var event = x.worker.allocator.buffer(capacity: 2_048)
        switch key.gate.form {
        case .token: writeToken(x, key, to: &event)
        case .request: writeRequest(x, traceId, to: &event)
        case .version1: writeVersion1(x, key, traceId, to: &event)
        case .version2, .simple: writeVersion2(x, key, traceId, to: &event)
        case .webSocket: WebSocketEvent.writeAuthorizer(x, traceId, to: &event)
        }
        return (event, traceId)
    }

    private static func writeToken(_ x: Exchange, _ key: LoopAuthorizers.Key, to event: inout ByteBuffer) {
        event.write(#"{"type":"TOKEN","methodArn":"#)
        event.writeJSONString(x.worker.methodARN)
        event.write(#","authorizationToken":"#)
        event.writeJSONString(Array(AuthorizerIdentity.values(key.identity).first ?? []))
        event.write("}")
    }

    /// Of REST APIs: the event of a proxy integration without the body. What is empty is `{}` there.
    private static func writeRequest(_ x: Exchange, _ traceId: [UInt8], to event: inout ByteBuffer) {
        guard let stage = x.stage, let route = x.route, let method = route.method, let deployment = x.rest.deployment
        else { return }
        event.write(#"{"type":"REQUEST","methodArn":"#)
        event.writeJSONString(x.worker.methodARN)
        event.write(#","resource":"#)
        event.writeJSONString(route.resourcePath)
        event.write(#","path":"#)
        RESTEvent.writePath(x, to: &event)
        event.write(#","httpMethod":""#)
        x.writeMethod(to: &event)
        event.write(#"","headers":"#)
        EventHeaders.sort(x, .rest)
        EventHeaders.writeLastValues(x, .rest, traceId, to: &event)
        event.write(#","multiValueHeaders":"#)
        EventHeaders.writeAllValues(x, .rest, traceId, to: &event)
        EventV1.writeQuery(x, orElse: "{}", to: &event)
        event.write(#","pathParameters":"#)
        EventParts.writePathParameters(x, to: &event)
        event.write(#","stageVariables":"#)
        if let variables = deployment.eventStageVariables { event.write(variables) } else { event.write("{}") }
        event.write(",")
        RESTEvent.writeContext(x, stage, route, method, deployment, to: &event)
        event.write("}")
    }

    private static func writeVersion1(
        _ x: Exchange, _ key: LoopAuthorizers.Key, _ traceId: [UInt8], to event: inout ByteBuffer
    ) {
        guard let stage = x.stage, let route = x.route else { return }
        event.write(#"{"version":"1.0","type":"REQUEST","methodArn":"#)
        event.writeJSONString(x.worker.methodARN)
        let values = AuthorizerIdentity.values(key.identity)
        for name: StaticString in [#","identitySource":"#, #","authorizationToken":"#] {
            event.write(name)
            if values.isEmpty {
                event.write("null")
            } else {
                event.writeJSONString(Array(values.joined(separator: [0x2C])))
            }
        }
        event.write(#","resource":"#)
        event.writeJSONString(route.resourcePath)
        event.write(#","path":"#)
        EventV1.writeRawPath(x, to: &event)
        event.write(#","httpMethod":""#)
        x.writeMethod(to: &event)
        event.write(#"","headers":"#)
        EventHeaders.sort(x, .version1)
        EventHeaders.writeLastValues(x, .version1, traceId, to: &event)
        EventV1.writeQuery(x, orElse: "{}", to: &event)
        event.write(#","pathParameters":"#)
        if route.key == .default { event.write("{}") } else { EventParts.writePathParameters(x, to: &event) }
        event.write(#","stageVariables":"#)
        if let variables = stage.eventStageVariables { event.write(variables) } else { event.write("{}") }
        event.write(",")
        EventV1.writeContext(x, stage, route, to: &event)
        event.write("}")
    }

    private static func writeVersion2(
        _ x: Exchange, _ key: LoopAuthorizers.Key, _ traceId: [UInt8], to event: inout ByteBuffer
    ) {
        event.write(#"{"version":"2.0","type":"REQUEST","routeArn":"#)
        event.writeJSONString(x.worker.methodARN)
        event.write(#","identitySource":"#)
        let values = AuthorizerIdentity.values(key.identity)
        if values.isEmpty {
            event.write("null")
        } else {
            for (position, value) in values.enumerated() {
                event.write(position == 0 ? "[" : ",")
                event.writeJSONString(Array(value))
            }
            event.write("]")
        }
        event.write(",")
        EventV2.writeRequest(x, traceId: traceId, to: &event)
        event.write("}")
    }
}
