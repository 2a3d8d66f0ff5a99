import GatewayModel
import HashTreeCollections
import JSON

/// The operations on VpcLink of HTTP APIs: a name for what lies in subnets. The texts of refusals are Gatehouse's own.
extension V2Operations {
    static var vpcLinks: [Operation] {
        let collection = "/v2/vpclinks"
        let item = collection + "/{vpcLinkId}"
        return [
            Operation("CreateVpcLink", .apigateway, .post, collection, success: 201, createVpcLink),
            Operation("GetVpcLink", .apigateway, .get, item) { control, call throws(ServiceError) in
                try .json(try control.find(V2.VpcLink.self, call))
            },
            Operation("GetVpcLinks", .apigateway, .get, collection) { control, call throws(ServiceError) in
                try Lists.page(control.world.all(V2.VpcLink.self).reversed(), call, key: \.vpcLinkId)
            },
            Operation("UpdateVpcLink", .apigateway, .patch, item) { control, call throws(ServiceError) in
                let name = try RequestMembers(call).string("name")
                return try .json(
                    try await control.changeDocument(V2.VpcLink.self, call.path("vpcLinkId")) {
                        link throws(ServiceError) in if let name { link.name = try checkName(name) }
                    })
            },
            // Integrations that name it stay, as the model has no error for them.
            Operation("DeleteVpcLink", .apigateway, .delete, item, success: 202) { control, call throws(ServiceError) in
                try await control.deleteDocument(V2.VpcLink.self, call.path("vpcLinkId"))
                return .empty
            },
        ]
    }

    private static func createVpcLink(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RequestMembers(call)
        let name = try checkName(try members.string("name") ?? "")
        let subnets = try members.strings("subnetIds", upTo: V2Quotas.subnets) ?? []
        guard !subnets.isEmpty else { throw V2Error.badRequest("Subnet ids cannot be empty") }
        let tags = try Tags.read(members)
        var link = V2.VpcLink(
            vpcLinkId: try control.freshId(of: V2.VpcLink.self, length: 6, call, tags: tags), name: name,
            subnetIds: subnets, createdDate: call.timestamp)
        link.securityGroupIds = try members.strings("securityGroupIds", upTo: V2Quotas.securityGroups) ?? []
        link.tags = tags
        var stored = link
        stored.vpcLinkStatus = "AVAILABLE"
        stored.vpcLinkStatusMessage = "VPC link is ready to route traffic"
        try await control.create(stored, call)
        // As the service answers before the link is there.
        return try .json(link)
    }

    private static func checkName(_ name: String) throws(ServiceError) -> String {
        guard (1...V2Quotas.apiNameLength).contains(name.unicodeScalars.count) else {
            throw V2Error.badRequest("A VPC link's name must have 1 to \(V2Quotas.apiNameLength) characters.")
        }
        return name
    }
}

extension V2.VpcLink: AccountDocument {
    static let rootType = "v2vpclink"
    static var place: any WritableKeyPath<World, Roots<AccountResource<V2.VpcLink>>> & Sendable { \.privateLinks }
    static let parameter = "vpcLinkId"
    static var quota: Int { V2Quotas.vpcLinks }
    static var notFound: ServiceError { V2Error.notFound("Invalid VpcLink identifier specified") }

    package var id: String { vpcLinkId }
}

extension ControlPlane {
    /// The name of a VPC link, of whichever kind of API.
    package func nameOfVpcLink(_ id: String) -> String? {
        let world = world
        return world[document: REST.VpcLink.self, id]?.name ?? world[document: V2.VpcLink.self, id]?.name
    }
}
