import Callers
import HTTPFront
import NIOCore

/// Callers known by IAM in events, logs and templates.
extension EventParts {
    /// `requestContext.authorizer.iam` of payload format 2.0.
    static func writeCaller(_ caller: Caller, to event: inout ByteBuffer) {
        event.write(#"{"accessKey":"#)
        event.writeJSONString(caller.accessKeyId)
        event.write(#","accountId":"#)
        event.writeJSONString(caller.account)
        event.write(#","callerId":"#)
        event.writeJSONString(caller.userId)
        event.write(#","cognitoIdentity":null,"principalOrgId":null,"userArn":"#)
        event.writeJSONString(caller.arn)
        event.write(#","userId":"#)
        event.writeJSONString(caller.userId)
        event.write("}")
    }

    /// The value of a member of `identity`, null where nobody is known.
    static func writeIdentity(_ text: String?, to event: inout ByteBuffer) {
        guard let text else { return event.write("null") }
        event.writeJSONString(text)
    }
}
