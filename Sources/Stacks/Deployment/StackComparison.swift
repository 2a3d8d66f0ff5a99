import JSON
import Synchronization

/// A plan beside the record of the stack: what each resource is to be, and how that differs from what it is.
struct StackComparison {
    let engine: StackEngine
    let plan: StackPlan
    let existing: StackRecord?
    private var resolver: IntrinsicResolver
    /// Gives what may be shown.
    private var shownResolver: IntrinsicResolver
    /// What must not be shown and resources may give back: it grows with what is looked up and made.
    private(set) var secrets: HiddenTexts
    private let imports: ImportLog

    init(engine: StackEngine, plan: StackPlan, existing: StackRecord?, stackId: String? = nil) {
        self.engine = engine
        self.plan = plan
        self.existing = existing
        let (exports, imports) = (engine.exports, ImportLog())
        self.imports = imports
        resolver = IntrinsicResolver(
            parameters: plan.parameters,
            pseudoParameters: PseudoParameters(
                account: plan.account, stackName: plan.stackName, stackId: existing?.stackId ?? stackId),
            conditions: plan.conditions, mappings: plan.mappings, exportedValue: { imports.value($0, in: exports) })
        shownResolver = resolver.masking(plan.hiddenParameters)
        let hidden = plan.hiddenParameters.compactMap { plan.parameters[$0] }
        secrets = HiddenTexts(hidden.flatMap { $0.list ?? [$0] }.compactMap(\.text))
        secrets.add((existing?.resources ?? []).flatMap(\.hiddenTexts))
    }

    /// From now on resources that do not exist yet stand for what they will be.
    mutating func forecast() { (resolver.isForecast, shownResolver.isForecast) = (true, true) }

    enum Difference {
        case none
        /// A stack within the stack: what its template's place has may be another.
        case automatic
        case create
        case update([String])
        /// The stack's tags alone are others.
        case tags
        case replace([String])
    }

    /// The resource as the plan wants it, with what the functions give now; its physical id is not known yet.
    mutating func wanted(
        _ resource: PlainResource
    ) throws(TemplateError) -> (resource: StackResource, properties: TemplateMap) {
        let properties = try worked(out: resource.path) { () throws(IntrinsicResolver.Failure) in
            try resolver.resolve(resource.properties)
        }
        var wanted = StackResource(
            logicalId: resource.logicalId, type: resource.type, physicalId: "", attributes: [:],
            properties: .object(JSONObject(properties.map { ($0.key, $0.value.json) })),
            codeDigest: LambdaCode.localPath(properties).flatMap(engine.code.digest),
            deletionPolicy: resource.deletionPolicy, updateReplacePolicy: resource.updateReplacePolicy)
        // It may say what it likes.
        wanted.metadata =
            resource.metadata.map { metadata in
                let value = TemplateValue.map(metadata, line: resource.line)
                return ((try? resolver.resolve(value)) ?? value).json
            } ?? [:]
        if TagProperty.of(resource.type) != nil { wanted.stackTags = tags }
        let shown = shown(resource)
        if !plan.hiddenParameters.isEmpty || shown != wanted.properties { wanted.shown = shown }
        secrets.add(wanted.hiddenTexts)
        return (wanted, properties)
    }

    /// The properties as they may be shown; of what cannot be worked out without its secrets nothing is.
    private func shown(_ resource: PlainResource) -> JSONValue {
        let secrets = ResourceType.secretProperties[resource.type] ?? []
        return .object(
            JSONObject(
                resource.properties.compactMap { entry in
                    if secrets.contains(entry.key) { return (entry.key, .string(StackPlan.mask)) }
                    do throws(IntrinsicResolver.Failure) {
                        return try shownResolver.resolve(entry.value).map { (entry.key, $0.json) }
                    } catch { return (entry.key, .string(StackPlan.mask)) }
                }))
    }

    /// How `wanted` differs from what the stack has.
    func difference(_ wanted: StackResource) -> Difference {
        guard let old = existing?.resource(wanted.logicalId) else { return .create }
        guard let type = ResourceType.all[wanted.type] else { return .replace(["Type"]) }
        let names = wanted.differences(from: old)
        guard !names.isEmpty else {
            if hasOtherTags(wanted, than: old) { return .tags }
            if wanted.type == ResourceType.cloudFormationStack.name { return .automatic }
            return wanted.hasOtherMetadata(than: old) ? .update([]) : .none
        }
        let (before, after) = (old.reader.properties, wanted.reader.properties)
        let replacing = type.replacedBy.union(type.behaviour.replacing(before, after))
        return replacing.isDisjoint(with: names) ? .update(names) : .replace(names)
    }

    /// Those of the stack, as it is going to be.
    private var tags: [StackSettings.Tag] { plan.tags ?? existing?.settings?.tags ?? [] }

    /// Whether the stack's tags on `wanted` are others. What an earlier release has made has none of them; it gets them
    /// when these are changed, or it is.
    func hasOtherTags(_ wanted: StackResource, than old: StackResource) -> Bool {
        let before = old.stackTags ?? existing?.settings?.tags ?? []
        guard let new = wanted.stackTags, new != before, let property = TagProperty.of(wanted.type) else {
            return false
        }
        let properties = wanted.reader.properties
        return property.effective(new, beside: properties) != property.effective(before, beside: properties)
    }

    /// The exports of other stacks that functions have asked for so far.
    var imported: [String] { imports.names }

    /// From now on functions that name the resource give this.
    ///
    /// - Returns: the names of its attributes that must not be shown.
    @discardableResult
    mutating func exists(_ resource: ProvisionedResource) -> Set<String> {
        resolver.resources[resource.logicalId] = resource
        secrets.add(resource.secrets)
        let shown = resource.hiding(secrets)
        secrets.add(shown.hiddenTexts(of: resource.attributes))
        shownResolver.resources[resource.logicalId] = shown
        return shown.hiddenAttributes
    }

    /// Whether what functions give of the resource is not known, though it was tried.
    func isUnknown(_ logicalId: String) -> Bool { resolver.resources[logicalId]?.isUnknown ?? false }

    func changes() throws(TemplateError) -> [ResourceChange] {
        var comparison = self
        comparison.forecast()
        var changes: [ResourceChange] = []
        for resource in plan.resources {
            let wanted = try comparison.wanted(resource).resource
            let difference = comparison.difference(wanted)
            if let action = difference.action {
                changes.append(ResourceChange(logicalId: wanted.logicalId, type: wanted.type, action: action))
            }
            switch difference {
            case .none, .automatic, .update, .tags:
                if let old = existing?.resource(wanted.logicalId) { comparison.exists(old.provisioned) }
            case .create, .replace: comparison.exists(.unknown(resource))
            }
        }
        let names = Set(plan.resources.map(\.logicalId))
        for resource in (existing?.resources ?? []).reversed() where !names.contains(resource.logicalId) {
            changes.append(ResourceChange(logicalId: resource.logicalId, type: resource.type, action: .delete))
        }
        return changes
    }

    /// A resource that stays and changes.
    struct Update {
        let old: StackResource
        let new: StackResource
        let properties: TemplateMap
    }

    /// The updates, when there is nothing else to do: then none of them waits for another resource.
    func updatesAlone() throws(TemplateError) -> [Update] {
        guard let existing else { return [] }
        var comparison = self
        comparison.forecast()
        var updates: [Update] = []
        for resource in plan.resources {
            let (wanted, properties) = try comparison.wanted(resource)
            guard let old = existing.resource(resource.logicalId) else { return [] }
            switch comparison.difference(wanted) {
            case .none, .automatic: break
            case .update, .tags:
                var new = wanted
                new.take(old.provisioned)
                updates.append(Update(old: old, new: new, properties: properties))
            case .create, .replace: return []
            }
            comparison.exists(old.provisioned)
        }
        return updates
    }

    /// The outputs while the resources stay as they are.
    func knownOutputs() throws(TemplateError) -> [StackOutput] {
        var comparison = self
        for resource in existing?.resources ?? [] { comparison.exists(resource.provisioned) }
        return try comparison.outputs()
    }

    func outputs() throws(TemplateError) -> [StackOutput] {
        let masking = masking
        var outputs: [StackOutput] = []
        for output in plan.outputs {
            guard let value = try text(output.value, output.path) else {
                throw plan.error(
                    "Template format error: The Value field of every Outputs member must evaluate to a String.",
                    output.line, output.path)
            }
            var name: String?
            if let export = output.exportName {
                name = try text(export, "\(output.path).Export")
                if name?.isEmpty ?? true {
                    throw plan.error(
                        "Template format error: Output \(output.name) is malformed. The Name field of every Export "
                            + "member must be specified and consist only of alphanumeric characters, colons, or "
                            + "hyphens.", export.line, output.path)
                }
            }
            var made = StackOutput(
                name: output.name, value: value, description: output.description, exportName: name)
            if let masking {
                // What cannot be worked out without what is hidden is not shown.
                let shown = (try? masking.resolve(output.value))?.text ?? StackPlan.mask
                if shown != value { made.shown = shown }
            }
            outputs.append(made)
        }
        return outputs
    }

    /// Gives outputs as they may be shown; nil where no resource hides anything.
    private var masking: IntrinsicResolver? {
        let hiding = resolver.resources.filter { !$0.value.noEcho.isEmpty }
        guard !hiding.isEmpty else { return nil }
        var masking = resolver
        for (name, resource) in hiding { masking.resources[name] = resource.masked }
        return masking
    }

    private func text(_ value: TemplateValue, _ path: String) throws(TemplateError) -> String? {
        try worked(out: path) { () throws(IntrinsicResolver.Failure) in try resolver.resolve(value) }?.text
    }

    private func worked<Value>(
        out path: String, _ body: () throws(IntrinsicResolver.Failure) -> Value
    ) throws(TemplateError) -> Value {
        do { return try body() } catch { throw plan.error(error.message, error.line, path) }
    }
}

extension StackComparison.Difference {
    var action: ResourceChange.Action? {
        switch self {
        case .none: nil
        case .automatic: .update([])
        case .create: .create
        case .update(let names): .update(names)
        case .tags: .update(["Tags"])
        case .replace(let names): .replace(names)
        }
    }
}

extension ProvisionedResource {
    /// Stands for a resource that does not exist yet, in comparisons: no value that was recorded is the same.
    static func unknown(_ resource: PlainResource) -> ProvisionedResource {
        var unknown = ProvisionedResource(
            logicalId: resource.logicalId, type: resource.type, physicalId: UnknownText.of(resource.logicalId),
            attributes: [:])
        unknown.isUnknown = true
        return unknown
    }
}

/// Notes the exports that are asked for.
private final class ImportLog: Sendable {
    private let asked = Mutex<Set<String>>([])

    var names: [String] { asked.withLock { $0.sorted() } }

    func value(_ name: String, in exports: any StackExports) -> String? {
        asked.withLock { _ = $0.insert(name) }
        return exports.value(name)
    }
}
