import GatewayModel
import JSON

extension LambdaOperations {
    static var tags: [Operation] {
        [
            Operation("TagResource", .lambda, .post, resource, success: 204, tagResource),
            Operation("UntagResource", .lambda, .delete, resource, success: 204, untagResource),
            Operation("ListTags", .lambda, .get, resource, listTags),
        ]
    }

    private static let resource = "/2017-03-31/tags/{Resource}"
}

enum FunctionTags {
    /// Source: Lambda Developer Guide, "Tag restrictions: maximum number of tags per resource: 50".
    private static let maximumCount = 50

    /// - Parameter old: those that there were.
    static func check(
        _ tags: OrderedMap<String>, over old: OrderedMap<String> = [:], _ call: Call
    ) throws(ServiceError) {
        guard SystemTags.othersCount(tags) <= maximumCount else {
            throw .invalidParameter("Number of tags exceeds resource tag limit.")
        }
        guard SystemTags.refused(from: old, to: tags, granted: call.systemTags) == nil else {
            throw .invalidParameter(SystemTags.refusal)
        }
    }

    /// As AWS prints it. Recorded in November 2025; botocore's copy has neither `eusc-` nor layers.
    fileprivate static let resourcePattern =
        #"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:"#
        + #"(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|"#
        + #"code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-"#
        + #"[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)"#

    /// What other resources are called in the answer that there is no such thing: Gatehouse has none of them.
    fileprivate static let otherResources: KeyValuePairs = [
        "event-source-mapping": "Event source mapping", "capacity-provider": "Capacity provider",
        "code-signing-config": "Code signing config", "layer": "Layer",
    ]
}

/// Tags belong to the function, not to its versions, and change its RevisionId; no environment is replaced for them.
extension LambdaOperations {
    private static func tagResource(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let tags = try Members(try call.object()).stringMap("Tags")
        var constraints = Constraints()
        constraints.present(tags, "tags")
        return try await retag(try taggedFunction(call, control, constraints), control, call) {
            present throws(ServiceError) in
            guard let tags, !tags.isEmpty else {
                throw .invalidParameter("An error occurred and the request cannot be processed.")
            }
            for (key, value) in tags { present[key] = value }
        }
    }

    private static func untagResource(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let keys = call.queryValues("tagKeys")
        var constraints = Constraints()
        constraints.present(keys.first, "tagKeys")
        return try await retag(try taggedFunction(call, control, constraints), control, call) { present in
            for key in keys { present[key] = nil }
        }
    }

    private static func listTags(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let function = try control.function(try taggedFunction(call, control, Constraints()))
        return .json(.object(["Tags": try JSONValue.of(function.head.tags)]))
    }

    private static func retag(
        _ name: FunctionName, _ control: ControlPlane, _ call: Call,
        _ edit: (inout OrderedMap<String>) throws(ServiceError) -> Void
    ) async throws(ServiceError) -> Reply {
        try await control.changeFunction(name) { function throws(ServiceError) in
            let old = function.head.tags
            try edit(&function.head.tags)
            try FunctionTags.check(function.head.tags, over: old, call)
            function.head.configuration.RevisionId = Identifiers.uuid()
        }
        return .empty
    }

    private static func taggedFunction(
        _ call: Call, _ control: ControlPlane, _ constraints: Constraints
    ) throws(ServiceError) -> FunctionName {
        let arn = call.path("Resource")
        let name = FunctionName(parsing: arn, .plain).flatMap { $0.isFullARN(arn) ? $0 : nil }
        let other = FunctionTags.otherResources.first { arn.contains(":\($0.key):") && !arn.hasSuffix(":") }
        var constraints = constraints
        constraints.pattern(arn, "resource", FunctionTags.resourcePattern) { _ in
            name != nil || other.map { isOtherResource(arn, $0.key) } ?? false
        }
        try constraints.check()
        guard let name else {
            throw .resourceNotFound("\(other?.value ?? "Resource") not found: \(arn)")
        }
        try name.checkPlace(control.settings.account)
        guard name.qualifier == nil else {
            throw .invalidParameter(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.")
        }
        return name
    }

    /// `arn:…:lambda:region:account:kind:id`
    private static func isOtherResource(_ arn: String, _ kind: String) -> Bool {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == kind && parts[6].isWord()
    }
}

extension FunctionName {
    /// Tags take no name and no partial ARN.
    fileprivate func isFullARN(_ text: String) -> Bool {
        text.hasPrefix("arn:aws") && region != nil && account != nil && text.contains(":function:\(name)")
    }
}
