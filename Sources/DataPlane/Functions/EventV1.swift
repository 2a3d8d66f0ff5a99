import Callers
import GatewayModel
import HTTPFront
import NIOCore

/// The event of payload format 1.0 as HTTP APIs send it. A key without a value is null.
///
/// Sources: recorded events; where the Developer Guide's sample differs, the recording stands.
enum EventV1 {
    static func write(_ x: Exchange, traceId: [UInt8], to event: inout ByteBuffer) {
        guard let stage = x.stage, let route = x.route else { return }
        event.write(#"{"version":"1.0","resource":"#)
        event.writeJSONString(route.resourcePath)
        event.write(#","path":"#)
        writeRawPath(x, to: &event)
        event.write(#","httpMethod":""#)
        x.writeMethod(to: &event)
        event.write(#"","headers":"#)
        EventHeaders.sort(x, .version1)
        EventHeaders.writeLastValues(x, .version1, traceId, to: &event)
        event.write(#","multiValueHeaders":"#)
        EventHeaders.writeAllValues(x, .version1, traceId, to: &event)
        writeQuery(x, to: &event)
        event.write(",")
        writeContext(x, stage, route, to: &event)
        event.write(#","pathParameters":"#)
        if route.variables.isEmpty || route.key == .default {
            event.write("null")
        } else {
            EventParts.writePathParameters(x, to: &event)
        }
        event.write(#","stageVariables":"#)
        if let variables = stage.eventStageVariables {
            event.write(variables)
        } else {
            event.write("null")
        }
        event.write(",")
        EventParts.writeBody(x, nullWhenEmpty: true, to: &event)
        event.write("}")
    }

    /// The path as sent: encoding and stage kept.
    static func writeRawPath(_ x: Exchange, to event: inout ByteBuffer) {
        _ = x.withHead { bytes, _ in
            if x.sentPath.isEmpty {
                event.write("\"/\"")
            } else {
                event.writeJSONString(UnsafeRawBufferPointer(rebasing: bytes[x.sentPath.range]))
            }
        }
    }

    /// `"requestContext":{…}`
    static func writeContext(
        _ x: Exchange, _ stage: CompiledStage, _ route: CompiledRoute, to event: inout ByteBuffer
    ) {
        event.write(#""requestContext":{"#)
        event.write(stage.eventIdentity)
        if let token = x.token {
            event.write(#","authorizer":"#)
            EventParts.writeToken(x, token, to: &event)
        } else if let decision = x.decision {
            event.write(#","authorizer":"#)
            decision.write(x, to: &event)
        }
        event.write(",")
        EventParts.writeDomain(x, to: &event)
        event.write(#","extendedRequestId":""#)
        event.write(x.requestId)
        event.write(#"","httpMethod":""#)
        x.writeMethod(to: &event)
        event.write(#"","identity":{"accessKey":"#)
        EventParts.writeIdentity(x.caller?.accessKeyId, to: &event)
        event.write(#","accountId":"#)
        EventParts.writeIdentity(x.caller?.account, to: &event)
        event.write(#","caller":"#)
        EventParts.writeIdentity(x.caller?.userId, to: &event)
        event.write(#","cognitoAmr":null,"#)
        event.write(
            #""cognitoAuthenticationProvider":null,"cognitoAuthenticationType":null,"cognitoIdentityId":null,"#)
        event.write(#""cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":""#)
        event.write(x.sourceIP)
        event.write(#"","user":"#)
        EventParts.writeIdentity(x.caller?.userId, to: &event)
        event.write(#","userAgent":"#)
        EventParts.writeUserAgent(x, orElse: "null", to: &event)
        event.write(#","userArn":"#)
        EventParts.writeIdentity(x.caller?.arn, to: &event)
        event.write(#"},"path":"#)
        EventParts.writeDecodedPath(x, to: &event)
        event.write(#","protocol":""#)
        x.writeProtocol(to: &event)
        event.write(#"","requestId":""#)
        event.write(x.requestId)
        event.write(#"","requestTime":""#)
        event.write(x.worker.clock.commonLogTime(x.startedAtEpochMilliseconds / 1000))
        event.write(#"","requestTimeEpoch":"#)
        event.writeDecimal(x.startedAtEpochMilliseconds)
        event.write(#","resourceId":"#)
        event.writeJSONString(route.keyText)
        event.write(#","resourcePath":"#)
        event.writeJSONString(route.resourcePath)
        event.write(#","stage":""#)
        event.write(stage.name)
        event.write("\"}")
    }

    /// Decoded: the last value of each name, and all of them.
    static func writeQuery(_ x: Exchange, orElse absent: StaticString = "null", to event: inout ByteBuffer) {
        let parameters = QueryParameters(x)
        guard !parameters.isEmpty else {
            event.write(#","queryStringParameters":"#)
            event.write(absent)
            event.write(#","multiValueQueryStringParameters":"#)
            event.write(absent)
            return
        }
        event.write(#","queryStringParameters":{"#)
        for (position, group) in parameters.groups.enumerated() {
            if position > 0 { event.write(",") }
            event.writeJSONString(group.name)
            event.write(":")
            event.writeJSONString(group.values.last ?? [])
        }
        event.write(#"},"multiValueQueryStringParameters":{"#)
        for (position, group) in parameters.groups.enumerated() {
            if position > 0 { event.write(",") }
            event.writeJSONString(group.name)
            event.write(":[")
            for (index, value) in group.values.enumerated() {
                if index > 0 { event.write(",") }
                event.writeJSONString(value)
            }
            event.write("]")
        }
        event.write("}")
    }
}
