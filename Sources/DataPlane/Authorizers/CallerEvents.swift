import Callers
import HTTPFront
import NIOCore

/// Callers known by IAM in events, logs and templates.
extension EventParts {
    /// `requestContext.authorizer.iam` of payload format 2.0.
    static func writeCaller(_ caller: Caller, to event: inout ByteBuffer) {
        event.write(#"{"accessKey":"#)
        event.writeJSONString(Array(caller.accessKeyId.utf8))
        event.write(#","accountId":"#)
        event.writeJSONString(Array(caller.account.utf8))
        event.write(#","callerId":"#)
        event.writeJSONString(Array(caller.userId.utf8))
        event.write(#","cognitoIdentity":null,"principalOrgId":null,"userArn":"#)
        event.writeJSONString(Array(caller.arn.utf8))
        event.write(#","userId":"#)
        event.writeJSONString(Array(caller.userId.utf8))
        event.write("}")
    }

    /// The value of a member of `identity`, null where nobody is known.
    static func writeIdentity(_ text: String?, to event: inout ByteBuffer) {
        guard let text else { return event.write("null") }
        event.writeJSONString(Array(text.utf8))
    }
}
