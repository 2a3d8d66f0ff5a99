import GatewayModel
import JSON

/// Tags of APIs, stages and VPC links.
extension V2Operations {
    static var tags: [Operation] {
        [
            Operation("TagResource", .apigateway, .post, "/v2/tags/{resource-arn}", success: 201, tagResource),
            Operation("UntagResource", .apigateway, .delete, "/v2/tags/{resource-arn}", success: 204, untagResource),
            Operation("GetTags", .apigateway, .get, "/v2/tags/{resource-arn}", getTags),
        ]
    }

    private static func getTags(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let resource = try TaggedResource(call)
        if let link = resource.linkId {
            guard let found = control.world[document: V2.VpcLink.self, link] else { throw resource.notFound }
            return try .json(["tags": found.tags ?? [:]])
        }
        guard let api = control.world[HTTPAPI.self, resource.apiId] else { throw resource.notFound }
        return try .json(["tags": try resource.tags(of: api)])
    }

    private static func tagResource(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        try await TaggedResource(call).change(control) { tags throws(ServiceError) in
            for (key, value) in try RequestMembers(call).map("tags", upTo: V2Quotas.tags) ?? [:] { tags[key] = value }
            try Tags.check(tags)
        }
    }

    private static func untagResource(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        try await TaggedResource(call).change(control) { tags in
            for key in call.queryValues("tagKeys") { tags[key] = nil }
        }
    }
}

/// The rules for tags. Source: docs/apigateway-tagging-supported-resources (50 tags, key 128, value 256, no `aws:`).
enum Tags {
    static func read(_ members: RequestMembers) throws(ServiceError) -> OrderedMap<String> {
        let tags = try members.map("tags", upTo: V2Quotas.tags) ?? [:]
        try check(tags)
        return tags
    }

    /// - Parameters:
    ///   - old: those that there were.
    ///   - granted: those of AWS's own that may be set.
    static func check(
        _ tags: OrderedMap<String>, over old: OrderedMap<String> = [:], granted: [String: String]? = nil
    ) throws(ServiceError) {
        // Source: refusals of AWS that users have quoted.
        guard SystemTags.refused(from: old, to: tags, granted: granted) == nil else {
            throw V2Error.badRequest("Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)")
        }
        guard SystemTags.othersCount(tags) <= V2Quotas.tags else {
            throw V2Error.badRequest("A resource can have at most \(V2Quotas.tags) tags.")
        }
        for (key, value) in tags {
            guard !key.isEmpty, key.unicodeScalars.count <= V2Quotas.tagKeyLength else {
                throw V2Error.badRequest("A tag key must have 1 to \(V2Quotas.tagKeyLength) characters.")
            }
            guard value.unicodeScalars.count <= V2Quotas.tagValueLength else {
                throw V2Error.badRequest("A tag value must have at most \(V2Quotas.tagValueLength) characters.")
            }
        }
    }
}

/// What an ARN names: `arn:aws:apigateway:{region}::/apis/{apiId}[/stages/{stageName}]`, or `…::/vpclinks/{id}`.
private struct TaggedResource {
    let apiId: String
    private let stageName: String?
    let linkId: String?
    let notFound: ServiceError

    init(_ call: Call) throws(ServiceError) {
        let arn = call.path("resource-arn")
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "apigateway", parts[5].hasPrefix("/") else {
            throw V2Error.badRequest("Invalid resource ARN specified '\(arn)'")
        }
        notFound = V2Error.notFound("Invalid resource ARN specified '\(arn)'")
        let names = parts[5].split(separator: "/", omittingEmptySubsequences: true)
        linkId = names.count == 2 && names[0] == "vpclinks" ? String(names[1]) : nil
        guard names.count == 2 || names.count == 4 && names[2] == "stages", names[0] == "apis" || linkId != nil else {
            throw notFound
        }
        apiId = String(names[1])
        stageName = names.count == 4 ? String(names[3]) : nil
    }

    func tags(of api: HTTPAPI) throws(ServiceError) -> OrderedMap<String> {
        guard let stageName else { return api.api.tags ?? [:] }
        guard let stage = api.stages[stageName] else { throw notFound }
        return stage.tags ?? [:]
    }

    func change(
        _ control: ControlPlane, _ edit: (inout OrderedMap<String>) throws(ServiceError) -> Void
    ) async throws(ServiceError) -> Reply {
        if let linkId {
            guard control.world[document: V2.VpcLink.self, linkId] != nil else { throw notFound }
            _ = try await control.changeDocument(V2.VpcLink.self, linkId) { link throws(ServiceError) in
                var tags = link.tags ?? [:]
                try edit(&tags)
                link.tags = tags
            }
            return .empty
        }
        guard control.world[HTTPAPI.self, apiId] != nil else { throw notFound }
        return try await control.changeAPI(apiId) { api throws(ServiceError) in
            var tags = try tags(of: api)
            try edit(&tags)
            if var stage = stageName.flatMap({ api.stages[$0] }) {
                stage.tags = tags
                try api.put(stage)
            } else {
                api.api.tags = tags
            }
        } answering: { _, _ in
            .empty
        }
    }
}
