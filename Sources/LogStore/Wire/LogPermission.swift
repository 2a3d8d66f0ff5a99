package import GatewayModel
import JSON

/// What a call does to which resource, as policies name it.
///
/// The resource is written as AWS writes it in its refusals: a group's ends in `:log-stream:`, so that `log-group:NAME:*`
/// covers it and `log-group:NAME` does not; where tags are meant, the group's own ARN.
/// Source: Service Authorization Reference, CloudWatch Logs; refusals of AWS that users have quoted.
package struct LogPermission: Sendable, Equatable {
    package let action: String
    package let resource: String

    package static func all(of operation: String, _ body: [UInt8], in account: AccountIdentity) -> [LogPermission] {
        let members = (try? JSONValue(parsing: body))?.object ?? [:]
        let names = LogNames(account)
        func text(_ name: String) -> String? { members[name]?.string }
        let group = names.group(text("logGroupName") ?? text("logGroupIdentifier") ?? "")
        switch operation {
        case "TagResource", "UntagResource", "ListTagsForResource":
            return [LogPermission(action: operation, resource: text("resourceArn") ?? "*")]
        case "DescribeLogGroups":
            return [LogPermission(action: operation, resource: names.streamARN("", ""))]
        case "ListLogGroups", "TestMetricFilter":
            return [LogPermission(action: operation, resource: "*")]
        case LogStore.liveTail:
            // As it may name nothing that is there, it is asked about at least one resource.
            let groups = members["logGroupIdentifiers"]?.array?.compactMap(\.string) ?? []
            return (groups.isEmpty ? [""] : groups).map {
                LogPermission(action: operation, resource: names.streamARN(names.group($0), ""))
            }
        case "CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents":
            return [LogPermission(action: operation, resource: names.streamARN(group, text("logStreamName") ?? ""))]
        case "CreateLogGroup" where SystemTags.hasOthers(members["tags"]):
            return [operation, "TagResource"].map { LogPermission(action: $0, resource: names.streamARN(group, "")) }
        default:
            return [LogPermission(action: operation, resource: names.streamARN(group, ""))]
        }
    }
}
