import JSON

/// The changes of a plan as a change set tells them: what changes, and what each change comes from.
///
/// Source: change sets recorded from AWS. Whoever does not ask for values hears of each resource that names another one
/// that changes, since what that gives may change (`Dynamic`); whoever asks hears only of those whose values differ.
struct ToldChanges {
    private var comparison: StackComparison
    private let plan: StackPlan
    private let existing: StackRecord?
    /// Parameters whose values differ from those of before.
    private let changedParameters: Set<String>
    private var fates: [String: Fate] = [:]

    /// What becomes of a resource that others may name.
    private enum Fate {
        case changed
        case perhapsReplaced
        case replaced
    }

    static func tell(_ comparison: StackComparison) throws(TemplateError) -> [ChangeSet.Change] {
        var told = ToldChanges(comparison)
        return try told.changes()
    }

    private init(_ comparison: StackComparison) {
        self.comparison = comparison
        self.comparison.forecast()
        (plan, existing) = (comparison.plan, comparison.existing)
        changedParameters = comparison.plan.changedParameters(since: comparison.existing)
    }

    private mutating func changes() throws(TemplateError) -> [ChangeSet.Change] {
        var changes: [ChangeSet.Change] = []
        for resource in plan.resources {
            let wanted = try comparison.wanted(resource).resource
            guard let old = existing?.resource(resource.logicalId) else {
                fates[resource.logicalId] = .replaced
                comparison.exists(.unknown(resource))
                changes.append(
                    ChangeSet.Change(
                        logicalId: wanted.logicalId, physicalId: nil, type: wanted.type, action: "Add",
                        after: wanted.toldProperties))
                continue
            }
            if let change = modification(resource, old, wanted) {
                changes.append(change)
                fates[resource.logicalId] =
                    switch change.replacement {
                    case .yes: .replaced
                    case .conditional: .perhapsReplaced
                    case .no, nil: .changed
                    }
            }
            comparison.exists(fates[resource.logicalId] == .replaced ? .unknown(resource) : old.provisioned)
        }
        let names = Set(plan.resources.map(\.logicalId))
        for old in (existing?.resources ?? []).reversed() where !names.contains(old.logicalId) {
            changes.append(
                ChangeSet.Change(
                    logicalId: old.logicalId, physicalId: old.physicalId, type: old.type, action: "Remove",
                    policyAction: old.deletionPolicy == .retain ? "Retain" : "Delete", before: old.told(in: existing)))
        }
        return changes
    }

    /// nil where nothing changes.
    private func modification(
        _ resource: PlainResource, _ old: StackResource, _ wanted: StackResource
    ) -> ChangeSet.Change? {
        let names: [String]
        let isReplaced: Bool
        let difference = comparison.difference(wanted)
        switch difference {
        case .none, .automatic, .tags: (names, isReplaced) = ([], false)
        case .update(let differing): (names, isReplaced) = (differing, false)
        // A stack has it already: it is not made.
        case .create: return nil
        case .replace(let differing): (names, isReplaced) = (differing, true)
        }
        let type = ResourceType.all[wanted.type]
        let replacing =
            (type?.replacedBy ?? []).union(
                type?.behaviour.replacing(old.reader.properties, wanted.reader.properties) ?? [])
        let (before, after) = (old.told(in: existing), wanted.toldProperties)
        var details: [ChangeSet.Detail] = []
        for name in Set(names).union(resource.properties.map(\.key)).sorted() {
            let references = resource.properties[name]?.references ?? []
            let named = (plan.parameterUses[resource.logicalId]?[name] ?? []).union(references.map(\.name))
            details += self.details(of: name, references, named, differs: names.contains(name)).map { detail in
                var detail = detail
                detail.isRecreating = replacing.contains(name)
                (detail.before, detail.after) = (before[name], after[name])
                return detail
            }
        }
        if case .automatic = difference, details.isEmpty {
            details = [ChangeSet.Detail(attribute: "Properties", source: .automatic, isStatic: false)]
        }
        if wanted.hasOtherMetadata(than: old) {
            let references = resource.metadata.map { TemplateValue.map($0, line: resource.line).references } ?? []
            details += self.details(of: nil, references, Set(references.map(\.name)), differs: true)
        }
        if comparison.hasOtherTags(wanted, than: old) {
            details.append(ChangeSet.Detail(attribute: "Tags", source: .directModification, isStatic: true))
        }
        guard !details.isEmpty || isReplaced else { return nil }
        let mayBeReplaced = details.contains { $0.isRecreating && !$0.isStatic }
        let policyAction = old.updateReplacePolicy == .retain ? "ReplaceAndRetain" : "ReplaceAndDelete"
        return ChangeSet.Change(
            logicalId: wanted.logicalId, physicalId: old.physicalId, type: wanted.type, action: "Modify",
            replacement: isReplaced ? .yes : mayBeReplaced ? .conditional : .no,
            policyAction: isReplaced || mayBeReplaced ? policyAction : nil, details: details, before: before,
            after: after)
    }

    /// - Parameters:
    ///   - name: of the property; nil: of the metadata.
    ///   - names: all that it names, also what is worked out before anything is made.
    ///   - differs: whether its value does, as far as it is known.
    private func details(
        of name: String?, _ references: [References.Reference], _ names: Set<String>, differs: Bool
    ) -> [ChangeSet.Detail] {
        var certain: Set<ChangeSet.Detail> = []
        var possible: Set<ChangeSet.Detail> = []
        func detail(
            _ source: ChangeSet.Detail.Source, _ entity: String?, isStatic: Bool,
            _ audience: ChangeSet.Detail.Audience = .all
        ) -> ChangeSet.Detail {
            ChangeSet.Detail(
                attribute: name == nil ? "Metadata" : "Properties", name: name, source: source, entity: entity,
                isStatic: isStatic,
                audience: audience)
        }
        if differs {
            for parameter in names.intersection(changedParameters) {
                certain.insert(detail(.parameterReference, parameter, isStatic: true))
            }
        }
        for reference in references {
            guard let fate = fates[reference.name] else { continue }
            let source = reference.attribute == nil ? ChangeSet.Detail.Source.resourceReference : .resourceAttribute
            let entity = reference.attribute.map { "\(reference.name).\($0)" } ?? reference.name
            switch (fate, source) {
            case (.replaced, _): if differs { certain.insert(detail(source, entity, isStatic: true)) }
            // Its name stays.
            case (.changed, .resourceReference): break
            case (.changed, _), (.perhapsReplaced, _):
                possible.insert(detail(source, entity, isStatic: false, .withoutValues))
            }
        }
        let causes = (certain.union(possible)).sorted { ($0.entity ?? "") < ($1.entity ?? "") }
        guard differs else { return causes }
        // What changes by itself, or by a parameter, is told to everybody; by another resource, beside its value only.
        let isOthers = !certain.isEmpty && !certain.contains { $0.source == .parameterReference }
        return [
            detail(.directModification, nil, isStatic: certain.isEmpty, isOthers ? .withValues : .all)
        ] + causes
    }
}

extension StackPlan {
    fileprivate func changedParameters(since record: StackRecord?) -> Set<String> {
        // What is looked up is compared by its name. Source: recorded.
        let shown = shownParameters
        return Set(
            parameters.keys.filter { name in
                if hiddenParameters.contains(name), let given = record?.settings?.parameters[name] {
                    return parameters[name].map { $0.parameterText != given } ?? true
                }
                return record?.parameters[name] != shown[name]
            })
    }
}

extension StackResource {
    /// As a change set shows what is going to be.
    fileprivate var toldProperties: JSONValue { (shown ?? properties).mapTexts(UnknownText.shown) }

    /// As a change set shows what is there. Of a resource that was made before it was noted what is hidden, nothing is
    /// shown where anything is.
    fileprivate func told(in record: StackRecord?) -> JSONValue {
        if let shown { return shown }
        let isHiding = record?.parameters.values.contains(StackPlan.mask) ?? false
        let secrets = ResourceType.secretProperties[type] ?? []
        let known = (record?.resources ?? []).flatMap { resource in
            resource.attributes.filter { ResourceType.secretAttributes.contains($0.key) && !$0.value.isEmpty }.values
        }
        return .object(
            JSONObject(
                (properties.object ?? [:]).map { name, value in
                    if isHiding || secrets.contains(name) { return (name, .string(StackPlan.mask)) }
                    return (
                        name,
                        value.mapTexts { text in known.reduce(text) { $0.replacing($1, with: StackPlan.mask) } }
                    )
                }))
    }
}

extension JSONValue {
    /// With other texts in the place of its own. The depth is that of templates, which is bounded.
    fileprivate func mapTexts(_ change: (String) -> String) -> JSONValue {
        switch self {
        case .string(let text): .string(change(text))
        case .array(let items): .array(items.map { $0.mapTexts(change) })
        case .object(let object): .object(JSONObject(object.map { ($0.key, $0.value.mapTexts(change)) }))
        case .null, .bool, .number: self
        }
    }
}
