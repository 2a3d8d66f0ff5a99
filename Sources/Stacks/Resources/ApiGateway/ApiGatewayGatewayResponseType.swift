import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayGatewayResponse = ResourceType(
        name: "AWS::ApiGateway::GatewayResponse", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::GatewayResponse",
            supported: [
                "ResponseParameters": .map, "ResponseTemplates": .map, "ResponseType": .text, "RestApiId": .text,
                "StatusCode": .text,
            ], required: ["ResponseType", "RestApiId"]),
        replacedBy: ["ResponseType", "RestApiId"], behaviour: ApiGatewayGatewayResponseType())
}

/// AWS::ApiGateway::GatewayResponse: PutGatewayResponse, which takes the place of what the API has said of the type.
private struct ApiGatewayGatewayResponseType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        var preparation = ResourcePreparation(physicalId: Identifiers.part(6))
        if try await isSet(request) { preparation.present = [preparation.physicalId] }
        return preparation
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found(["Id": request.preparation.physicalId]) { _ async throws(ResourceFailure) in
            try await isSet(request)
        }
    }

    /// Every type has a response; whether the API has set it is what counts.
    private func isSet(_ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        let answer = try await request.callIfPresent("GetGatewayResponse", "GET", try path(request.properties))
        return answer?["defaultResponse"] == false
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        // What a Body has set would be lost with this resource.
        guard request.preparation.present.isEmpty else {
            throw ResourceFailure(
                message: "the API has a gateway response of type \(try request.properties.required("ResponseType"))")
        }
        try await put(request)
        let id = request.preparation.physicalId
        return request.provisioned(id, ["Id": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        try await put(update.request)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent("DeleteGatewayResponse", "DELETE", try path(deletion.properties))
    }

    private func put(_ request: ResourceRequest) async throws(ResourceFailure) {
        var body = JSONObject()
        body["statusCode"] = try request.properties.text("StatusCode")
        body["responseParameters"] = try request.properties.textMap("ResponseParameters")
        body["responseTemplates"] = try request.properties.textMap("ResponseTemplates")
        try await request.call("PutGatewayResponse", "PUT", try path(request.properties), body: body)
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        [
            "restapis", try properties.required("RestApiId"), "gatewayresponses",
            try properties.required("ResponseType"),
        ]
    }
}
