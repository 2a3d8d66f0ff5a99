import GatewayModel
import HashTreeCollections
import JSON

/// The operations on VpcLink: a name for upstreams, by the ARNs of their load balancers.
extension RESTOperations {
    static var vpcLinks: [Operation] {
        let item = "/vpclinks/{vpclink_id}"
        return [
            Operation("CreateVpcLink", .apigateway, .post, "/vpclinks", success: 202, createVpcLink),
            Operation("GetVpcLink", .apigateway, .get, item) { control, call throws(ServiceError) in
                try tagged(try control.find(REST.VpcLink.self, call))
            },
            Operation("GetVpcLinks", .apigateway, .get, "/vpclinks") { control, call throws(ServiceError) in
                try RestPage.reply(control.world.all(REST.VpcLink.self), call, key: \.id)
            },
            Operation("UpdateVpcLink", .apigateway, .patch, item) { control, call throws(ServiceError) in
                let patches = try patches(of: "UpdateVpcLink", call)
                return try tagged(
                    try await control.changeDocument(REST.VpcLink.self, call.path("vpclink_id")) {
                        link throws(ServiceError) in try linkPatches.apply(patches, to: &link)
                    })
            },
            Operation("DeleteVpcLink", .apigateway, .delete, item, success: 202, deleteVpcLink),
        ]
    }

    private static func tagged(_ link: REST.VpcLink) throws(ServiceError) -> Reply {
        var shown = link
        shown.tags = shown.tags ?? [:]
        return try .json(shown)
    }

    private static func createVpcLink(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RestMembers(call)
        var constraints = Constraints()
        constraints.present(try members.string("name"), "createVpcLinkInput.name")
        constraints.present(try members.strings("targetArns"), "createVpcLinkInput.targetArns")
        try constraints.check()
        let arns = try members.strings("targetArns") ?? []
        let name = try members.string("name") ?? ""
        guard !name.isEmpty else { throw RESTError.badRequest("Name cannot be empty") }
        guard arns.count <= 1 else { throw RESTError.badRequest("More than one target arn specified for vpc link.") }
        guard let arn = arns.first else { throw RESTError.badRequest("No target arn specified for vpc link.") }
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[5].isEmpty else {
            throw RESTError.badRequest("Invalid ARN. ARN is not well formed \(arn)")
        }
        let tags = try RestTags.read(members)
        var link = REST.VpcLink(
            id: try control.freshId(of: REST.VpcLink.self, length: 6, call, tags: tags), name: name, targetArns: arns)
        link.tags = tags
        if let text = try members.string("description"), !text.isEmpty { link.description = text }
        var stored = link
        stored.status = "AVAILABLE"
        stored.statusMessage = "Your vpc link is ready for use"
        try await control.create(stored, call)
        // As the service answers before the link is there.
        return try .json(link)
    }

    private static let linkPatches = PatchTable<REST.VpcLink>(
        .listed,
        [
            PatchRule("/name", [.replace]) { link, step throws(ServiceError) in
                guard let name = step.text else { throw RESTError.badRequest("Name cannot be empty") }
                link.name = name
            },
            .text("/description", \.description),
        ])

    private static func deleteVpcLink(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let link = try control.find(REST.VpcLink.self, call)
        let uses = control.world.uses(ofVpcLink: link.id)
        guard uses.isEmpty else {
            throw RESTError.badRequest(
                "Cannot delete vpc link. Vpc link '\(link.id)', is referenced in [\(uses.joined(separator: ", "))] in "
                    + "format of [RESTApiId:Method:Resource:Stage].")
        }
        try await control.deleteDocument(REST.VpcLink.self, link.id)
        return .empty
    }
}

extension World {
    /// `{api}:{VERB}:{resource}:{stage}` of all that is deployed.
    fileprivate func uses(ofVpcLink id: String) -> [String] {
        var uses: Set<String> = []
        for (_, versioned) in restApis {
            let api = versioned.root
            for stage in api.stages {
                for deployment in [stage.deploymentId, stage.canarySettings?.deploymentId] {
                    for resource in deployment.flatMap({ api.contents[$0]?.resources }) ?? [] {
                        for (verb, method) in resource.resourceMethods ?? [:]
                        where method.methodIntegration?.connectionId == id {
                            uses.insert("\(api.id):\(verb):\(resource.id):\(stage.stageName)")
                        }
                    }
                }
            }
        }
        return uses.sorted()
    }
}

extension REST.VpcLink: AccountDocument {
    static let rootType = "vpclink"
    static var place: any WritableKeyPath<World, Roots<AccountResource<REST.VpcLink>>> & Sendable { \.vpcLinks }
    static let parameter = "vpclink_id"
    static var quota: Int { RESTQuotas.vpcLinks }
    static var notFound: ServiceError { RESTError.notFound("Invalid Vpc Link identifier specified") }
}
