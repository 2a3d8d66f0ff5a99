import GatewayModel
import IAMPolicy
import JSON

/// Policies as AWS writes them out; order of members and spelling of condition keys as recorded from AWS.
extension Lambda.ResourcePolicy {
    /// Bytes of the document. Source: Lambda quotas, "Resource-based policy: 20 KB".
    static let maximumSize = 20_480

    var document: JSONValue {
        ["Version": "2012-10-17", "Id": "default", "Statement": .array(statements.map(\.document))]
    }
}

extension Lambda.Statement {
    var document: JSONValue {
        var document: JSONObject = [
            "Sid": .string(sid), "Effect": "Allow", "Principal": principalDocument, "Action": .string(action),
            "Resource": .string(resource),
        ]
        let condition = condition
        if !condition.isEmpty { document["Condition"] = .object(condition) }
        return .object(document)
    }

    private var principalDocument: JSONValue {
        if principal == "*" { return "*" }
        let isIdentity = principal.hasPrefix("arn:") || PrincipalId(principal) != nil
        return [isIdentity ? "AWS" : "Service": .string(principal)]
    }

    private var condition: JSONObject {
        var equals: JSONObject = [:]
        equals["AWS:SourceAccount"] = sourceAccount.map(JSONValue.string)
        equals["lambda:FunctionUrlAuthType"] = functionUrlAuthType.map(JSONValue.string)
        equals["aws:PrincipalOrgID"] = principalOrgID.map(JSONValue.string)
        equals["lambda:EventSourceToken"] = eventSourceToken.map(JSONValue.string)
        var condition: JSONObject = [:]
        if !equals.isEmpty { condition["StringEquals"] = .object(equals) }
        if let sourceArn { condition["ArnLike"] = ["AWS:SourceArn": .string(sourceArn)] }
        if let invokedViaFunctionUrl {
            condition["Bool"] = ["lambda:InvokedViaFunctionUrl": .string(invokedViaFunctionUrl ? "true" : "false")]
        }
        return condition
    }
}
