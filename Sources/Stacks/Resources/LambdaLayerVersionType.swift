import JSON

extension ResourceType {
    static let lambdaLayerVersion = ResourceType(
        name: "AWS::Lambda::LayerVersion", attributes: ["LayerVersionArn"],
        rules: PropertyRules(
            type: "AWS::Lambda::LayerVersion",
            supported: [
                "CompatibleArchitectures": .list, "CompatibleRuntimes": .list,
                "Content": .members(
                    PropertyRules(
                        type: "AWS::Lambda::LayerVersion.Content",
                        supported: ["S3Bucket": .text, "S3Key": .text, "S3ObjectVersion": .text],
                        known: ["S3ObjectStorageMode"], required: ["S3Bucket", "S3Key"])),
                "Description": .text, "LayerName": .text, "LicenseInfo": .text,
            ], required: ["Content"]),
        replacedBy: [
            "CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LayerName", "LicenseInfo",
        ], behaviour: LambdaLayerVersionType())

    static let lambdaLayerVersionPermission = ResourceType(
        name: "AWS::Lambda::LayerVersionPermission", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::Lambda::LayerVersionPermission",
            supported: ["Action": .text, "LayerVersionArn": .text, "OrganizationId": .text, "Principal": .text],
            required: ["Action", "LayerVersionArn", "Principal"]),
        replacedBy: ["Action", "LayerVersionArn", "OrganizationId", "Principal"],
        behaviour: LambdaLayerVersionPermissionType())
}

/// AWS::Lambda::LayerVersion: PublishLayerVersion.
private struct LambdaLayerVersionType: ResourceBehaviour {
    /// Of a layer's name.
    private static let nameLimit = 140

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let given = try request.properties.text("LayerName")?.string
        let name =
            given
            ?? PhysicalName.make(
                stackName: request.stackName, logicalId: request.logicalId, limit: Self.nameLimit)
        return ResourcePreparation(physicalId: name, present: try await versions(of: name, request))
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let versions = try await versions(of: request.preparation.physicalId, request)
        return versions.filter { !request.preparation.present.contains($0) }.map { request.layerVersion($0) }
    }

    private func versions(of name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> [String] {
        var arns: [String] = []
        var query: [(name: String, value: String)] = []
        while let page = try await request.callIfPresent("ListLayerVersions", "GET", Self.path(name), query: query) {
            arns += (page["LayerVersions"]?.array ?? []).compactMap { $0["LayerVersionArn"]?.string }
            guard let marker = page["NextMarker"]?.string else { break }
            query = [("Marker", marker)]
        }
        return arns
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        var body: JSONObject = ["Content": .object(try LambdaCode.members(request, "Content"))]
        for name in ["Description", "LicenseInfo"] { body[name] = try properties.text(name) }
        for name in ["CompatibleArchitectures", "CompatibleRuntimes"] { body[name] = try properties.texts(name) }
        let answer = try await request.call(
            "PublishLayerVersion", "POST", Self.path(request.preparation.physicalId), body: body)
        return request.layerVersion(try answer.member("LayerVersionArn", of: "PublishLayerVersion"))
    }

    /// Every property replaces.
    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        guard let path = layerVersionPath(deletion.physicalId) else { return }
        try await deletion.callIfPresent("DeleteLayerVersion", "DELETE", path)
    }

    private static func path(_ name: String) -> [String] { ["2018-10-31", "layers", name, "versions"] }
}

/// AWS::Lambda::LayerVersionPermission: AddLayerVersionPermission. Its id is the version's ARN and the statement's id.
private struct LambdaLayerVersionPermissionType: ResourceBehaviour {
    private static let statementIdLimit = 100

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let taken = try await statements(request)
        return try await request.named(nil, limit: Self.statementIdLimit) { taken.contains($0) }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let sid = request.preparation.physicalId
        guard try await statements(request).contains(sid) else { return [] }
        return [try provisioned(sid, request)]
    }

    private func statements(_ request: ResourceRequest) async throws(ResourceFailure) -> [String] {
        let path = try path(request)
        guard let text = try await request.callIfPresent("GetLayerVersionPolicy", "GET", path)?["Policy"]?.string,
            let policy = try? JSONValue(parsing: Array(text.utf8))
        else { return [] }
        return (policy["Statement"]?.array ?? []).compactMap { $0["Sid"]?.string }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let sid = request.preparation.physicalId
        var body: JSONObject = ["StatementId": .string(sid)]
        for name in ["Action", "Principal", "OrganizationId"] { body[name] = try request.properties.text(name) }
        try await request.call("AddLayerVersionPermission", "POST", try path(request), body: body)
        return try provisioned(sid, request)
    }

    private func provisioned(_ sid: String, _ request: ResourceRequest) throws(ResourceFailure) -> ProvisionedResource {
        let id = "\(try request.properties.required("LayerVersionArn"))#\(sid)"
        return request.provisioned(id, ["Id": id])
    }

    private func path(_ request: ResourceRequest) throws(ResourceFailure) -> [String] {
        let arn = try request.properties.required("LayerVersionArn")
        guard let path = layerVersionPath(arn) else {
            throw ResourceFailure(message: "LayerVersionArn \(arn) is not the ARN of a layer's version")
        }
        return path + ["policy"]
    }

    /// Every property replaces.
    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let parts = deletion.physicalId.split(separator: "#", maxSplits: 1).map(String.init)
        guard parts.count == 2, let path = layerVersionPath(parts[0]) else { return }
        try await deletion.callIfPresent("RemoveLayerVersionPermission", "DELETE", path + ["policy", parts[1]])
    }
}

extension ResourceRequest {
    fileprivate func layerVersion(_ arn: String) -> ProvisionedResource { provisioned(arn, ["LayerVersionArn": arn]) }
}

/// Of the management call for a version that its ARN names.
private func layerVersionPath(_ arn: String) -> [String]? {
    let parts = arn.split(separator: ":").map(String.init)
    guard parts.count == 8, parts[5] == "layer" else { return nil }
    return ["2018-10-31", "layers", parts[6], "versions", parts[7]]
}
