import Crypto
import GatewayModel

/// AutoPublishAlias: a version that is new whenever the code is, and an alias that points to it.
struct PublishedAlias {
    private let function: ServerlessFunction
    private let name: String
    private let codeSha256: String?

    /// Nil when the function publishes nothing, or when there is a problem.
    init?(_ function: ServerlessFunction, in template: LiveTemplate, problems: inout Problems) {
        guard let value = function.properties["AutoPublishAlias"] else { return nil }
        guard let name = (try? template.resolver.resolve(value))?.text, !name.isEmpty else {
            problems.add(
                "'AutoPublishAlias' must be a string or a Ref to a template parameter", line: value.line,
                path: function.path)
            return nil
        }
        guard name.utf8.allSatisfy({ LogicalId.isAlphanumeric($0) || "-_".utf8.contains($0) }), Int(name) == nil else {
            problems.add(
                "AutoPublishAlias name ('\(name)') must contain only alphanumeric characters, hyphens, or underscores "
                    + "matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.", line: value.line, path: function.path)
            return nil
        }
        var digest: String?
        if let value = function.properties["AutoPublishCodeSha256"] {
            digest = (try? template.resolver.resolve(value))?.text
            if digest == nil {
                problems.add("AutoPublishCodeSha256 must be a string", line: value.line, path: function.path)
                return nil
            }
        }
        self.function = function
        self.name = name
        codeSha256 = digest
    }

    var logicalId: String {
        let letters = name.replacing("-", with: "D").replacing("_", with: "U")
        return "\(function.logicalId)Alias\(letters)"
    }

    /// SAM adds a given digest to the description, so that Lambda sees a change where the code's place is the same.
    func describe(_ plain: inout PlainResource) {
        guard let codeSha256 else { return }
        let digest = TemplateValue.string(codeSha256, line: plain.line)
        guard let description = plain.properties["Description"] else {
            plain.properties["Description"] = digest
            return
        }
        if let text = description.text {
            plain.properties["Description"] = .string("\(text) \(codeSha256)", line: description.line)
        } else {
            let items = TemplateValue.list([description, digest], line: description.line)
            plain.properties["Description"] = .map(
                ["Fn::Join": .list([.string(" ", line: description.line), items], line: description.line)],
                line: description.line)
        }
    }

    func version(of plain: PlainResource, in template: LiveTemplate) -> PlainResource {
        let line = plain.line
        var attributes = function.resource.attributes
        let given = function.properties["VersionDeletionPolicy"]?.text.flatMap(DeletionPolicy.init)
        attributes.deletionPolicy = attributes.deletionPolicy ?? given ?? .retain
        var version = TemplateMap()
        version["FunctionName"] = .ref(plain.logicalId, line: line)
        version["Description"] = function.properties["VersionDescription"]
        return PlainResource(
            "\(plain.logicalId)Version\(suffix(plain, in: template))", "AWS::Lambda::Version", line: line,
            path: plain.path, attributes: attributes, properties: version)
    }

    func alias(to version: PlainResource) -> PlainResource {
        let line = version.line
        var alias = TemplateMap()
        alias["Name"] = .string(name, line: line)
        alias["FunctionName"] = .ref(function.logicalId, line: line)
        alias["FunctionVersion"] = .getAtt(version.logicalId, "Version", line: line)
        return PlainResource(
            logicalId, "AWS::Lambda::Alias", line: line, path: version.path, attributes: function.resource.attributes,
            properties: alias)
    }

    /// The first ten digits of the SHA-1 of what makes a new version, written as the translator writes it. A folder
    /// beside the template is told by what is in it: that is what an upload would be named by.
    private func suffix(_ plain: PlainResource, in template: LiveTemplate) -> String {
        if let codeSha256 { return String(codeSha256.prefix(10)) }
        var hashed = TemplateMap()
        if function.properties["AutoPublishAliasAllProperties"]?.boolean == true {
            hashed = plain.properties
        } else {
            let code = plain.properties["Code"].map { known($0, in: template) }
            hashed = code?.map ?? TemplateMap()
            for entry in plain.properties["Environment"]?.map ?? TemplateMap() { hashed[entry.key] = entry.value }
            hashed["MemorySize"] = plain.properties["MemorySize"]
        }
        if let path = LocalCode.path(of: plain), let digest = template.source.files.codeDigest(path) {
            hashed["CodeSha256"] = .string(digest, line: plain.line)
        }
        let text = TemplateValue.map(hashed, line: plain.line).canonicalText
        return String(Insecure.SHA1.hexadecimal(of: text).prefix(10))
    }

    private func known(_ value: TemplateValue, in template: LiveTemplate) -> TemplateValue {
        (try? template.resolver.resolve(value)) ?? value
    }
}

extension Insecure.SHA1 {
    static func hexadecimal(of text: String) -> String {
        Hexadecimal.encode(hash(data: Array(text.utf8)))
    }
}

extension StackPlan {
    /// The plan for code that is being worked on: every save makes a version of a function with AutoPublishAlias, or of a
    /// layer, and the thousandth would carry 999 that nobody asks for. So versions that the transform made go when the
    /// next one comes.
    package var droppingOldVersions: StackPlan {
        var plan = self
        plan.resources = resources.map { resource in
            let types = [ResourceType.lambdaVersion.name, ResourceType.lambdaLayerVersion.name]
            guard types.contains(resource.type), resource.path != "Resources.\(resource.logicalId)" else {
                return resource
            }
            var resource = resource
            resource.deletionPolicy = .delete
            return resource
        }
        return plan
    }
}
