import GatewayModel
import HTTPFront
import NIOCore

/// What an event says of a call that is a test. Keys and their order: from events of live tests.
enum TestEvent {
    static func writeContext(
        _ x: Exchange, _ tester: REST.Tester, _ stage: CompiledStage, _ route: CompiledRoute, _ method: RESTMethod,
        to event: inout ByteBuffer
    ) {
        RESTEvent.beginContext(x, stage, route, method, to: &event)
        event.write(#"","protocol":"HTTP/1.1","stage":""#)
        event.write(stage.name)
        event.write(#"","domainPrefix":""#)
        event.writeString(REST.Tester.domainPrefix)
        event.write(#"","requestTimeEpoch":"#)
        event.writeDecimal(x.startedAtEpochMilliseconds)
        event.write(#","requestId":""#)
        x.writeRESTRequestId(to: &event)
        event.write(#"","identity":"#)
        writeIdentity(tester, stage.account, to: &event)
        event.write(#","domainName":""#)
        event.writeString(REST.Tester.domainName)
        event.write(#"","apiId":""#)
        event.writeString(stage.key.apiId)
        event.write(#""}"#)
    }

    private static func writeIdentity(_ tester: REST.Tester, _ account: AccountIdentity, to event: inout ByteBuffer) {
        event.write(#"{"cognitoIdentityPoolId":null,"cognitoIdentityId":null,"apiKey":""#)
        event.writeString(REST.Tester.apiKey)
        event.write(#"","principalOrgId":null,"cognitoAuthenticationType":null,"userArn":"#)
        event.writeJSONString(tester.userArn)
        event.write(#","apiKeyId":""#)
        event.writeString(REST.Tester.apiKeyId)
        event.write(#"","userAgent":"#)
        writeOptional(tester.userAgent, to: &event)
        event.write(#","accountId":""#)
        event.writeString(account.accountId)
        event.write(#"","caller":""#)
        event.writeString(account.accountId)
        event.write(#"","sourceIp":""#)
        event.writeString(REST.Tester.sourceIp)
        event.write(#"","accessKey":"#)
        writeOptional(tester.accessKey, to: &event)
        event.write(#","cognitoAuthenticationProvider":null,"user":""#)
        event.writeString(account.accountId)
        event.write(#""}"#)
    }

    private static func writeOptional(_ text: String?, to event: inout ByteBuffer) {
        if let text { event.writeJSONString(text) } else { event.write("null") }
    }
}

extension REST.Tester {
    static func write(_ text: String?, to buffer: inout ByteBuffer) -> Bool {
        guard let text else { return false }
        buffer.writeString(text)
        return true
    }
}
