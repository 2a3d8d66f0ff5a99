import JSON

extension ResourceType {
    static let lambdaPermission = ResourceType(
        name: "AWS::Lambda::Permission", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::Lambda::Permission",
            supported: [
                "Action": .text, "EventSourceToken": .text, "FunctionName": .text, "FunctionUrlAuthType": .text,
                "InvokedViaFunctionUrl": .boolean, "Principal": .text, "PrincipalOrgID": .text,
                "SourceAccount": .text, "SourceArn": .text,
            ], required: ["Action", "FunctionName", "Principal"]),
        replacedBy: [
            "Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType", "InvokedViaFunctionUrl", "Principal",
            "PrincipalOrgID", "SourceAccount", "SourceArn",
        ], behaviour: LambdaPermissionType())
}

/// AWS::Lambda::Permission: AddPermission.
private struct LambdaPermissionType: ResourceBehaviour {
    private static let statementIdLimit = 100

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let taken = try await statements(request)
        return try await request.named(nil, limit: Self.statementIdLimit) { taken.contains($0) }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let statements = try await statements(request)
        return try await request.found(["Id": request.preparation.physicalId]) { statements.contains($0) }
    }

    private func statements(_ request: ResourceRequest) async throws(ResourceFailure) -> [String] {
        let path = Self.path(try request.properties.required("FunctionName"))
        guard let text = try await request.callIfPresent("GetPolicy", "GET", path)?["Policy"]?.string,
            let policy = try? JSONValue(parsing: Array(text.utf8))
        else { return [] }
        return (policy["Statement"]?.array ?? []).compactMap { $0["Sid"]?.string }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let (properties, statementId) = (request.properties, request.preparation.physicalId)
        var body: JSONObject = ["StatementId": .string(statementId)]
        for name in [
            "Action", "Principal", "SourceArn", "SourceAccount", "EventSourceToken", "PrincipalOrgID",
            "FunctionUrlAuthType",
        ] { body[name] = try properties.text(name) }
        body["InvokedViaFunctionUrl"] = try properties.boolean("InvokedViaFunctionUrl")
        try await request.call(
            "AddPermission", "POST", Self.path(try properties.required("FunctionName")), body: body)
        return request.provisioned(statementId, ["Id": statementId])
    }

    /// Every property replaces.
    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let path = Self.path(try deletion.properties.required("FunctionName"))
        try await deletion.callIfPresent("RemovePermission", "DELETE", path + [deletion.physicalId])
    }

    private static func path(_ function: String) -> [String] { ["2015-03-31", "functions", function, "policy"] }
}
