import GatewayModel
import JSON

/// One deployment of a plan: forwards step by step, then the deletion of what is left over; or all the way back.
struct StackUpdate {
    private let engine: StackEngine
    private let plan: StackPlan
    private let template: String
    private let options: DeploymentOptions
    var comparison: StackComparison
    /// As it is before the deployment, with the status of one under way.
    private(set) var record: StackRecord
    private let isNew: Bool
    private var steps: [StackStep] = []
    /// The resources of the stack as it is going to be.
    private var resources: [StackResource] = []
    /// What others have taken the place of.
    private var replaced: [StackResource] = []
    private var changes: [ResourceChange] = []
    private var warnings: [String] = []
    /// Which resources could not be brought to what they are to be.
    private var failedIds: [String] = []

    init(
        engine: StackEngine, plan: StackPlan, existing: StackRecord?, template: String, options: DeploymentOptions,
        after earlier: [StackStep] = []
    ) {
        steps = earlier
        self.options = options
        var engine = engine
        self.template = template
        self.plan = plan
        let time = engine.now().iso8601Milliseconds
        record =
            existing
            ?? StackRecord(
                name: plan.stackName, stackId: StackName.newId(plan.stackName, plan.account),
                status: .createInProgress, creationTime: time)
        engine.stackId = record.stackId
        engine.calls.stopped = options.stopped
        self.engine = engine
        isNew = existing.map { $0.status == .reviewInProgress } ?? true
        comparison = StackComparison(engine: engine, plan: plan, existing: existing, stackId: record.stackId)
        record.status = isNew ? .createInProgress : .updateInProgress
        record.statusReason = "User Initiated"
        if existing?.status == .createFailed { record.neverStood = true }
    }

    mutating func run() async throws(StackFailure) -> StackResult {
        let before = record
        do throws(TemplateError) {
            try await keep(record, steps)
            engine.event(record)
            if !isNew { try checkDenials() }
            if engine.code.isTried { await anticipate(try comparison.updatesAlone()) }
            let order = try UpdateOrder(comparison)
            for resource in order.standing { comparison.exists(resource) }
            for resource in order.resources {
                if let reason = options.stopReason() { throw plan.error(reason, nil, "") }
                try await bring(resource)
            }
            return try await finish(over: before)
        } catch {
            throw options.failurePolicy == .leave ? await leave(error) : await rollBack(error)
        }
    }
}

/// Forwards.
extension StackUpdate {
    /// What may not be changed is told as the failure of its resource, before anything is.
    private mutating func checkDenials() throws(TemplateError) {
        // Since a change set was made the stack may have become another one.
        if let refusal = plan.refusal(over: comparison.existing) { throw plan.error(refusal, nil, "Resources") }
        for change in try comparison.changes() {
            // A stack within the stack that is only looked at is not changed by this.
            let isLookedAt = change.action == .update([]) && change.type == ResourceType.cloudFormationStack.name
            guard !isLookedAt, let reason = options.denial(change), let old = record.resource(change.logicalId) else {
                continue
            }
            engine.event(old, "UPDATE_FAILED", reason)
            failedIds.append(old.logicalId)
            throw plan.error(reason, nil, "Resources.\(old.logicalId)")
        }
    }

    /// How much is anticipated at once.
    private static let anticipatedAtOnce = 8

    /// Updates come one after the other; what each of them can do beforehand is done at once: of ten functions that share
    /// a folder ten start.
    private func anticipate(_ updates: [StackComparison.Update]) async {
        guard updates.count > 1 else { return }
        var waiting = updates[...]
        await withTaskGroup(of: Void.self) { group in
            func add() {
                guard let update = waiting.popFirst(), let type = ResourceType.all[update.new.type] else { return }
                let (engine, plan) = (engine, plan)
                group.addTask {
                    // What cannot be looked up is told by the update itself.
                    guard let values = try? await DynamicValues(update.properties, of: update.new.type, engine.calls)
                    else { return }
                    await type.behaviour.anticipate(
                        engine.resourceUpdate(
                            update.old, to: update.new, values.properties, stackName: plan.stackName,
                            account: plan.account))
                }
            }
            for _ in 0..<Self.anticipatedAtOnce { add() }
            while await group.next() != nil { add() }
        }
    }

    mutating func bring(_ resource: PlainResource) async throws(TemplateError) {
        var (wanted, properties) = try comparison.wanted(resource)
        let old = comparison.existing?.resource(resource.logicalId)
        let provisioned: ProvisionedResource
        let difference = comparison.difference(wanted)
        switch difference {
        case .none:
            provisioned = old?.provisioned ?? wanted.provisioned
            wanted.stackTags = old?.stackTags
        case .update([]):
            // Metadata alone: nobody but the stack has it.
            guard let old else { return }
            provisioned = old.provisioned
            wanted.stackTags = old.stackTags
            for status in ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"] { engine.event(old, status) }
        case .automatic, .update, .tags:
            guard let old else { return }
            provisioned = try await update(old, to: wanted, properties, resource)
            // It has become another one by itself.
            if provisioned.physicalId != old.physicalId { replaced.append(old) }
        case .create: provisioned = try await create(wanted, properties, resource)
        case .replace:
            guard let old else { return }
            engine.event(
                old, "UPDATE_IN_PROGRESS",
                "Requested update requires the creation of a new physical resource; hence creating one.")
            provisioned = try await create(wanted, properties, resource, insteadOf: old)
            replaced.append(old)
        }
        if let action = difference.action {
            changes.append(ResourceChange(logicalId: wanted.logicalId, type: wanted.type, action: action))
        }
        wanted.take(provisioned)
        wanted.hiddenAttributes = comparison.exists(provisioned).sorted()
        resources.append(wanted)
        warnings += provisioned.warnings.map { "\(wanted.logicalId): \($0)" }
    }

    private mutating func create(
        _ wanted: StackResource, _ properties: TemplateMap, _ resource: PlainResource,
        insteadOf old: StackResource? = nil
    ) async throws(TemplateError) -> ProvisionedResource {
        let word = old == nil ? "CREATE" : "UPDATE"
        guard let type = ResourceType.all[resource.type] else {
            throw plan.error("the resource type \(resource.type) is not supported yet", resource.line, resource.path)
        }
        if old == nil { engine.event(wanted, "CREATE_IN_PROGRESS") }
        let values: DynamicValues
        do throws(ResourceFailure) {
            values = try await DynamicValues(properties, of: resource.type, engine.calls)
        } catch {
            throw failed(wanted, resource, error, "\(word)_FAILED")
        }
        var request = engine.request(wanted, values.properties, stackName: plan.stackName, account: plan.account)
        let noted = NotedCalls(request.calls.management)
        request.calls.management = noted
        do throws(ResourceFailure) {
            request.preparation = try await type.behaviour.prepare(request)
            if let old, request.preparation.present.contains(old.physicalId),
                request.preparation.physicalId == old.physicalId
            {
                throw ResourceFailure(
                    message: "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                        + "Rename \(old.physicalId) and update the stack again.")
            }
        } catch {
            throw failed(wanted, resource, values.hide(in: error), "\(word)_FAILED")
        }
        try await begin(StackStep(kind: .create, resource: wanted, preparation: request.preparation, before: nil))
        do throws(ResourceFailure) {
            var provisioned = try await type.behaviour.create(request)
            provisioned.secrets = values.secrets
            done(&provisioned)
            engine.event(
                steps[steps.count - 1].resource, "\(word)_COMPLETE", provisioned.warnings.first)
            return provisioned
        } catch {
            // Where nothing was made there is nothing to be taken back, which may be refused as well.
            if !noted.mayHaveChanged { steps.removeLast() }
            throw failed(wanted, resource, values.hide(in: error), "\(word)_FAILED")
        }
    }

    private mutating func update(
        _ old: StackResource, to wanted: StackResource, _ properties: TemplateMap, _ resource: PlainResource
    ) async throws(TemplateError) -> ProvisionedResource {
        engine.event(old, "UPDATE_IN_PROGRESS")
        var wanted = wanted
        wanted.take(old.provisioned)
        try await begin(StackStep(kind: .update, resource: wanted, preparation: nil, before: old))
        do throws(ResourceFailure) {
            var provisioned = try await engine.update(
                old, to: wanted, properties, stackName: plan.stackName, account: plan.account)
            done(&provisioned)
            wanted.physicalId = provisioned.physicalId
            engine.event(wanted, "UPDATE_COMPLETE", provisioned.warnings.first)
            return provisioned
        } catch {
            throw failed(wanted, resource, error, "UPDATE_FAILED")
        }
    }

    private mutating func failed(
        _ wanted: StackResource, _ resource: PlainResource, _ failure: ResourceFailure, _ status: String
    ) -> TemplateError {
        let message = comparison.secrets.hide(in: failure.message)
        engine.event(wanted, status, message)
        failedIds.append(wanted.logicalId)
        return plan.error(message, failure.line ?? resource.line, resource.path)
    }

    /// The step before, now done, is written down together with the one that begins.
    private mutating func begin(_ step: StackStep) async throws(TemplateError) {
        steps.append(step)
        let numbers = max(0, steps.count - 2)..<steps.count
        do { try await engine.journal.save(numbers.map { ($0, steps[$0]) }, of: record.name) } catch {
            steps.removeLast()
            throw plan.error("the step could not be written down: \(error)", nil, "")
        }
    }

    private mutating func done(_ provisioned: inout ProvisionedResource) {
        provisioned.warnings = provisioned.warnings.map { comparison.secrets.hide(in: $0) }
        steps[steps.count - 1].isDone = true
        steps[steps.count - 1].resource.take(provisioned)
        steps[steps.count - 1].resource.attributes.merge(provisioned.forUndo) { $1 }
    }

    private func keep(_ record: StackRecord, _ steps: [StackStep] = []) async throws(TemplateError) {
        do { try await engine.journal.save(record, steps: steps) } catch {
            throw plan.error("the stack could not be written down: \(error)", nil, "")
        }
    }
}

/// The end.
extension StackUpdate {
    private mutating func finish(over before: StackRecord) async throws(TemplateError) -> StackResult {
        let outputs = try comparison.outputs()
        try checkExports(outputs, before)
        // Another stack may have come meanwhile.
        if let name = engine.exports.claim(outputs.compactMap(\.exportName), for: record.name) {
            let other = engine.exports.exporter(name) ?? ""
            throw plan.error("Export with name \(name) is already exported by stack \(other)", nil, "Outputs")
        }
        var after = record
        after.resources = resources
        after.outputs = outputs
        after.imports = comparison.imported
        after.template = template
        after.parameters = plan.shownParameters
        after.resolvedParameters = plan.resolvedParameters
        after.processed = plan.processed
        after.leftOut = plan.leftOut.names
        after.statusReason = nil
        after.neverStood = nil
        if let pending = after.pending {
            // As in AWS, a change set updates the stack that it has made.
            if isNew, pending.settings.changeSetId != nil { after.lastUpdatedTime = engine.now().iso8601Milliseconds }
            after.settings = pending.settings
            after.settings?.description = plan.description
            after.settings?.policyDuringUpdate = nil
            after.pending = nil
        }
        if !isNew { after.lastUpdatedTime = engine.now().iso8601Milliseconds }
        let names = Set(resources.map(\.logicalId))
        let removed = before.resources.reversed().filter { !names.contains($0.logicalId) }
        changes += removed.map { ResourceChange(logicalId: $0.logicalId, type: $0.type, action: .delete) }
        // To keep what is replaced may have been asked for together with the change that replaces it.
        let keeping = Set(resources.filter { $0.updateReplacePolicy != .delete }.map(\.logicalId))
        for old in replaced where keeping.contains(old.logicalId) { engine.event(old, "DELETE_SKIPPED") }
        after.leavings =
            before.leavings
            + leavings(replaced.reversed().filter { !keeping.contains($0.logicalId) }, \.updateReplacePolicy)
            + leavings(Array(removed), \.deletionPolicy)
        after.status =
            isNew ? .createComplete : after.leavings.isEmpty ? .updateComplete : .updateCompleteCleanupInProgress
        try await keep(after)
        engine.event(after)
        if after.status == .updateCompleteCleanupInProgress {
            var cleanup = StackDeletion(engine: engine, account: plan.account, record: after)
            after = await cleanup.cleanUp()
            warnings += cleanup.failures
        }
        return result(before, after)
    }

    private func leavings(
        _ resources: [StackResource], _ policy: KeyPath<StackResource, DeletionPolicy>
    ) -> [StackResource] {
        resources.filter { resource in
            if resource[keyPath: policy] == .delete { return true }
            engine.event(resource, "DELETE_SKIPPED")
            return false
        }
    }

    /// Names of exports belong to one stack each, and stay while others use them.
    func checkExports(_ outputs: [StackOutput], _ before: StackRecord) throws(TemplateError) {
        let exported = Dictionary(
            outputs.compactMap { output in output.exportName.map { ($0, output.value) } },
            uniquingKeysWith: { first, _ in first })
        for (name, _) in exported {
            if let other = engine.exports.exporter(name), other != record.name {
                throw plan.error("Export with name \(name) is already exported by stack \(other)", nil, "Outputs")
            }
        }
        for output in before.outputs {
            guard let name = output.exportName, exported[name] != output.value else { continue }
            let importers = engine.exports.importers(name).filter { $0 != record.name }
            guard importers.isEmpty else {
                let word = exported[name] == nil ? "deleted" : "updated"
                throw plan.error(
                    "Export \(name) cannot be \(word) as it is in use by \(importers.joined(separator: ", "))", nil,
                    "Outputs")
            }
        }
    }

    private func result(_ before: StackRecord, _ after: StackRecord) -> StackResult {
        let functions = changes.filter { $0.type == ResourceType.lambdaFunction.name }
        let routes = DeployedRoutes.changes(from: before.resources, to: after.resources)
        let undeployed = UndeployedChanges(from: before.resources, to: after.resources, changes).warnings
        return StackResult(
            record: after, deployment: StackDeployment(after), changes: changes, changedFunctions: functions.count,
            changedRoutes: routes, warnings: warnings + undeployed)
    }
}

/// Backwards.
extension StackUpdate {
    /// In CloudFormation's words.
    private func reason(_ cause: TemplateError) -> String {
        if let stop = options.stopReason() { return stop }
        guard !failedIds.isEmpty else { return cause.problems.first?.message ?? "" }
        let done = isNew ? "create" : "update"
        let ending = options.failurePolicy == .leave ? "" : " Rollback requested by user."
        return "The following resource(s) failed to \(done): [\(failedIds.joined(separator: ", "))].\(ending)"
    }

    private func rollBack(_ cause: TemplateError) async -> StackFailure {
        var engine = engine
        // What is taken back is not stopped.
        engine.calls.stopped = nil
        var rollback = StackRollback(
            engine: engine, account: plan.account, record: record, steps: steps,
            keepsName: options.failurePolicy == .rollBack)
        do throws(StackFailure) {
            let left = try await rollback.run(because: reason(cause))
            return StackFailure(error: cause, record: left)
        } catch {
            // What could not be taken back is told beside what began it.
            return StackFailure(error: TemplateError(cause.problems + error.error.problems), record: error.record)
        }
    }
}

/// Neither.
extension StackUpdate {
    /// What was made stands, as does what was to be changed; the steps are kept, for whoever takes them back.
    private func leave(_ cause: TemplateError) async -> StackFailure {
        var left = record
        left.status = isNew ? .createFailed : .updateFailed
        left.statusReason = reason(cause)
        left.pending = nil
        let brought = Set(resources.map(\.logicalId))
        left.resources = resources + record.resources.filter { !brought.contains($0.logicalId) }
        left.leavings += replaced
        if isNew {
            left.parameters = plan.shownParameters
            left.resolvedParameters = plan.resolvedParameters
        }
        do { try await engine.journal.save(left, steps: steps) } catch {
            let unwritten = plan.error("the stack could not be written down: \(error)", nil, "")
            return StackFailure(error: TemplateError(cause.problems + unwritten.problems), record: left)
        }
        engine.event(left)
        return StackFailure(error: cause, record: left)
    }
}
