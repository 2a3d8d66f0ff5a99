import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayV2VpcLink = ResourceType(
        name: "AWS::ApiGatewayV2::VpcLink", attributes: ["VpcLinkId"],
        rules: PropertyRules(
            type: "AWS::ApiGatewayV2::VpcLink",
            supported: ["Name": .text, "SecurityGroupIds": .list, "SubnetIds": .list, "Tags": .map],
            required: ["Name", "SubnetIds"]),
        replacedBy: ["SecurityGroupIds", "SubnetIds"], behaviour: ApiGatewayV2VpcLinkType())
}

/// AWS::ApiGatewayV2::VpcLink: CreateVpcLink and UpdateVpcLink.
private struct ApiGatewayV2VpcLinkType: ResourceBehaviour {
    private static let path = ["v2", "vpclinks"]

    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.part(6))
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { id async throws(ResourceFailure) in
            try await request.callIfPresent("GetVpcLink", "GET", Self.path + [id]) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var body = JSONObject()
        body["name"] = try request.properties.text("Name")
        body["securityGroupIds"] = try request.properties.texts("SecurityGroupIds")
        body["subnetIds"] = try request.properties.texts("SubnetIds")
        body["tags"] = try request.properties.textMap("Tags")
        let answer = try await request.call(
            "CreateVpcLink", "POST", Self.path, body: body, newId: request.preparation.physicalId)
        let id = try answer.member("vpcLinkId", of: "CreateVpcLink")
        return request.provisioned(id, ["VpcLinkId": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let id = update.existing.physicalId
        let properties = update.request.properties
        try await update.request.call(
            "UpdateVpcLink", "PATCH", Self.path + [id], body: ["name": try properties.text("Name") ?? ""])
        if update.changes("Tags") {
            try await update.request.retag(
                "/vpclinks/\(id)", from: try update.old.textMap("Tags"), to: try properties.textMap("Tags"))
        }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent("DeleteVpcLink", "DELETE", Self.path + [deletion.physicalId])
    }
}
