import JSON

extension ResourceType {
    static let lambdaVersion = ResourceType(
        name: "AWS::Lambda::Version", attributes: ["FunctionArn", "Version"],
        rules: PropertyRules(
            type: "AWS::Lambda::Version",
            supported: ["CodeSha256": .text, "Description": .text, "FunctionName": .text],
            known: [
                "FunctionScalingConfig", "ProvisionedConcurrencyConfig", "RuntimePolicy",
            ], required: ["FunctionName"]),
        replacedBy: ["CodeSha256", "Description", "FunctionName"], behaviour: LambdaVersionType())
}

/// AWS::Lambda::Version: PublishVersion.
private struct LambdaVersionType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        ResourcePreparation(physicalId: "", present: try await versions(request))
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let versions = try await versions(request)
        return versions.filter { !request.preparation.present.contains($0) }.map { request.version($0) }
    }

    private func versions(_ request: ResourceRequest) async throws(ResourceFailure) -> [String] {
        var arns: [String] = []
        var query: [(name: String, value: String)] = []
        let path = Self.path(try request.properties.required("FunctionName"))
        while let page = try await request.callIfPresent("ListVersionsByFunction", "GET", path, query: query) {
            arns += (page["Versions"]?.array ?? []).compactMap { $0["FunctionArn"]?.string }
            guard let marker = page["NextMarker"]?.string else { break }
            query = [("Marker", marker)]
        }
        return arns
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        var body = JSONObject()
        for name in ["CodeSha256", "Description"] { body[name] = try properties.text(name) }
        let answer = try await request.call(
            "PublishVersion", "POST", Self.path(try properties.required("FunctionName")), body: body)
        let arn = try answer.member("FunctionArn", of: "PublishVersion")
        // Lambda answers the last version when nothing has changed since.
        guard !request.preparation.present.contains(arn) else {
            let version = try answer.member("Version", of: "PublishVersion")
            throw ResourceFailure(
                message: "A version for this Lambda function exists ( \(version) ). "
                    + "Modify the function to create a new version.")
        }
        return request.version(arn)
    }

    /// Every property replaces.
    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "DeleteFunction", "DELETE", ["2015-03-31", "functions", deletion.physicalId])
    }

    private static func path(_ function: String) -> [String] { ["2015-03-31", "functions", function, "versions"] }
}

extension ResourceRequest {
    fileprivate func version(_ arn: String) -> ProvisionedResource {
        provisioned(arn, ["FunctionArn": arn, "Version": String(arn.split(separator: ":").last ?? "")])
    }
}
