import Callers
import HTTPFront
import NIOCore

/// Whether a check that decides who may call has let the call pass, as access logs of REST APIs tell it (seen in those
/// of live APIs: 200 where it has).
enum AccessCheck: Sendable {
    /// Nothing had to be checked, or not yet.
    case none
    case passed, refused

    func writeStatus(to buffer: inout ByteBuffer) -> Bool {
        switch self {
        case .none: return false
        case .passed: buffer.write("200")
        case .refused: buffer.write("403")
        }
        return true
    }

    /// Nobody is asked elsewhere.
    func writeLatency(to buffer: inout ByteBuffer) -> Bool {
        guard self != .none else { return false }
        buffer.write("0")
        return true
    }

    func writeError(_ x: Exchange, to buffer: inout ByteBuffer) -> Bool {
        guard self == .refused, let refusal = x.refusal else { return false }
        buffer.write(refusal.message)
        return true
    }
}

extension Exchange {
    /// What is known of the caller, of one who tests a method what is known of him; false where it is nothing.
    func writeIdentity(_ ofCaller: String?, _ ofTester: String?, to buffer: inout ByteBuffer) -> Bool {
        guard let text = ofCaller ?? (rest.tester == nil ? nil : ofTester) else { return false }
        buffer.writeString(text)
        return true
    }
}

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
