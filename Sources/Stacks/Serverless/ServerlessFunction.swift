/// AWS::Serverless::Function: the function, its role, its version and alias. The permissions come from its events.
struct ServerlessFunction {
    static let type = "AWS::Serverless::Function"

    static let rules = PropertyRules(
        type: type,
        supported: [
            "Architectures": .list, "AssumeRolePolicyDocument": .map, "AutoPublishAlias": .text,
            "AutoPublishAliasAllProperties": .boolean, "AutoPublishCodeSha256": .text, "CodeUri": .any,
            "Description": .text,
            "Environment": .members(PropertyRules(type: "\(type).Environment", supported: ["Variables": .map])),
            "EphemeralStorage": .members(
                PropertyRules(type: "\(type).EphemeralStorage", supported: ["Size": .integer], required: ["Size"])),
            "Events": .map, "FunctionName": .text, "Handler": .text, "InlineCode": .text, "Layers": .list,
            "LoggingConfig": .members(
                PropertyRules(
                    type: "\(type).LoggingConfig",
                    supported: [
                        "ApplicationLogLevel": .text, "LogFormat": .text, "LogGroup": .text, "SystemLogLevel": .text,
                    ])),
            "MemorySize": .integer, "PackageType": .word(["Zip"], known: ["Image"]), "PermissionsBoundary": .text,
            "Policies": .any,
            "PropagateTags": .boolean, "ReservedConcurrentExecutions": .integer, "Role": .text, "RolePath": .text,
            "Runtime": .text, "Tags": .map, "Timeout": .integer, "Tracing": .text,
            "VersionDeletionPolicy": .word(["Delete", "Retain"], known: []),
            "VersionDescription": .text,
        ],
        known: [
            "CapacityProviderConfig", "CodeSigningConfigArn", "DeadLetterQueue", "DeploymentPreference",
            "DurableConfig", "EventInvokeConfig", "FileSystemConfigs", "FunctionScalingConfig", "FunctionUrlConfig",
            "ImageConfig", "ImageUri", "KmsKeyArn", "ProvisionedConcurrencyConfig",
            "PublishToLatestPublished", "RecursiveLoop", "RuntimeManagementConfig", "SnapStart", "SourceKMSKeyArn",
            "TenancyConfig", "VpcConfig",
        ],
        storedOnly: [
            "EphemeralStorage", "Role", "Tracing",
        ])

    let resource: TemplateResource
    /// The template's own over the globals.
    let properties: TemplateMap
    let events: FunctionEvents

    private static let createdBy = "lambda:createdBy"

    var logicalId: String { resource.logicalId }
    var path: String { "\(resource.path).Properties" }

    init(_ resource: TemplateResource, globals: ServerlessGlobals, problems: inout Problems) {
        self.resource = resource
        properties = ServerlessGlobals.merge(resource, over: globals.function)
        let path = "\(resource.path).Properties"
        Self.rules.check(resource.properties.withoutImage, path: path, problems: &problems)
        for name in ["Handler", "Runtime"] where properties[name] == nil && !properties.isOfImage {
            problems.add("\(Self.type) needs the property \(name)", line: resource.line, path: path)
        }
        if let reserved = properties["Tags"]?.map?.entry(Self.createdBy) {
            problems.add(
                "\(Self.createdBy) is a reserved Tag key name and cannot be set on your resource.",
                line: reserved.line, path: "\(path).Tags")
        }
        if let policies = properties["Policies"] {
            PolicyTemplates.check(policies, path: "\(path).Policies", problems: &problems)
        }
        events = FunctionEvents(
            resource.properties["Events"]?.map ?? TemplateMap(), path: "\(path).Events", problems: &problems)
    }

    struct Expansion {
        let resources: [PlainResource]
        let target: EventTarget
        /// What `!Ref Function.Alias` and `!Ref Function.Version` stand for.
        let referable: [String: String]
    }

    /// The function, its version and alias where it publishes, and its role unless the template names one.
    func expand(in template: LiveTemplate, problems: inout Problems) -> Expansion {
        var function = function(in: template, problems: &problems)
        var made: [PlainResource] = []
        var target = EventTarget(function: logicalId)
        var referable: [String: String] = [:]
        if let alias = PublishedAlias(self, in: template, problems: &problems) {
            alias.describe(&function)
            let version = alias.version(of: function, in: template)
            made = [version, alias.alias(to: version)]
            target = EventTarget(alias: alias.logicalId)
            referable = ["\(logicalId).Version": version.logicalId, "\(logicalId).Alias": alias.logicalId]
        }
        let role = properties["Role"] == nil ? [role(in: template)] : []
        return Expansion(resources: [function] + made + role, target: target, referable: referable)
    }

    var roleLogicalId: String { "\(logicalId)Role" }

    /// What Tracing says, a Ref to a parameter worked out; nil where there is nothing to trace.
    func tracing(in template: LiveTemplate) -> TemplateValue? {
        guard let tracing = properties["Tracing"] else { return nil }
        let known = (try? template.resolver.resolve(tracing)) ?? tracing
        return known.text == "Disabled" ? nil : tracing
    }

    /// SAM's own tag before the template's; those alone where they are propagated, as the translator has it.
    var tags: TemplateValue {
        let line = resource.line
        let own = properties["Tags"]?.map ?? TemplateMap()
        if properties["PropagateTags"]?.boolean == true, !own.isEmpty { return .tagList(own, line: line) }
        let created = TemplateMap.Entry(key: Self.createdBy, line: line, value: .string("SAM", line: line))
        return .tagList(TemplateMap([created] + own.entries), line: line)
    }

    private func function(in template: LiveTemplate, problems: inout Problems) -> PlainResource {
        let line = resource.line
        var plain = TemplateMap()
        for name in [
            "FunctionName", "Handler", "Runtime", "Description", "MemorySize", "Timeout", "Environment",
            "ReservedConcurrentExecutions", "PackageType", "Architectures", "EphemeralStorage", "LoggingConfig",
            "Layers",
        ] { plain[name] = properties[name] }
        if !properties.isOfImage {
            plain["Code"] = LocalCode.value(
                properties, resource: resource, source: template.source, problems: &problems)
            UnbuiltCode.check(plain, of: resource, in: template, problems: &problems)
        }
        plain["Tags"] = tags
        plain["Role"] = properties["Role"] ?? .getAtt(roleLogicalId, "Arn", line: line)
        if let tracing = tracing(in: template) {
            plain["TracingConfig"] = .map(["Mode": tracing], line: tracing.line)
        }
        return PlainResource(
            logicalId, "AWS::Lambda::Function", line: line, path: resource.path, attributes: resource.attributes,
            dependsOn: resource.dependsOn, properties: plain)
    }
}

extension TemplateMap {
    /// Whether a function's code is a container image: that is refused, and needs no word about what else it says.
    var isOfImage: Bool { self["PackageType"]?.text == "Image" }

    var withoutImage: TemplateMap {
        guard isOfImage else { return self }
        var properties = self
        for name in ["ImageUri", "ImageConfig"] { properties[name] = nil }
        if var code = properties["Code"]?.map, code["ImageUri"] != nil {
            code["ImageUri"] = nil
            properties["Code"] = .map(code, line: properties["Code"]?.line ?? 0)
        }
        return properties
    }
}
