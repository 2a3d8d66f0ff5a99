import ControlPlane
import GatewayModel
import JSON
import Stacks

/// What is done to a stack behind its caller's back.
struct StackRequest: Sendable {
    private(set) var plan: StackPlan
    let template: String
    var settings: StackSettings
    let maker: StackMaker
    /// What the plan was made of beside the template.
    let lookups: TemplateLookups

    init(
        plan: StackPlan, template: String, settings: StackSettings, maker: StackMaker, lookups: TemplateLookups
    ) {
        self.plan = plan
        self.plan.tags = settings.tags
        self.template = template
        self.settings = settings
        self.maker = maker
        self.lookups = lookups
    }
}

/// Whoever a stack's resources are made by.
struct StackMaker: Sendable {
    let management: any Management
    /// Whether a server that starts again may act as it.
    let isRepeatable: Bool
}

/// Operations that are accepted, and go on by themselves.
extension StackService {
    /// By its name, or by its id, also of one that was deleted.
    func stack(_ nameOrId: String) -> StackRecord? {
        if let record = records[nameOrId] { return record }
        guard nameOrId.hasPrefix("arn:") else { return nil }
        return records.values.first { $0.stackId == nameOrId } ?? deleted.last { $0.id == nameOrId }?.record
    }

    /// Whether it may not be deleted. Of a stack within another one the root says it.
    ///
    /// Source: User Guide, using-cfn-protect-stacks.
    func isProtected(_ record: StackRecord) -> Bool {
        let root = record.settings?.rootId.flatMap { stack($0) } ?? record
        return root.settings?.isProtected ?? false
    }

    /// The stacks as they are told.
    func withProtection(_ stacks: [StackRecord]) -> [StackRecord] {
        stacks.map { record in
            var told = record
            told.settings?.isProtected = isProtected(record)
            return told
        }
    }

    /// One that is not gone.
    func standing(_ nameOrId: String) -> StackRecord? {
        stack(nameOrId).flatMap { $0.status == .deleteComplete ? nil : $0 }
    }

    /// Whether the stack's last operation is of that kind, and was asked for with that token: then it is asked for once
    /// more.
    func hasBegun(_ kind: StackOperation.Kind, _ token: String, _ record: StackRecord) -> Bool {
        if let pending = record.pending {
            return pending.kind == kind && pending.settings.token == token && pending.settings.changeSetId == nil
        }
        // A change set that was executed has a token of its own.
        if record.settings?.token == token, record.settings?.changeSetId != nil { return false }
        guard let last = history.events(of: record.stackId).last else { return false }
        return last.operation == kind.rawValue && last.token == token
    }

    /// Waits until nothing is done to the stack.
    func settled(_ name: String) async {
        guard busy.contains(name) || doomed[name] != nil else { return }
        await withCheckedContinuation { waiting[name, default: []].append($0) }
    }

    // MARK: Making and changing

    /// A name with nothing behind it yet.
    ///
    /// - Parameter isKept: whether it is written down; else what follows does that.
    func reserve(
        _ name: String, _ settings: StackSettings, isKept: Bool = true
    ) async throws(ServiceError) -> StackRecord {
        guard records.count < StackLimits.stacks else {
            throw .limitExceeded("Limit for stack has been exceeded")
        }
        var record = StackRecord(
            name: name, stackId: StackName.newId(name, account), status: .reviewInProgress,
            creationTime: now().iso8601Milliseconds)
        record.statusReason = "User Initiated"
        record.settings = settings
        // Others may come before it is written down.
        records[name] = record
        guard isKept else { return record }
        do { try await journal.save(record, steps: []) } catch {
            records[name] = nil
            throw .unwritten("The stack", error)
        }
        return record
    }

    /// Makes a stack of a name that is reserved.
    ///
    /// - Parameter isResumed: whether it is done once more: then the stack is shown to be at it already.
    func create(
        _ reserved: StackRecord, _ request: StackRequest, isResumed: Bool = false
    ) async throws(ServiceError) {
        var record = isResumed ? reserved : try current(reserved)
        guard record.status == .reviewInProgress else { throw .cannotUpdate(record) }
        record.settings = request.settings
        record.template = request.template
        record.parameters = request.plan.shownParameters
        record.pending = operation(.create, request)
        try await accept(record, .createInProgress)
        await outdateChangeSets(of: record, executing: request.settings.changeSetId)
        if let minutes = request.settings.timeoutMinutes {
            stops.setDeadline(
                record.name, Timestamp(milliseconds: now().milliseconds + Int64(min(minutes, Int(Int32.max))) * 60_000))
        }
        deploy(record, request, .create)
    }

    /// - Parameter looked: the stack as it was when the request was made of it. It may be another by now.
    func update(
        _ looked: StackRecord, _ request: StackRequest, isResumed: Bool = false
    ) async throws(ServiceError) {
        var record = isResumed ? looked : try current(looked)
        guard record.status.isStanding else { throw .cannotUpdate(record) }
        let earlier = record.status.isLeftHalfDone ? try await stepsLeft(of: record) : []
        if !isResumed { record = try current(looked) }
        var request = request
        request.settings.isProtected = record.settings?.isProtected ?? false
        if request.settings.policy == looked.settings?.policy { request.settings.policy = record.settings?.policy }
        record.pending = operation(.update, request)
        try await accept(record, .updateInProgress)
        await outdateChangeSets(of: record, executing: request.settings.changeSetId)
        deploy(record, request, .update, after: earlier)
    }

    /// The stack as it is, unless it is another than somebody has looked at.
    func current(_ looked: StackRecord) throws(ServiceError) -> StackRecord {
        guard let record = records[looked.name], record.stackId == looked.stackId else {
            throw .noStack(looked.name)
        }
        guard !busy.contains(record.name), record.lastUpdatedTime == looked.lastUpdatedTime,
            record.status == looked.status
        else { throw .cannotUpdate(record) }
        return record
    }

    private func operation(_ kind: StackOperation.Kind, _ request: StackRequest) -> StackOperation {
        var operation = StackOperation(
            kind: kind, template: request.template, settings: request.settings,
            isRepeatable: request.maker.isRepeatable)
        operation.lookups = request.lookups
        return operation
    }

    /// Writes down what is going to be done. From now on the stack is shown to be at it.
    func accept(_ record: StackRecord, _ status: StackStatus) async throws(ServiceError) {
        guard busy.insert(record.name).inserted else { throw .cannotUpdate(record) }
        do {
            if record.status.isStanding, !record.status.isLeftHalfDone {
                try await journal.save(record, steps: [])
            } else {
                try await journal.save(record)
            }
        } catch {
            // A name that was only reserved is free again.
            if record.status == .reviewInProgress, changeSets[record.stackId] == nil { records[record.name] = nil }
            end(record.name)
            throw .unwritten("The operation", error)
        }
        var shown = record
        shown.status = status
        shown.statusReason = "User Initiated"
        records[record.name] = shown
        _ = log.begin(record.name)
    }

    private func deploy(
        _ record: StackRecord, _ request: StackRequest, _ kind: StackOperation.Kind, after earlier: [StackStep] = []
    ) {
        let engine = engine(of: record, kind, request.settings.token, request.maker.management)
        var options = DeploymentOptions()
        options.isRehearsed = false
        options.failurePolicy = request.settings.failurePolicy
        let (stops, now, name) = (stops, now, record.name)
        options.stopReason = { stops.reason(name, now: now()) }
        options.stopped = { await stops.stopped(name, now: now) }
        // That of before the update: what the update brings counts from the next one on.
        if let text = request.settings.policyDuringUpdate ?? records[name]?.settings?.policy,
            let policy = try? StackPolicy(text)
        {
            options.denial = policy.denial
        }
        let chosen = options
        Task {
            do throws(StackFailure) {
                let result = try await engine.deploy(
                    request.plan, over: record, template: request.template, options: chosen, after: earlier)
                await finished(record, result.record, result.outcome)
            } catch {
                await finished(record, error.record, error.outcome)
            }
        }
    }

    func finished(_ before: StackRecord, _ after: StackRecord?, _ outcome: JSONValue) async {
        if let after {
            keep(before.name, after)
            await saveEvents(of: after.stackId)
        } else {
            await keepDeleted(before)
        }
        log.finish(before.name, outcome)
        end(before.name)
    }
}

/// Small changes.
extension StackService {
    /// What a request would change; nil: nothing.
    func difference(_ request: StackRequest, over record: StackRecord?) throws(ServiceError) -> [ResourceChange]? {
        try compared(request) { engine throws(TemplateError) in try engine.difference(request.plan, over: record) }
    }

    /// The same as a change set tells it.
    func told(_ request: StackRequest, over record: StackRecord?) throws(ServiceError) -> [ChangeSet.Change] {
        try compared(request) { engine throws(TemplateError) in try engine.told(request.plan, over: record) }
    }

    private func compared<Found>(
        _ request: StackRequest, _ look: (StackEngine) throws(TemplateError) -> Found
    ) throws(ServiceError) -> Found {
        let engine = engine(
            request.plan.stackName, SentCode(digests: [:], assets: assets), request.maker.management)
        do throws(TemplateError) { return try look(engine) } catch {
            throw .validation(error.cloudFormationMessage)
        }
    }

    /// Changes what was asked for with a stack that nothing is being done to.
    func set(_ name: String, _ change: (inout StackSettings) -> Void) async throws(ServiceError) {
        guard var record = records[name] else { throw .noStack(name) }
        guard busy.insert(name).inserted else { throw .cannotUpdate(record) }
        defer { end(name) }
        var settings = record.settings ?? StackSettings()
        change(&settings)
        record.settings = settings
        do { try await journal.save(record) } catch { throw .unwritten("The stack", error) }
        keep(name, record)
    }

    /// An event of a stack that no engine tells of: that it waits for a review, or is gone.
    func tell(_ record: StackRecord, _ token: String?, _ name: String = "CREATE_CHANGESET") async {
        let operation = StackHistory.Operation(stackId: record.stackId, name: name, token: token)
        history.add(
            StackEvent(
                time: now(), logicalId: record.name, type: "AWS::CloudFormation::Stack", physicalId: record.stackId,
                status: record.status.rawValue, reason: record.statusReason), operation)
        await saveEvents(of: record.stackId)
    }
}
