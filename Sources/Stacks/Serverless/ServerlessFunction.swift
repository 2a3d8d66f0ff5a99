/// AWS::Serverless::Function: the function, its role, and the permissions that its events need.
struct ServerlessFunction {
    static let type = "AWS::Serverless::Function"

    static let rules = PropertyRules(
        type: type,
        supported: [
            "Architectures": .list, "CodeUri": .any, "Description": .text, "Environment": .map, "Events": .map,
            "FunctionName": .text, "Handler": .text, "InlineCode": .text, "MemorySize": .integer, "Policies": .any,
            "ReservedConcurrentExecutions": .integer, "Role": .text, "Runtime": .text, "Tags": .map,
            "Timeout": .integer, "Tracing": .text,
        ],
        known: [
            "AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256",
            "CapacityProviderConfig", "CodeSigningConfigArn", "DeadLetterQueue", "DeploymentPreference",
            "DurableConfig", "EphemeralStorage", "EventInvokeConfig", "FileSystemConfigs", "FunctionScalingConfig",
            "FunctionUrlConfig", "ImageConfig", "ImageUri", "KmsKeyArn", "Layers", "LoggingConfig", "PackageType",
            "PermissionsBoundary", "PropagateTags", "ProvisionedConcurrencyConfig", "PublishToLatestPublished",
            "RecursiveLoop", "RolePath", "RuntimeManagementConfig", "SnapStart", "SourceKMSKeyArn", "TenancyConfig",
            "VersionDeletionPolicy", "VersionDescription", "VpcConfig",
        ],
        members: ["Environment": ["Variables"]],
        storedOnly: ["Policies", "Role", "Tracing"])

    let resource: TemplateResource
    /// The template's own over the globals.
    let properties: TemplateMap
    let events: [HttpApiEvent]

    private static let createdBy = "lambda:createdBy"

    var logicalId: String { resource.logicalId }
    var path: String { "\(resource.path).Properties" }

    init(_ resource: TemplateResource, globals: ServerlessGlobals, problems: inout Problems) {
        self.resource = resource
        properties = ServerlessGlobals.merge(resource.properties, over: globals.function)
        let path = "\(resource.path).Properties"
        Self.rules.check(resource.properties, path: path, problems: &problems)
        for name in ["Handler", "Runtime"] where properties[name] == nil {
            problems.add("\(Self.type) needs the property \(name)", line: resource.line, path: path)
        }
        if let reserved = properties["Tags"]?.map?.entry(Self.createdBy) {
            problems.add(
                "\(Self.createdBy) is a reserved Tag key name and cannot be set on your resource.",
                line: reserved.line, path: "\(path).Tags")
        }
        events = (resource.properties["Events"]?.map?.entries ?? []).compactMap {
            HttpApiEvent($0, path: "\(path).Events.\($0.key)", problems: &problems)
        }
    }

    /// The function and, unless the template names one, its role. The permissions come from the events.
    func plainResources(folder: String, problems: inout Problems) -> [PlainResource] {
        let roleId = "\(logicalId)Role"
        let line = resource.line
        var plain = TemplateMap()
        for name in [
            "FunctionName", "Handler", "Runtime", "Description", "MemorySize", "Timeout", "Environment",
            "ReservedConcurrentExecutions", "Architectures",
        ] { plain[name] = properties[name] }
        plain["Code"] = LocalCode.value(properties, resource: resource, folder: folder, problems: &problems)
        plain["Tags"] = tags
        plain["Role"] = properties["Role"] ?? .getAtt(roleId, "Arn", line: line)
        if let tracing = properties["Tracing"], tracing.text != "Disabled" {
            plain["TracingConfig"] = .map(["Mode": tracing], line: tracing.line)
        }
        let function = PlainResource(
            logicalId, "AWS::Lambda::Function", line: line, path: resource.path, dependsOn: resource.dependsOn,
            properties: plain)
        return properties["Role"] == nil ? [function, role(roleId)] : [function]
    }

    private var tags: TemplateValue {
        let line = resource.line
        let created = TemplateMap.Entry(key: Self.createdBy, line: line, value: .string("SAM", line: line))
        let all = [created] + (properties["Tags"]?.map?.entries ?? [])
        return .list(
            all.map { .map(["Key": .string($0.key, line: $0.line), "Value": $0.value], line: $0.line) }, line: line)
    }

    /// The policies stand in the role as the template writes them: nothing here enforces them.
    private func role(_ logicalId: String) -> PlainResource {
        let line = resource.line
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let statement: TemplateValue = .map(
            [
                "Action": .list([text("sts:AssumeRole")], line: line), "Effect": text("Allow"),
                "Principal": .map(["Service": .list([text("lambda.amazonaws.com")], line: line)], line: line),
            ], line: line)
        var role = TemplateMap()
        role["AssumeRolePolicyDocument"] = .map(
            ["Version": text("2012-10-17"), "Statement": .list([statement], line: line)], line: line)
        role["Policies"] = properties["Policies"]
        role["Tags"] = tags
        return PlainResource(logicalId, "AWS::IAM::Role", line: line, path: resource.path, properties: role)
    }
}
