import JSON

extension ResourceType {
    static let apiGatewayUsagePlanKey = ResourceType(
        name: "AWS::ApiGateway::UsagePlanKey", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::UsagePlanKey",
            supported: ["KeyId": .text, "KeyType": .text, "UsagePlanId": .text],
            required: ["KeyId", "KeyType", "UsagePlanId"]),
        replacedBy: ["KeyId", "KeyType", "UsagePlanId"], behaviour: ApiGatewayUsagePlanKeyType())
}

/// AWS::ApiGateway::UsagePlanKey: CreateUsagePlanKey. Its Ref is the key's id and the plan's.
private struct ApiGatewayUsagePlanKeyType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let properties = request.properties
        let id = "\(try properties.required("KeyId")):\(try properties.required("UsagePlanId"))"
        return ResourcePreparation(physicalId: id, present: try await exists(request) ? [id] : [])
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found(["Id": request.preparation.physicalId]) { _ async throws(ResourceFailure) in
            try await exists(request)
        }
    }

    private func exists(_ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        let path = try path(request.properties) + [try request.properties.required("KeyId")]
        return try await request.callIfPresent("GetUsagePlanKey", "GET", path) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        var body = JSONObject()
        body["keyId"] = try properties.text("KeyId")
        body["keyType"] = try properties.text("KeyType")
        try await request.call("CreateUsagePlanKey", "POST", try path(properties), body: body)
        return request.provisioned(request.preparation.physicalId, ["Id": request.preparation.physicalId])
    }

    /// Every property replaces.
    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "DeleteUsagePlanKey", "DELETE",
            try path(deletion.properties) + [try deletion.properties.required("KeyId")])
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        ["usageplans", try properties.required("UsagePlanId"), "keys"]
    }
}
