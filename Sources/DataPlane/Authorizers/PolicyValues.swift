import Callers
import GatewayModel
import HTTPFront
import IAMPolicy
import NIOCore

/// What a call of an API has for the condition keys of policies. Source: IAM User Guide,
/// reference_policies_condition-keys; Developer Guide, apigateway-resource-policies-aws-condition-keys.
enum PolicyValues {
    /// - Parameter caller: nil where nobody is known by IAM.
    static func of(_ key: ConditionKey, _ x: Exchange, _ caller: Caller? = nil) -> ConditionValues {
        if let value = caller?.value(key) { return value }
        return switch key.name {
        case "aws:sourceip": .values([String(decoding: x.sourceIP, as: UTF8.self)])
        case "aws:useragent": header(x, .userAgent)
        case "aws:referer": header(x, named: "referer")
        case "aws:currenttime": .values([x.startTime.iso8601])
        case "aws:epochtime": .values([String(x.startTime.seconds)])
        // Whatever the listener: all of API Gateway is behind TLS.
        case "aws:securetransport": .values(["true"])
        case "aws:requestedregion": .values([x.stage?.account.region ?? ""])
        case "aws:viaawsservice", "aws:principalisawsservice": .values(["false"])
        // There is no network to come from, no service that calls for somebody, and no organization. Whom a function or a
        // token vouches for has no name in IAM.
        case "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourcearn", "aws:sourceaccount",
            "aws:sourceorgid", "aws:sourceorgpaths", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast",
            "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths",
            "aws:principaltype", "aws:principalservicename", "aws:principalservicenameslist", "aws:userid",
            "aws:username", "aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage",
            "aws:sourceidentity", "aws:federatedprovider":
            .absent
        default: key.name.hasPrefix("aws:principaltag/") ? .absent : .unknown
        }
    }

    private static func header(_ x: Exchange, _ name: HeaderName) -> ConditionValues {
        guard let head = x.connection?.head, let value = head.first(name) else { return .absent }
        return .values([head.string(value)])
    }

    private static func header(_ x: Exchange, named name: StaticString) -> ConditionValues {
        x.withHead { bytes, head in
            for field in head.fields {
                let written = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                if ASCII.equalsIgnoringCase(written, name) { return .values([head.string(field.value)]) }
            }
            return .absent
        } ?? .absent
    }
}
