import GatewayModel
import HTTPFront
import NIOCore

/// The event of payload format 1.0 as HTTP APIs send it. A key without a value is null.
///
/// Sources: recorded events; where the Developer Guide's sample differs, the recording stands.
enum EventV1 {
    static func write(_ x: Exchange, traceId: [UInt8], to event: inout ByteBuffer) {
        guard let stage = x.stage, let route = x.route else { return }
        event.writeStaticString(#"{"version":"1.0","resource":"#)
        event.writeJSONString(route.resourcePath)
        event.writeStaticString(#","path":"#)
        writeRawPath(x, to: &event)
        event.writeStaticString(#","httpMethod":""#)
        x.writeMethod(to: &event)
        event.writeStaticString(#"","headers":"#)
        EventHeaders.sort(x, .version1)
        EventHeaders.writeLastValues(x, traceId, to: &event)
        event.writeStaticString(#","multiValueHeaders":"#)
        EventHeaders.writeAllValues(x, traceId, to: &event)
        writeQuery(x, to: &event)
        writeContext(x, stage, route, to: &event)
        event.writeStaticString(#","pathParameters":"#)
        if route.variables.isEmpty || route.key == .default {
            event.writeStaticString("null")
        } else {
            EventParts.writePathParameters(x, to: &event)
        }
        event.writeStaticString(#","stageVariables":"#)
        if let variables = stage.eventStageVariables {
            event.writeBytes(variables)
        } else {
            event.writeStaticString("null")
        }
        event.writeStaticString(",")
        EventParts.writeBody(x, nullWhenEmpty: true, to: &event)
        event.writeStaticString("}")
    }

    /// The path as sent: encoding and stage kept.
    private static func writeRawPath(_ x: Exchange, to event: inout ByteBuffer) {
        _ = x.withHead { bytes, _ in
            if x.sentPath.isEmpty {
                event.writeStaticString("\"/\"")
            } else {
                event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[x.sentPath.range]))
            }
        }
    }

    private static func writeContext(
        _ x: Exchange, _ stage: CompiledStage, _ route: CompiledRoute, to event: inout ByteBuffer
    ) {
        event.writeStaticString(#","requestContext":{"#)
        event.writeBytes(stage.eventIdentity)
        event.writeStaticString(",")
        EventParts.writeDomain(x, to: &event)
        event.writeStaticString(#","extendedRequestId":""#)
        event.writeBytes(x.requestId)
        event.writeStaticString(#"","httpMethod":""#)
        x.writeMethod(to: &event)
        event.writeStaticString(
            #"","identity":{"accessKey":null,"accountId":null,"caller":null,"cognitoAmr":null,"#)
        event.writeStaticString(
            #""cognitoAuthenticationProvider":null,"cognitoAuthenticationType":null,"cognitoIdentityId":null,"#)
        event.writeStaticString(#""cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":""#)
        event.writeBytes(x.sourceIP)
        event.writeStaticString(#"","user":null,"userAgent":"#)
        EventParts.writeUserAgent(x, orElse: "null", to: &event)
        event.writeStaticString(#","userArn":null},"path":"#)
        EventParts.writeDecodedPath(x, to: &event)
        event.writeStaticString(#","protocol":""#)
        x.writeProtocol(to: &event)
        event.writeStaticString(#"","requestId":""#)
        event.writeBytes(x.requestId)
        event.writeStaticString(#"","requestTime":""#)
        event.writeBytes(x.worker.clock.commonLogTime(x.startedAtEpochMilliseconds / 1000))
        event.writeStaticString(#"","requestTimeEpoch":"#)
        event.writeDecimal(x.startedAtEpochMilliseconds)
        event.writeStaticString(#","resourceId":"#)
        event.writeJSONString(route.keyText)
        event.writeStaticString(#","resourcePath":"#)
        event.writeJSONString(route.resourcePath)
        event.writeStaticString(#","stage":""#)
        event.writeBytes(stage.name)
        event.writeStaticString("\"}")
    }

    /// Decoded: the last value of each name, and all of them.
    private static func writeQuery(_ x: Exchange, to event: inout ByteBuffer) {
        let parameters = QueryParameters(x)
        guard !parameters.isEmpty else {
            event.writeStaticString(#","queryStringParameters":null,"multiValueQueryStringParameters":null"#)
            return
        }
        event.writeStaticString(#","queryStringParameters":{"#)
        for (position, group) in parameters.groups.enumerated() {
            if position > 0 { event.writeStaticString(",") }
            event.writeJSONString(group.name)
            event.writeStaticString(":")
            event.writeJSONString(group.values.last ?? [])
        }
        event.writeStaticString(#"},"multiValueQueryStringParameters":{"#)
        for (position, group) in parameters.groups.enumerated() {
            if position > 0 { event.writeStaticString(",") }
            event.writeJSONString(group.name)
            event.writeStaticString(":[")
            for (index, value) in group.values.enumerated() {
                if index > 0 { event.writeStaticString(",") }
                event.writeJSONString(value)
            }
            event.writeStaticString("]")
        }
        event.writeStaticString("}")
    }
}
