import Crypto

/// What the API becomes, once all events have added their methods.
extension ServerlessApi {
    func plainResources(
        _ plans: inout ServerlessUsagePlans, problems: inout Problems
    ) -> (resources: [PlainResource], referable: [String: String]) {
        let body = body(problems: &problems)
        let deployment = deployment(of: body ?? bodyLocation)
        let stage = stage(of: deployment)
        var made = [api(body: body), deployment, stage] + auth.permissions(of: self)
        var referable = ["\(logicalId).Stage": stage.logicalId, "\(logicalId).Deployment": deployment.logicalId]
        if let plan = auth.usagePlan {
            let ids = plans.add(plan, of: self, stage: stage.logicalId, problems: &problems)
            for (name, id) in ids { referable["\(logicalId).\(name)"] = id }
        }
        if tagsArePropagated, let tags {
            for position in made.indices where Self.tagged.contains(made[position].type) {
                made[position].properties["Tags"] = tags
            }
        }
        return (made, referable)
    }

    private static let tagged: Set<String> = ["AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"]
    var tagsArePropagated: Bool { properties["PropagateTags"]?.boolean == true }
    var tags: TemplateValue? {
        properties["Tags"]?.map.flatMap { $0.isEmpty ? nil : .tagList($0, line: line) }
    }

    private func plain(
        _ logicalId: String, _ type: String, dependsOn: [TemplateValue] = [], _ properties: TemplateMap
    ) -> PlainResource {
        PlainResource(
            logicalId, type, line: line, path: path, attributes: attributes, dependsOn: dependsOn,
            properties: properties)
    }

    private func api(body: TemplateValue?) -> PlainResource {
        var api = TemplateMap()
        api["BinaryMediaTypes"] = properties["BinaryMediaTypes"]
        api["MinimumCompressionSize"] = properties["MinimumCompressionSize"]
        setEndpoint(of: &api)
        if let value = properties["FailOnWarnings"], value.isTruthy { api["FailOnWarnings"] = value }
        api["Body"] = body
        api["BodyS3Location"] = bodyLocation
        for name in [
            "Name", "Description", "Mode", "ApiKeySourceType", "Policy", "SecurityPolicy", "EndpointAccessMode",
        ] {
            if let value = properties[name], value.isTruthy { api[name] = value }
        }
        return plain(logicalId, "AWS::ApiGateway::RestApi", dependsOn: dependsOn, api)
    }

    private func setEndpoint(of api: inout TemplateMap) {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let value = properties["EndpointConfiguration"].flatMap { $0.isTruthy ? $0 : nil }
        // Other partitions have no edge.
        guard let value = value ?? (partition == "aws" ? nil : text("REGIONAL")) else { return }
        let members = value.map
        let type = members?["Type"] ?? value
        var configuration = TemplateMap()
        configuration["Types"] = .list([type], line: value.line)
        if members?["Type"] != nil {
            configuration["VpcEndpointIds"] = members?["VPCEndpointIds"] ?? members?["VpcEndpointIds"]
            configuration["IpAddressType"] = members?["IpAddressType"]
        }
        api["EndpointConfiguration"] = .map(configuration, line: value.line)
        api["Parameters"] = .map(["endpointConfigurationTypes": type], line: value.line)
    }

    var version: TemplateValue? { properties["OpenApiVersion"].flatMap { $0.isTruthy ? $0 : nil } }

    /// A deployment is told from the next one by its logical id, which comes from what it deploys. SAM's own comes from
    /// the order in which Python 2.7 wrote a dictionary.
    private func deployment(of body: TemplateValue?) -> PlainResource {
        var told = [body?.canonicalText ?? "", version?.text ?? "", functionNames].filter { !$0.isEmpty }
        if properties["AlwaysDeploy"]?.boolean == true { told = ["\(UInt64.random(in: 0 ... .max))"] }
        let digest = Insecure.SHA1.hexadecimal(of: told.joined(separator: "||"))
        var deployment = TemplateMap()
        deployment["RestApiId"] = .ref(logicalId, line: line)
        deployment["Description"] = .string("RestApi deployment id: \(digest)", line: line)
        if version == nil { deployment["StageName"] = .string(Self.extraStage, line: line) }
        return plain("\(logicalId)Deployment\(digest.prefix(10))", "AWS::ApiGateway::Deployment", deployment)
    }

    private func stage(of deployment: PlainResource) -> PlainResource {
        var stage = TemplateMap()
        stage["RestApiId"] = .ref(logicalId, line: line)
        stage["DeploymentId"] = .ref(deployment.logicalId, line: line)
        for name in [
            "StageName", "CacheClusterEnabled", "CacheClusterSize", "Variables", "MethodSettings", "AccessLogSetting",
            "CanarySetting", "TracingEnabled",
        ] { stage[name] = properties[name] }
        if properties["Tags"] != nil { stage["Tags"] = tags ?? .list([], line: line) }
        return plain(stageLogicalId, "AWS::ApiGateway::Stage", stage)
    }

    /// From the name where it is one word, else from its SHA-1.
    private var stageLogicalId: String {
        let isCall = writtenStageName.map(Intrinsic.isCall) ?? false
        guard !isCall, let name = properties["StageName"]?.text, !name.isEmpty else { return "\(logicalId)Stage" }
        if name.utf8.allSatisfy(LogicalId.isAlphanumeric) { return "\(logicalId)\(name)Stage" }
        return "\(logicalId)Stage\(Insecure.SHA1.hexadecimal(of: name).prefix(10))"
    }
}
