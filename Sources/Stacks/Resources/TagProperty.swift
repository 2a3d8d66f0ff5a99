import JSON

/// How resources of a type have tags. Those of a stack come to its resources below their own of the same key.
///
/// Source: `tagging` of the types' schemas in the CloudFormation registry.
struct TagProperty: Sendable {
    enum Form {
        /// Of Key and Value.
        case list
        case map
    }

    /// What the type calls it.
    let name: String
    let form: Form
    /// Whether AWS puts tags of its own on such resources. Of HTTP APIs and user pools it is not confirmed.
    var takesSystemTags = false

    static func of(_ type: String) -> TagProperty? { all[type] }

    private static let all: [String: TagProperty] = {
        let list = TagProperty(name: "Tags", form: .list)
        let map = TagProperty(name: "Tags", form: .map)
        let listOfAWS = TagProperty(name: "Tags", form: .list, takesSystemTags: true)
        let mapOfAWS = TagProperty(name: "Tags", form: .map, takesSystemTags: true)
        return [
            "AWS::ApiGateway::ApiKey": list, "AWS::ApiGateway::ClientCertificate": list,
            "AWS::ApiGateway::RestApi": listOfAWS, "AWS::ApiGateway::Stage": listOfAWS,
            "AWS::ApiGateway::UsagePlan": listOfAWS, "AWS::ApiGateway::VpcLink": list, "AWS::ApiGatewayV2::Api": map,
            "AWS::ApiGatewayV2::Stage": map,
            "AWS::ApiGatewayV2::VpcLink": map, "AWS::CloudFormation::Stack": list,
            "AWS::Cognito::UserPool": TagProperty(name: "UserPoolTags", form: .map), "AWS::DynamoDB::Table": list,
            "AWS::ECR::Repository": list, "AWS::IAM::ManagedPolicy": list, "AWS::IAM::OIDCProvider": list,
            "AWS::IAM::Role": list, "AWS::IAM::User": list, "AWS::KMS::Key": list, "AWS::Lambda::Function": listOfAWS,
            "AWS::Logs::LogGroup": listOfAWS, "AWS::S3::Bucket": listOfAWS, "AWS::SSM::Parameter": mapOfAWS,
            "AWS::SecretsManager::Secret": listOfAWS,
        ]
    }()

    /// Properties with these tags beside those that they have.
    func adding(_ tags: [StackSettings.Tag], to properties: TemplateMap) -> TemplateMap {
        let own = keys(properties)
        let added = tags.filter { !own.contains($0.key) }
        guard !added.isEmpty else { return properties }
        let value = properties[name]
        let line = value?.line ?? 0
        var tagged = properties
        switch form {
        case .list:
            // What is no list is told by the type itself.
            guard let list = value.map(\.list) ?? [] else { return properties }
            tagged[name] = .list(
                list
                    + added.map { tag in
                        .map(
                            ["Key": .string(tag.key, line: line), "Value": .string(tag.value, line: line)], line: line)
                    }, line: line)
        case .map:
            guard var map = value.map(\.map) ?? TemplateMap() else { return properties }
            for tag in added { map[tag.key] = .string(tag.value, line: line) }
            tagged[name] = .map(map, line: line)
        }
        return tagged
    }

    /// Those of the tags that count for a resource with these properties.
    func effective(_ tags: [StackSettings.Tag], beside properties: TemplateMap) -> Set<StackSettings.Tag> {
        let own = keys(properties)
        return Set(tags.filter { !own.contains($0.key) })
    }

    private func keys(_ properties: TemplateMap) -> Set<String> {
        switch form {
        case .list: Set((properties[name]?.list ?? []).compactMap { $0.map?["Key"]?.text })
        case .map: Set((properties[name]?.map ?? TemplateMap()).map(\.key))
        }
    }
}

extension StackResource {
    /// Its properties with the tags that its stack gives it, and AWS does.
    func tagged(_ properties: TemplateMap, _ systemTags: [String: String]?) -> TemplateMap {
        guard let stackTags, let property = TagProperty.of(type) else { return properties }
        let system = (systemTags ?? [:]).sorted { $0.key < $1.key }.map {
            StackSettings.Tag(key: $0.key, value: $0.value)
        }
        return property.adding(stackTags + system, to: properties)
    }

    /// Those of AWS's own; nil where its type takes none.
    func systemTags(stackName: String, stackId: String) -> [String: String]? {
        guard TagProperty.of(type)?.takesSystemTags == true else { return nil }
        let prefix = "aws:cloudformation:"
        return ["\(prefix)logical-id": logicalId, "\(prefix)stack-id": stackId, "\(prefix)stack-name": stackName]
    }
}
