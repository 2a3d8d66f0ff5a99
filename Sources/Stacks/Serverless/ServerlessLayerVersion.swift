import Crypto

/// AWS::Serverless::LayerVersion: a version of a layer, under a logical id that is new whenever anything of it is, so that
/// the old one can stay.
struct ServerlessLayerVersion {
    static let type = "AWS::Serverless::LayerVersion"

    static let rules = PropertyRules(
        type: type,
        supported: [
            "CompatibleArchitectures": .list, "CompatibleRuntimes": .list, "ContentUri": .any, "Description": .text,
            "LayerName": .text, "LicenseInfo": .text, "RetentionPolicy": .text,
        ], known: ["PublishLambdaVersion"], required: ["ContentUri"])

    private let resource: TemplateResource

    init(_ resource: TemplateResource, problems: inout Problems) {
        self.resource = resource
        Self.rules.check(
            resource.properties, path: "\(resource.path).Properties", line: resource.line, problems: &problems)
    }

    func plainResource(in template: LiveTemplate, problems: inout Problems) -> PlainResource {
        let path = "\(resource.path).Properties"
        var properties = TemplateMap(
            resource.properties.map { entry in
                let value = (try? template.resolver.resolve(entry.value)) ?? entry.value
                return TemplateMap.Entry(key: entry.key, line: entry.line, value: value)
            })
        var attributes = resource.attributes
        let retention = retention(properties, path, problems: &problems)
        attributes.deletionPolicy = retention ?? attributes.deletionPolicy ?? .retain

        let content = properties["ContentUri"].flatMap { uri in
            LocalCode.code(uri, of: "ContentUri", path: path, source: template.source, problems: &problems)
        }
        if let content { UnbuiltCode.check(layer: content, of: resource, in: template, problems: &problems) }
        let logicalId = resource.logicalId + suffix(properties, content, in: template)
        properties["ContentUri"] = nil
        properties["RetentionPolicy"] = nil
        properties["Content"] = content
        properties["LayerName"] = properties["LayerName"] ?? .string(resource.logicalId, line: resource.line)
        return PlainResource(
            logicalId, "AWS::Lambda::LayerVersion", line: resource.line, path: resource.path, attributes: attributes,
            dependsOn: resource.dependsOn, properties: properties)
    }

    private func retention(
        _ properties: TemplateMap, _ path: String, problems: inout Problems
    ) -> DeletionPolicy? {
        guard let value = properties["RetentionPolicy"] else { return nil }
        let policies: [String: DeletionPolicy] = ["retain": .retain, "delete": .delete]
        if let policy = value.string.flatMap({ policies[$0.lowercased()] }) { return policy }
        problems.add(
            Intrinsic.isCall(value)
                ? "'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: "
                    + "['Retain', 'Delete']"
                : "'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].",
            line: value.line, path: path)
        return nil
    }

    /// The first ten digits of the SHA-1 of the resource as the translator writes it. A folder beside the template is told
    /// by what is in it: that is what an upload would be named by.
    private func suffix(_ properties: TemplateMap, _ content: TemplateValue?, in template: LiveTemplate) -> String {
        let line = resource.line
        var hashed = properties
        if content?.map?["S3Bucket"]?.string == LocalCode.bucket, let path = content?.map?["S3Key"]?.string,
            let digest = template.source.files.codeDigest(path)
        {
            hashed["CodeSha256"] = .string(digest, line: line)
        }
        let document = TemplateValue.map(
            ["Type": .string(Self.type, line: line), "Properties": .map(hashed, line: line)], line: line)
        let text = TemplateValue.map([resource.logicalId: document], line: line).canonicalText
        return String(Insecure.SHA1.hexadecimal(of: text).prefix(10))
    }
}
