import Callers
import GatewayModel
import HTTPFront
import NIOCore

/// The event of a REST API's proxy integration. Keys and their order: from recorded events.
enum RESTEvent {
    static func write(_ x: Exchange, traceId: [UInt8], to event: inout ByteBuffer) {
        guard let stage = x.stage, let route = x.route, let method = route.method, let deployment = x.rest.deployment
        else { return }
        event.write(#"{"resource":"#)
        event.writeJSONString(route.resourcePath)
        event.write(#","path":"#)
        writePath(x, to: &event)
        event.write(#","httpMethod":""#)
        x.writeMethod(to: &event)
        event.write(#"","headers":"#)
        if x.rest.tester != nil, x.connection?.head.fields.isEmpty == true {
            event.write(#"null,"multiValueHeaders":null"#)
        } else {
            EventHeaders.sort(x, .rest)
            EventHeaders.writeLastValues(x, .rest, traceId, to: &event)
            event.write(#","multiValueHeaders":"#)
            EventHeaders.writeAllValues(x, .rest, traceId, to: &event)
        }
        EventV1.writeQuery(x, to: &event)
        event.write(#","pathParameters":"#)
        if route.variables.isEmpty { event.write("null") } else { EventParts.writePathParameters(x, to: &event) }
        event.write(#","stageVariables":"#)
        if let variables = deployment.eventStageVariables { event.write(variables) } else { event.write("null") }
        event.write(",")
        if let tester = x.rest.tester {
            TestEvent.writeContext(x, tester, stage, route, method, to: &event)
        } else {
            writeContext(x, stage, route, method, deployment, to: &event)
        }
        event.write(#","body":"#)
        writeBody(x, deployment, to: &event)
        event.write("}")
    }

    /// Without the stage, and not decoded.
    static func writePath(_ x: Exchange, to event: inout ByteBuffer) {
        guard !x.routedPath.isEmpty else { return event.write("\"/\"") }
        _ = x.withPath { event.writeJSONString(UnsafeRawBufferPointer(rebasing: $0[x.routedPath.range])) }
    }

    /// The members with which every context begins, up to the account's id.
    static func beginContext(
        _ x: Exchange, _ stage: CompiledStage, _ route: CompiledRoute, _ method: RESTMethod, to event: inout ByteBuffer
    ) {
        event.write(#""requestContext":{"resourceId":""#)
        event.write(method.resourceId)
        event.write("\",")
        if let decision = x.decision {
            event.write(#""authorizer":"#)
            decision.write(x, to: &event)
            event.write(",")
        } else if let token = x.token {
            event.write(#""authorizer":{"claims":"#)
            event.write(token.claimsText)
            event.write("},")
        }
        event.write(#""resourcePath":"#)
        event.writeJSONString(route.resourcePath)
        event.write(#","httpMethod":""#)
        x.writeMethod(to: &event)
        event.write(#"","extendedRequestId":""#)
        event.write(x.requestId)
        event.write(#"","requestTime":""#)
        event.write(x.worker.clock.commonLogTime(x.startedAtEpochMilliseconds / 1000))
        event.write(#"","path":"#)
        _ = x.withPath { event.writeJSONString(UnsafeRawBufferPointer(rebasing: $0[x.fullPath.range])) }
        event.write(#","accountId":""#)
        event.writeString(stage.account.accountId)
    }

    static func writeContext(
        _ x: Exchange, _ stage: CompiledStage, _ route: CompiledRoute, _ method: RESTMethod,
        _ deployment: RESTDeployment, to event: inout ByteBuffer
    ) {
        beginContext(x, stage, route, method, to: &event)
        event.write(#"","protocol":""#)
        x.writeProtocol(to: &event)
        event.write(#"","stage":""#)
        event.write(stage.name)
        event.write(#"","domainPrefix":""#)
        event.writeString(stage.key.apiId)
        event.write(#"","requestTimeEpoch":"#)
        event.writeDecimal(x.startedAtEpochMilliseconds)
        event.write(#","requestId":""#)
        x.writeRESTRequestId(to: &event)
        event.write(#"","identity":{"cognitoIdentityPoolId":null,"accountId":"#)
        EventParts.writeIdentity(x.caller?.account, to: &event)
        event.write(#","cognitoIdentityId":null,"#)
        if let key = x.rest.key {
            event.write(#""apiKey":"#)
            key.value.withUnsafeBytes { event.writeJSONString($0) }
            event.write(#","apiKeyId":"#)
            key.id.withUnsafeBytes { event.writeJSONString($0) }
            event.write(",")
        }
        event.write(#""caller":"#)
        EventParts.writeIdentity(x.caller?.userId, to: &event)
        event.write(#","sourceIp":""#)
        event.write(x.sourceIP)
        event.write(#"","principalOrgId":null,"accessKey":"#)
        EventParts.writeIdentity(x.caller?.accessKeyId, to: &event)
        event.write(#","cognitoAuthenticationType":null,"#)
        event.write(#""cognitoAuthenticationProvider":null,"userArn":"#)
        EventParts.writeIdentity(x.caller?.arn, to: &event)
        event.write(#","userAgent":"#)
        EventParts.writeUserAgent(x, orElse: "null", to: &event)
        event.write(#","user":"#)
        EventParts.writeIdentity(x.caller?.userId, to: &event)
        event.write(#"},"domainName":""#)
        x.writeDomainName(to: &event)
        event.write(#"","deploymentId":""#)
        event.write(deployment.id)
        event.write(#"","apiId":""#)
        event.writeString(stage.key.apiId)
        event.write("\"")
        if let isCanary = x.rest.isCanary {
            event.write(isCanary ? #","isCanaryRequest":true"# : #","isCanaryRequest":false"#)
        }
        event.write("}")
    }

    /// Base64 for binary media types; text that is not UTF-8 is repaired, as recorded for templates.
    private static func writeBody(_ x: Exchange, _ deployment: RESTDeployment, to event: inout ByteBuffer) {
        guard let body = x.body, body.readableBytes > 0 else {
            return event.write(#"null,"isBase64Encoded":false"#)
        }
        let isBinary =
            x.withHead { bytes, head in
                deployment.binaryTypes.contains(
                    head.first(.contentType).map { UnsafeRawBufferPointer(rebasing: bytes[$0.range]) })
            } ?? false
        body.withUnsafeReadableBytes { bytes in
            if isBinary {
                event.write("\"")
                Base64.encode(bytes, into: &event)
                event.write(#"","isBase64Encoded":true"#)
            } else {
                event.writeJSONString(bytes)
                event.write(#","isBase64Encoded":false"#)
            }
        }
    }
}
