import JSON

extension StackResource {
    /// No line of the template is told: it may be another template by now.
    var reader: PropertyReader { PropertyReader(properties: TemplateMap(json: properties.object ?? [:], line: 0)) }

    var provisioned: ProvisionedResource {
        var provisioned = ProvisionedResource(
            logicalId: logicalId, type: type, physicalId: physicalId, attributes: attributes)
        provisioned.noEcho = noEcho ?? []
        let isFromReferences = hiddenAttributes == nil && properties.texts.contains(where: DynamicReference.stands)
        provisioned.hiddenAttributes = isFromReferences ? Set(attributes.keys) : Set(hiddenAttributes ?? [])
        return provisioned
    }

    /// What was made of it.
    mutating func take(_ provisioned: ProvisionedResource) {
        physicalId = provisioned.physicalId
        attributes = provisioned.attributes
        noEcho = provisioned.noEcho.isEmpty ? nil : provisioned.noEcho
    }

    /// Names of properties that differ; code that has changed where it lies is a change of Code, or a layer's Content.
    func differences(from old: StackResource) -> [String] {
        let names = PropertyDifference.names(old.properties, properties)
        let code = type == ResourceType.lambdaLayerVersion.name ? "Content" : "Code"
        guard old.codeDigest != codeDigest, !names.contains(code) else { return names }
        return (names + [code]).sorted()
    }

    func hasOtherMetadata(than old: StackResource) -> Bool {
        guard let metadata, let before = old.metadata else { return false }
        return !PropertyDifference.isSame(before, metadata)
    }

    /// Texts of the properties that are not shown.
    var hiddenTexts: Set<String> {
        guard let shown else { return [] }
        return properties.texts.subtracting(shown.texts)
    }
}

extension JSONValue {
    /// The depth is that of templates, which is bounded.
    fileprivate var texts: Set<String> {
        switch self {
        case .string(let text): [text]
        case .array(let items): items.reduce(into: []) { $0.formUnion($1.texts) }
        case .object(let object): object.reduce(into: []) { $0.formUnion($1.value.texts) }
        case .null, .bool, .number: []
        }
    }
}
