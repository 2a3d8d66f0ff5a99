/// Texts that must not be shown: values of parameters, of references and of attributes, and what was made of these.
struct HiddenTexts: Sendable {
    private var texts: Set<String> = []

    /// Shorter ones stand in ordinary words, which would not be read any more.
    private static let shortestInSentences = 4

    init(_ texts: some Sequence<String> = []) { add(texts) }

    /// What a stack hides, and resources beside its own.
    init(of record: StackRecord, _ others: [StackResource] = []) {
        for resource in record.resources + record.leavings + others {
            add(resource.hiddenTexts)
            add(resource.provisioned.hiding(self).hiddenTexts(of: resource.attributes))
        }
        for settings in [record.settings, record.pending?.settings] {
            for (name, value) in settings?.parameters ?? [:] where record.parameters[name] == StackPlan.mask {
                add([value])
                add(value.split(separator: ",").map(String.init))
            }
        }
    }

    mutating func add(_ texts: some Sequence<String>) { self.texts.formUnion(texts.lazy.filter { !$0.isEmpty }) }

    func stand(in text: String) -> Bool { texts.contains { text.contains($0) } }

    /// A sentence that may quote them: services and functions do of what they refuse.
    func hide(in sentence: String) -> String {
        // Some stand within others.
        let found = texts.filter { $0.count >= Self.shortestInSentences && sentence.contains($0) }
        return found.sorted { ($1.count, $1) < ($0.count, $0) }.reduce(sentence) {
            $0.replacing($1, with: StackPlan.mask)
        }
    }
}

extension ProvisionedResource {
    /// As others may be shown it: without attributes that are secret, or have one of these texts in them.
    func hiding(_ texts: HiddenTexts) -> ProvisionedResource {
        var shown = self
        for (name, value) in attributes
        where ResourceType.secretAttributes.contains(name) || hiddenAttributes.contains(name) || noEcho.contains(name)
            || texts.stand(in: value)
        {
            shown.attributes[name] = StackPlan.mask
            shown.hiddenAttributes.insert(name)
        }
        return shown
    }

    /// What stands behind the masks.
    func hiddenTexts(of attributes: [String: String]) -> [String] { hiddenAttributes.compactMap { attributes[$0] } }
}
