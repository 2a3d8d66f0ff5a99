import JSON

extension ResourceType {
    static let lambdaAlias = ResourceType(
        name: "AWS::Lambda::Alias", attributes: ["AliasArn"],
        rules: PropertyRules(
            type: "AWS::Lambda::Alias",
            supported: [
                "Description": .text, "FunctionName": .text, "FunctionVersion": .text, "Name": .text,
                "RoutingConfig": .members(routing),
            ], known: ["ProvisionedConcurrencyConfig"], required: ["FunctionName", "FunctionVersion", "Name"]),
        replacedBy: ["FunctionName", "Name"], behaviour: LambdaAliasType())

    private static let routing = PropertyRules(
        type: "AWS::Lambda::Alias.AliasRoutingConfiguration",
        supported: [
            "AdditionalVersionWeights": .listOfMembers(
                PropertyRules(
                    type: "AWS::Lambda::Alias.VersionWeight",
                    supported: ["FunctionVersion": .text, "FunctionWeight": .any],
                    required: ["FunctionVersion", "FunctionWeight"]))
        ])
}

/// AWS::Lambda::Alias: CreateAlias and UpdateAlias.
private struct LambdaAliasType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let name = try request.properties.required("Name")
        return ResourcePreparation(physicalId: name, present: try await alias(request) == nil ? [] : [name])
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        guard request.preparation.present.isEmpty, let alias = try await alias(request) else { return [] }
        return [try request.alias(alias)]
    }

    private func alias(_ request: ResourceRequest) async throws(ResourceFailure) -> JSONValue? {
        try await request.callIfPresent("GetAlias", "GET", try path(request.properties))
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var body = try members(request.properties)
        body["Name"] = .string(try request.properties.required("Name"))
        let answer = try await request.call(
            "CreateAlias", "POST", try path(request.properties).dropLast(), body: body)
        return try request.alias(answer)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        var body = try members(update.request.properties)
        body["Description"] = body["Description"] ?? ""
        body["RoutingConfig"] = body["RoutingConfig"] ?? ["AdditionalVersionWeights": [:]]
        try await update.request.call("UpdateAlias", "PUT", try path(update.request.properties), body: body)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent("DeleteAlias", "DELETE", try path(deletion.properties))
    }

    private func members(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body: JSONObject = ["FunctionVersion": .string(try properties.required("FunctionVersion"))]
        body["Description"] = try properties.text("Description")
        guard let routing = try properties.nested("RoutingConfig") else { return body }
        var weights = JSONObject()
        for entry in routing.properties["AdditionalVersionWeights"]?.list ?? [] {
            guard let version = entry.map?["FunctionVersion"]?.text, let weight = entry.map?["FunctionWeight"]?.text,
                Double(weight)?.isFinite == true
            else {
                throw ResourceFailure(
                    message: "a weight needs a FunctionVersion and a FunctionWeight", line: entry.line)
            }
            weights[version] = .number(weight)
        }
        body["RoutingConfig"] = ["AdditionalVersionWeights": .object(weights)]
        return body
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        [
            "2015-03-31", "functions", try properties.required("FunctionName"), "aliases",
            try properties.required("Name"),
        ]
    }
}

extension ResourceRequest {
    fileprivate func alias(_ answer: JSONValue) throws(ResourceFailure) -> ProvisionedResource {
        let arn = try answer.member("AliasArn", of: "CreateAlias")
        return provisioned(arn, ["AliasArn": arn])
    }
}
