import GatewayModel
import JSON

/// Tags of all that has them, by ARN.
extension RESTOperations {
    static var tags: [Operation] {
        let path = "/tags/{resource_arn}"
        return [
            Operation("GetTags", .apigateway, .get, path) { control, call throws(ServiceError) in
                try .json(["tags": try TaggedRESTResource(call).tags(control) ?? [:]])
            },
            Operation("TagResource", .apigateway, .put, path, success: 204) { control, call throws(ServiceError) in
                let added = try RestMembers(call).map("tags") ?? [:]
                return try await TaggedRESTResource(call).change(control, call) { tags in
                    for (key, value) in added { tags[key] = value }
                }
            },
            Operation("UntagResource", .apigateway, .delete, path, success: 204) { control, call throws(ServiceError) in
                try await TaggedRESTResource(call).change(control, call) { tags in
                    for key in call.queryValues("tagKeys") { tags[key] = nil }
                }
            },
        ]
    }
}

enum RestTags {
    /// Those of a new resource; nil when there are none.
    static func read(_ members: RestMembers) throws(ServiceError) -> OrderedMap<String>? {
        guard let tags = try members.map("tags"), !tags.isEmpty else { return nil }
        try Tags.check(tags, granted: members.systemTags)
        return tags
    }
}

/// What an ARN names: `arn:aws:apigateway:{region}::/restapis/{id}[/stages/{name}]`, or a resource of the account.
private enum TaggedRESTResource {
    case api(String)
    case stage(apiId: String, String)
    case document(any AccountDocument.Type, String)
    case usagePlan(String)

    private static let documents: [String: any AccountDocument.Type] = [
        "apikeys": REST.ApiKey.self, "clientcertificates": StoredCertificate.self, "vpclinks": REST.VpcLink.self,
    ]

    init(_ call: Call) throws(ServiceError) {
        let arn = call.path("resource_arn")
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "apigateway", parts[5].hasPrefix("/") else {
            throw RESTError.badRequest("Invalid resource ARN specified '\(arn)'")
        }
        let names = parts[5].split(separator: "/").map(String.init)
        // A resource has one ARN only: policies speak of that one.
        guard parts[1] == call.account.partition, parts[3] == call.account.region, parts[4].isEmpty,
            parts[5] == "/" + names.joined(separator: "/")
        else { throw Self.notFound }
        switch (names.count, names.first) {
        case (2, "restapis"): self = .api(names[1])
        case (4, "restapis") where names[2] == "stages": self = .stage(apiId: names[1], names[3])
        case (2, "usageplans"): self = .usagePlan(names[1])
        case (2, let collection?):
            guard let type = Self.documents[collection] else { throw Self.notFound }
            self = .document(type, names[1])
        default: throw Self.notFound
        }
    }

    private static let notFound = RESTError.notFound("Invalid Resource identifier specified")

    func tags(_ control: ControlPlane) throws(ServiceError) -> OrderedMap<String>? {
        let world = control.world
        switch self {
        case .api(let id):
            guard let api = world[RESTAPI.self, id] else { throw Self.notFound }
            return api.api.tags
        case .stage(let id, let name):
            guard let stage = world[RESTAPI.self, id]?.stages[name] else { throw Self.notFound }
            return stage.tags
        case .usagePlan(let id):
            guard let plan = world[UsagePlan.self, id] else { throw Self.notFound }
            return plan.plan.tags
        case .document(let type, let id): return try Self.tags(of: type, id, world)
        }
    }

    private static func tags(
        of type: (some AccountDocument).Type, _ id: String, _ world: World
    ) throws(ServiceError) -> OrderedMap<String>? {
        guard let document = world[document: type, id] else { throw notFound }
        return document.tags
    }

    func change(
        _ control: ControlPlane, _ call: Call, _ change: (inout OrderedMap<String>) -> Void
    ) async throws(ServiceError) -> Reply {
        switch self {
        case .api(let id):
            try await control.changeRESTAPI(id, unknown: Self.notFound) { api throws(ServiceError) in
                try Self.edit(&api.api.tags, call, change)
            }
        case .stage(let id, let name):
            try await control.changeRESTAPI(id, unknown: Self.notFound) { api throws(ServiceError) in
                guard var stage = api.stages[name] else { throw Self.notFound }
                try Self.edit(&stage.tags, call, change)
                try api.put(stage)
            }
        case .usagePlan(let id):
            _ = try tags(control)
            try await control.changePlan(id) { plan throws(ServiceError) in
                try Self.edit(&plan.plan.tags, call, change)
            }
        case .document(let type, let id):
            _ = try tags(control)
            try await Self.change(type, id, control, call, change)
        }
        return .empty
    }

    private static func change(
        _ type: (some AccountDocument).Type, _ id: String, _ control: ControlPlane, _ call: Call,
        _ change: (inout OrderedMap<String>) -> Void
    ) async throws(ServiceError) {
        _ = try await control.changeDocument(type, id) { document throws(ServiceError) in
            try Self.edit(&document.tags, call, change)
        }
    }

    private static func edit(
        _ tags: inout OrderedMap<String>?, _ call: Call, _ change: (inout OrderedMap<String>) -> Void
    ) throws(ServiceError) {
        var edited = tags ?? [:]
        change(&edited)
        try Tags.check(edited, over: tags ?? [:], granted: call.systemTags)
        tags = edited.isEmpty ? nil : edited
    }
}
