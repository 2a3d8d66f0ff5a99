package import GatewayModel
import JSON

/// Brings stacks from what is recorded of them to what a plan says, and back when that fails.
///
/// The caller sees to it that only one call for a stack is under way.
package struct StackEngine: Sendable {
    var calls: ManagementCalls
    let code: any CodeSource
    let journal: any StackJournal
    private(set) var exports: any StackExports
    let now: @Sendable () -> Timestamp
    /// Of the stack that is worked on.
    var stackId = ""
    let onEvent: @Sendable (StackEvent) -> Void

    package init(
        management: any Management, code: any CodeSource, journal: any StackJournal = NoJournal(),
        exports: any StackExports = NoExports(), now: @escaping @Sendable () -> Timestamp,
        onEvent: @escaping @Sendable (StackEvent) -> Void = { _ in }
    ) {
        calls = ManagementCalls(management: management)
        self.code = code
        self.journal = journal
        self.exports = exports
        self.now = now
        self.onEvent = onEvent
    }

    /// Makes, changes, replaces and deletes what differs from `record`; nil is a stack that does not exist yet.
    ///
    /// It is tried on a draft first: what would be refused is told together, with nothing made. When a step fails all the
    /// same, those before it are taken back in reverse order, and the failure tells what stands then.
    ///
    /// - Parameter record: also one that a change set has made (REVIEW_IN_PROGRESS), for a stack that is new.
    /// - Parameter template: the text, to be kept in the record.
    /// - Parameter earlier: steps that failed operations have left; they are taken back with the others, so that the
    ///   stack is what it was when it last was whole.
    package func deploy(
        _ plan: StackPlan, over record: StackRecord?, template: String = "",
        options: DeploymentOptions = DeploymentOptions(), after earlier: [StackStep] = []
    ) async throws(StackFailure) -> StackResult {
        if options.isRehearsed {
            do throws(TemplateError) { try await rehearse(plan, over: record) } catch {
                throw StackFailure(error: error, record: record)
            }
        }
        var engine = self
        engine.exports = UsedExports(exports: exports, stackName: plan.stackName)
        var deployment = StackUpdate(
            engine: engine, plan: plan, existing: record, template: template, options: options, after: earlier)
        return try await deployment.run()
    }

    /// Deletes what the stack has, but for what is to be retained.
    package func delete(_ record: StackRecord, account: AccountIdentity) async throws(StackFailure) {
        let used = record.outputs.compactMap(\.exportName).first { !exports.importers($0).isEmpty }
        if let used {
            throw StackFailure(
                error: TemplateError(
                    record.name,
                    "Export \(used) cannot be deleted as it is in use by "
                        + exports.importers(used).joined(separator: ", ")), record: record)
        }
        var deletion = StackDeletion(engine: self, account: account, record: record)
        try await deletion.deleteStack()
    }

    /// Takes up a stack whose deployment or deletion did not come to its end: it is as it was before the deployment, or
    /// gone. Nil when nothing of it is left.
    ///
    /// - Parameters:
    ///   - steps: the journal's, of the deployment that was under way.
    ///   - keepsName: whether a stack whose creation is taken back stays, empty.
    package func recover(
        _ record: StackRecord, steps: [StackStep], account: AccountIdentity, keepsName: Bool = false
    ) async throws(StackFailure) -> StackRecord? {
        if record.status.isToBeUndone {
            return try await takeBack(
                record, steps: steps, account: account, because: "The server ended during the deployment.",
                keepsName: keepsName)
        }
        var deletion = StackDeletion(engine: self, account: account, record: record)
        switch record.status {
        case .updateCompleteCleanupInProgress: return await deletion.cleanUp()
        case .deleteInProgress:
            try await deletion.deleteStack()
            return nil
        default: return record
        }
    }

    /// What steps have made, also those of which nobody heard whether they did.
    package func made(by steps: [StackStep], stackName: String, account: AccountIdentity) async -> [StackResource] {
        let record = StackRecord(name: stackName, stackId: "", status: .rollbackFailed, creationTime: "")
        let rollback = StackRollback(engine: self, account: account, record: record, steps: [], keepsName: true)
        var made: [StackResource] = []
        for step in steps where step.kind == .create {
            made += (try? await rollback.made(step)) ?? []
        }
        return made
    }

    /// Takes the steps of a deployment back that stands half done.
    ///
    /// - Parameters:
    ///   - keepsName: whether a stack whose creation is taken back stays, empty.
    ///   - isPrelude: whether it is done anew afterwards.
    package func takeBack(
        _ record: StackRecord, steps: [StackStep], account: AccountIdentity, because reason: String,
        keepsName: Bool = false, isPrelude: Bool = false
    ) async throws(StackFailure) -> StackRecord? {
        var rollback = StackRollback(
            engine: self, account: account, record: record, steps: steps, keepsName: keepsName, isPrelude: isPrelude)
        return try await rollback.run(because: reason)
    }

    /// What `deploy` would do, and all that it would be refused for. What depends on resources that do not exist yet
    /// counts as different.
    package func changes(
        _ plan: StackPlan, over record: StackRecord?
    ) async throws(TemplateError) -> [ResourceChange] {
        let changes = try StackComparison(engine: self, plan: plan, existing: record).changes()
        // What was cut short is taken back before anything is deployed; until then nothing can be said.
        if record?.status.isToBeUndone != true { try await rehearse(plan, over: record) }
        return changes
    }

    /// What `deploy` would do, as far as it can be told without trying; nil when the stack is what the plan says already.
    package func difference(
        _ plan: StackPlan, over record: StackRecord?
    ) throws(TemplateError) -> [ResourceChange]? {
        let comparison = StackComparison(engine: self, plan: plan, existing: record)
        let changes = try comparison.changes()
        // One that failed is not what any plan says.
        let isWhole = record.map { $0.status != .reviewInProgress && !$0.status.isLeftHalfDone } ?? false
        guard changes.isEmpty, let record, isWhole else { return changes }
        return try comparison.knownOutputs() == record.outputs ? nil : changes
    }

    /// `difference`, as a change set tells it.
    package func told(_ plan: StackPlan, over record: StackRecord?) throws(TemplateError) -> [ChangeSet.Change] {
        try ToldChanges.tell(StackComparison(engine: self, plan: plan, existing: record))
    }

    /// Takes the steps of a deployment on a draft of the server's resources.
    private func rehearse(_ plan: StackPlan, over record: StackRecord?) async throws(TemplateError) {
        if let record, !record.status.isStanding, record.status != .reviewInProgress {
            throw plan.error(
                "Stack:\(record.stackId) is in \(record.status.rawValue) state and can not be updated.", nil, "")
        }
        if let refusal = plan.refusal(over: record) { throw plan.error(refusal, nil, "Resources") }
        let engine = StackEngine(
            management: await calls.management.draft(), code: UntriedCode(code), exports: exports, now: now)
        var deployment = StackUpdate(
            engine: engine, plan: plan, existing: record, template: "", options: DeploymentOptions())
        try await deployment.rehearse()
    }
}

extension StackEngine {
    func event(_ resource: StackResource, _ status: String, _ reason: String? = nil) {
        var event = StackEvent(
            time: now(), logicalId: resource.logicalId, type: resource.type, physicalId: resource.physicalId,
            status: status, reason: reason)
        // Of a resource that an earlier release has made it is not noted what is hidden.
        if resource.metadata != nil {
            let properties = (resource.shown ?? resource.properties).text
            if properties.utf8.count <= StackEvent.propertiesBytes { event.properties = properties }
        }
        onEvent(event)
    }

    func event(_ record: StackRecord) {
        onEvent(
            StackEvent(
                time: now(), logicalId: record.name, type: "AWS::CloudFormation::Stack", physicalId: record.stackId,
                status: record.status.rawValue, reason: record.statusReason))
    }

    /// - Parameter properties: those of the resource, with the lines of the template where it has them.
    func request(
        _ resource: StackResource, _ properties: TemplateMap? = nil, stackName: String, account: AccountIdentity
    ) -> ResourceRequest {
        let systemTags = resource.systemTags(stackName: stackName, stackId: stackId)
        var calls = calls
        calls.systemTags = systemTags
        return ResourceRequest(
            logicalId: resource.logicalId, type: resource.type,
            properties: PropertyReader(
                properties: resource.tagged(properties ?? resource.reader.properties, systemTags)),
            stackName: stackName, stackId: stackId, account: account, calls: calls, code: code,
            codeDigest: resource.codeDigest)
    }

    func delete(
        _ resource: StackResource, account: AccountIdentity, isUndone: Bool
    ) async throws(ResourceFailure) {
        // What cannot be looked up any more keeps nothing from being deleted.
        let properties = resource.reader.properties
        let found = try? await DynamicValues(properties, of: resource.type, calls)
        let values = found?.properties ?? properties
        let deletion = ResourceDeletion(
            logicalId: resource.logicalId, type: resource.type, physicalId: resource.physicalId, stackId: stackId,
            attributes: resource.attributes, properties: PropertyReader(properties: values),
            account: account, calls: calls, isUndone: isUndone)
        do throws(ResourceFailure) {
            try await ResourceType.all[resource.type]?.behaviour.delete(deletion)
        } catch { throw found?.hide(in: error) ?? error }
    }

    /// From the one to the other; both are the same resource.
    func update(
        _ old: StackResource, to new: StackResource, _ properties: TemplateMap? = nil, stackName: String,
        account: AccountIdentity, isUndo: Bool = false
    ) async throws(ResourceFailure) -> ProvisionedResource {
        let existing = old.provisioned
        guard let type = ResourceType.all[new.type] else { return existing }
        let values = try await DynamicValues(properties ?? new.reader.properties, of: new.type, calls)
        var update = resourceUpdate(old, to: new, values.properties, stackName: stackName, account: account)
        update.request.isUndo = isUndo
        do throws(ResourceFailure) {
            var updated = try await type.behaviour.update(update)
            updated.secrets = values.secrets
            return updated
        } catch { throw values.hide(in: error) }
    }

    func resourceUpdate(
        _ old: StackResource, to new: StackResource, _ properties: TemplateMap?, stackName: String,
        account: AccountIdentity
    ) -> ResourceUpdate {
        var changed = Set(new.differences(from: old))
        if new.stackTags != old.stackTags, let tags = TagProperty.of(new.type) { changed.insert(tags.name) }
        let systemTags = old.systemTags(stackName: stackName, stackId: stackId)
        return ResourceUpdate(
            request: request(new, properties, stackName: stackName, account: account),
            old: PropertyReader(properties: old.tagged(old.reader.properties, systemTags)), existing: old.provisioned,
            changed: changed)
    }
}

extension TemplateError {
    /// Of no line.
    package init(_ file: String, _ message: String) {
        self.init([TemplateProblem(file: file, line: nil, path: "", message: message)])
    }
}

extension StackPlan {
    func error(_ message: String, _ line: Int?, _ path: String) -> TemplateError {
        TemplateError([TemplateProblem(file: file, line: line, path: path, message: message)])
    }
}
