import GatewayModel
import JSON

/// Tags of APIs and stages.
extension V2Operations {
    static let tags = [
        Operation("TagResource", .apigateway, .post, "/v2/tags/{resource-arn}", success: 201, tagResource),
        Operation("UntagResource", .apigateway, .delete, "/v2/tags/{resource-arn}", success: 204, untagResource),
        Operation("GetTags", .apigateway, .get, "/v2/tags/{resource-arn}", getTags),
    ]

    private static func getTags(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let resource = try TaggedResource(control, call)
        return try .json(["tags": resource.tags])
    }

    private static func tagResource(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        var resource = try TaggedResource(control, call)
        guard let tags = try RequestMembers(call).map("tags", upTo: V2Quotas.tags) else { return .empty }
        for (key, value) in tags { resource.tags[key] = value }
        try Tags.check(resource.tags)
        try await control.commit(resource.change()).publish()
        return .empty
    }

    private static func untagResource(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        var resource = try TaggedResource(control, call)
        for key in call.queryValues("tagKeys") { resource.tags[key] = nil }
        try await control.commit(resource.change()).publish()
        return .empty
    }
}

/// The rules for tags. Source: docs/apigateway-tagging-supported-resources (50 tags, key 128, value 256, no `aws:`).
enum Tags {
    static func read(_ members: RequestMembers) throws(ServiceError) -> OrderedMap<String> {
        let tags = try members.map("tags", upTo: V2Quotas.tags) ?? [:]
        try check(tags)
        return tags
    }

    static func check(_ tags: OrderedMap<String>) throws(ServiceError) {
        guard tags.count <= V2Quotas.tags else {
            throw V2Error.badRequest("A resource can have at most \(V2Quotas.tags) tags.")
        }
        for (key, value) in tags {
            guard !key.isEmpty, key.unicodeScalars.count <= V2Quotas.tagKeyLength else {
                throw V2Error.badRequest("A tag key must have 1 to \(V2Quotas.tagKeyLength) characters.")
            }
            guard value.unicodeScalars.count <= V2Quotas.tagValueLength else {
                throw V2Error.badRequest("A tag value must have at most \(V2Quotas.tagValueLength) characters.")
            }
            guard !key.lowercased().hasPrefix("aws:") else {
                throw V2Error.badRequest("The tag key '\(key)' is reserved: it begins with 'aws:'.")
            }
        }
    }
}

/// The API or stage that an ARN names: `arn:aws:apigateway:{region}::/apis/{apiId}[/stages/{stageName}]`.
private struct TaggedResource {
    let api: HTTPAPI
    let stageName: String?
    var tags: OrderedMap<String>

    init(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) {
        let arn = call.path("resource-arn")
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "apigateway", parts[5].hasPrefix("/") else {
            throw V2Error.badRequest("Invalid resource ARN specified '\(arn)'")
        }
        let names = parts[5].split(separator: "/", omittingEmptySubsequences: true)
        guard names.count == 2 || names.count == 4, names[0] == "apis", let api = control.apis[String(names[1])] else {
            throw V2Error.notFound("Invalid resource ARN specified '\(arn)'")
        }
        self.api = api
        guard names.count == 4 else {
            stageName = nil
            tags = api.api.tags ?? [:]
            return
        }
        guard names[2] == "stages", let stage = api.stages[names[3]] else {
            throw V2Error.notFound("Invalid resource ARN specified '\(arn)'")
        }
        stageName = stage.stageName
        tags = stage.tags ?? [:]
    }

    func change() throws(ServiceError) -> APIChange {
        var change = APIChange(of: api)
        if let stageName {
            guard var stage = api.stages[stageName] else { return change }
            stage.tags = tags
            try change.put(stage)
        } else {
            var api = api.api
            api.tags = tags
            try change.put(api, changesContent: false)
        }
        return change
    }
}
