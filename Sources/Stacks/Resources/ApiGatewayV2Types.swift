import JSON

extension ResourceType {
    /// AWS::ApiGatewayV2::Api with a Body: ImportApi.
    static let apiGatewayV2Api = ResourceType(
        name: "AWS::ApiGatewayV2::Api", attributes: ["ApiEndpoint", "ApiId"]
    ) { request async throws(ResourceFailure) in
        guard let document = request.properties.properties["Body"] else {
            throw ResourceFailure(message: "Body is needed")
        }
        let answer = try await request.call(
            "ImportApi", "PUT", ["v2", "apis"], body: ["body": .string(document.json.text)])
        guard let apiId = answer["apiId"]?.string, let endpoint = answer["apiEndpoint"]?.string else {
            throw ResourceFailure(message: "ImportApi: the answer has no apiId or apiEndpoint")
        }
        return ProvisionedResource(
            logicalId: request.logicalId, type: "AWS::ApiGatewayV2::Api", physicalId: apiId,
            attributes: ["ApiEndpoint": endpoint, "ApiId": apiId])
    }

    /// AWS::ApiGatewayV2::Stage: CreateStage.
    static let apiGatewayV2Stage = ResourceType(
        name: "AWS::ApiGatewayV2::Stage", attributes: []
    ) { request async throws(ResourceFailure) in
        let properties = request.properties
        let stageName = try properties.required("StageName")
        var body: JSONObject = ["stageName": .string(stageName)]
        body["autoDeploy"] = try properties.boolean("AutoDeploy")
        body["stageVariables"] = try properties.textMap("StageVariables")
        body["tags"] = try properties.textMap("Tags")
        if let settings = try properties.nested("AccessLogSettings") {
            var log = JSONObject()
            log["destinationArn"] = try settings.text("DestinationArn")
            log["format"] = try settings.text("Format")
            body["accessLogSettings"] = .object(log)
        }
        _ = try await request.call(
            "CreateStage", "POST", ["v2", "apis", try properties.required("ApiId"), "stages"], body: body)
        return ProvisionedResource(
            logicalId: request.logicalId, type: "AWS::ApiGatewayV2::Stage", physicalId: stageName, attributes: [:])
    }
}
