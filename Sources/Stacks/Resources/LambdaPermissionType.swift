import JSON

extension ResourceType {
    /// AWS::Lambda::Permission: AddPermission.
    static let lambdaPermission = ResourceType(
        name: "AWS::Lambda::Permission", attributes: ["Id"]
    ) { request async throws(ResourceFailure) in
        let properties = request.properties
        let statementId = PhysicalName.make(stackName: request.stackName, logicalId: request.logicalId, limit: 100)
        var body: JSONObject = ["StatementId": .string(statementId)]
        for name in ["Action", "Principal", "SourceArn"] { body[name] = try properties.text(name) }
        _ = try await request.call(
            "AddPermission", "POST",
            ["2015-03-31", "functions", try properties.required("FunctionName"), "policy"], body: body)
        return ProvisionedResource(
            logicalId: request.logicalId, type: "AWS::Lambda::Permission", physicalId: statementId,
            attributes: ["Id": statementId])
    }
}
