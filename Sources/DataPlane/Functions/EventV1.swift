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
        event.writeStaticString(#"","headers":{"#)
        writeHeaders(x, traceId, multi: false, to: &event)
        event.writeStaticString(#"},"multiValueHeaders":{"#)
        writeHeaders(x, traceId, multi: true, to: &event)
        event.writeStaticString("}")
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
            if x.fullPath.isEmpty {
                event.writeStaticString("\"/\"")
            } else {
                event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[x.fullPath.range]))
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

    /// The gateway's own fields in their canonical case, others as received; of a repeated name the last value counts,
    /// `multiValueHeaders` has them all.
    private static func writeHeaders(_ x: Exchange, _ traceId: [UInt8], multi: Bool, to event: inout ByteBuffer) {
        let open: StaticString = multi ? "[" : ""
        let close: StaticString = multi ? "]" : ""
        event.writeStaticString(#""Content-Length":"#)
        event.writeStaticString(open)
        event.writeStaticString("\"")
        event.writeDecimal(x.requestLength)
        event.writeStaticString("\"")
        event.writeStaticString(close)
        event.writeStaticString(#","Host":"#)
        event.writeStaticString(open)
        _ = x.withHead { bytes, head in
            event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[head.host.range]))
        }
        event.writeStaticString(close)
        event.writeStaticString(#","X-Amzn-Trace-Id":"#)
        event.writeStaticString(open)
        event.writeJSONString(traceId)
        event.writeStaticString(close)
        event.writeStaticString(#","X-Forwarded-For":"#)
        event.writeStaticString(open)
        EventParts.writeForwardedFor(x, to: &event)
        event.writeStaticString(close)
        event.writeStaticString(multi ? #","X-Forwarded-Port":[""# : #","X-Forwarded-Port":""#)
        x.writePort(to: &event)
        event.writeStaticString(multi ? #""],"X-Forwarded-Proto":[""# : #"","X-Forwarded-Proto":""#)
        x.writeScheme(to: &event)
        event.writeStaticString(multi ? #""]"# : #"""#)
        _ = x.withHead { bytes, head in
            for (index, field) in head.fields.enumerated() {
                guard EventParts.isEventField(field.known) else { continue }
                guard !EventV2.isRepeated(index, head.fields, bytes) else { continue }
                event.writeStaticString(",")
                writeName(field, bytes, to: &event)
                event.writeStaticString(":")
                let same = head.fields[index...].filter { EventV2.sameName($0, field, bytes) }
                if multi {
                    event.writeStaticString("[")
                    for (position, value) in same.enumerated() {
                        if position > 0 { event.writeStaticString(",") }
                        event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[value.value.range]))
                    }
                    event.writeStaticString("]")
                } else {
                    event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[(same.last ?? field).value.range]))
                }
            }
        }
    }

    private static func writeName(_ field: HeaderField, _ bytes: UnsafeRawBufferPointer, to event: inout ByteBuffer) {
        switch field.known {
        case .contentType: event.writeStaticString("\"Content-Type\"")
        case .userAgent: event.writeStaticString("\"User-Agent\"")
        default: event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]))
        }
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
