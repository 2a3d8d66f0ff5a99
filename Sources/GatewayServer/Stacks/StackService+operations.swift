import ControlPlane
import GatewayModel
import JSON
import Stacks

/// What is done to a stack behind its caller's back.
struct StackRequest: Sendable {
    let plan: StackPlan
    let template: String
    var settings: StackSettings
    /// Acts as whoever the resources are made by.
    let management: any Management
    /// Whether a server that starts again may go on with it.
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

    func isBusy(_ name: String) -> Bool { busy.contains(name) }

    /// Waits until nothing is done to the stack.
    func settled(_ name: String) async {
        guard busy.contains(name) else { return }
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
            throw ServiceError("LimitExceededException", status: 400, "Limit for stack has been exceeded")
        }
        var record = StackRecord(
            name: name, stackId: stackId(name), status: .reviewInProgress, creationTime: now().iso8601Milliseconds)
        record.statusReason = "User Initiated"
        record.settings = settings
        // Others may come before it is written down.
        records[name] = record
        guard isKept else { return record }
        do { try await journal.save(record, steps: []) } catch {
            records[name] = nil
            throw .internalFailure("The stack could not be written down: \(error)")
        }
        return record
    }

    private func stackId(_ name: String) -> String {
        "arn:\(account.partition):cloudformation:\(account.region):\(account.accountId):stack/\(name)/\(Identifiers.uuid())"
    }

    /// Makes a stack of a name that is reserved.
    func create(_ reserved: StackRecord, _ request: StackRequest) async throws(ServiceError) {
        var record = try current(reserved)
        guard record.status == .reviewInProgress else { throw .cannotUpdate(record) }
        record.settings = request.settings
        record.template = request.template
        record.parameters = request.plan.shownParameters
        record.pending = operation(.create, request)
        try await accept(record, .createInProgress)
        if let minutes = request.settings.timeoutMinutes {
            stops.setDeadline(
                record.name, Timestamp(milliseconds: now().milliseconds + Int64(min(minutes, Int(Int32.max))) * 60_000))
        }
        deploy(record, request, .create)
    }

    /// - Parameter looked: the stack as it was when the request was made of it. It may be another by now.
    func update(_ looked: StackRecord, _ request: StackRequest) async throws(ServiceError) {
        var record = try current(looked)
        guard record.status.isStanding else { throw .cannotUpdate(record) }
        var request = request
        request.settings.isProtected = record.settings?.isProtected ?? false
        if request.settings.policy == looked.settings?.policy { request.settings.policy = record.settings?.policy }
        record.pending = operation(.update, request)
        try await accept(record, .updateInProgress)
        deploy(record, request, .update)
    }

    /// The stack as it is, unless it is another than somebody has looked at.
    private func current(_ looked: StackRecord) throws(ServiceError) -> StackRecord {
        guard let record = records[looked.name], record.stackId == looked.stackId else {
            throw .validation("Stack [\(looked.name)] does not exist")
        }
        guard !busy.contains(record.name), record.lastUpdatedTime == looked.lastUpdatedTime,
            record.status == looked.status
        else { throw .cannotUpdate(record) }
        return record
    }

    private func operation(_ kind: StackOperation.Kind, _ request: StackRequest) -> StackOperation {
        StackOperation(
            kind: kind, template: request.template, settings: request.settings, isRepeatable: request.isRepeatable)
    }

    /// Writes down what is going to be done. From now on the stack is shown to be at it.
    private func accept(_ record: StackRecord, _ status: StackStatus) async throws(ServiceError) {
        guard busy.insert(record.name).inserted else { throw .cannotUpdate(record) }
        do {
            let steps =
                record.status.isStanding ? [] : try await journal.load().first { $0.record.name == record.name }?.steps
            try await journal.save(record, steps: steps ?? [])
        } catch {
            // A name that was only reserved is free again.
            if record.status == .reviewInProgress, changeSets[record.stackId] == nil { records[record.name] = nil }
            end(record.name)
            throw .internalFailure("The operation could not be written down: \(error)")
        }
        var shown = record
        shown.status = status
        shown.statusReason = "User Initiated"
        records[record.name] = shown
        _ = log.begin(record.name)
    }

    private func deploy(_ record: StackRecord, _ request: StackRequest, _ kind: StackOperation.Kind) {
        let operation = StackHistory.Operation(
            stackId: record.stackId, name: kind.rawValue, token: request.settings.token)
        let engine = engine(
            record.name, SentCode(digests: [:], assets: assets), request.management, operation)
        var options = DeploymentOptions()
        options.isRehearsed = false
        options.failurePolicy = request.settings.failurePolicy
        let (stops, now, name) = (stops, now, record.name)
        options.stopReason = { stops.reason(name, now: now()) }
        let chosen = options
        Task {
            do throws(StackFailure) {
                let result = try await engine.deploy(
                    request.plan, over: record, template: request.template, options: chosen)
                await finished(record, result.record, result.outcome)
            } catch {
                await finished(record, error.record, error.outcome)
            }
        }
    }

    private func finished(_ before: StackRecord, _ after: StackRecord?, _ outcome: JSONValue) async {
        if let after {
            keep(before.name, after)
            await saveEvents(of: after.stackId)
        } else {
            await keepDeleted(before)
        }
        log.finish(before.name, outcome)
        end(before.name)
    }

    // MARK: Deleting

    func delete(
        _ record: StackRecord, retaining retained: Set<String>, _ management: any Management, token: String?,
        isRepeatable: Bool
    ) async throws(ServiceError) {
        let name = record.name
        // Once more is the same.
        if records[name]?.status == .deleteInProgress, busy.contains(name) { return }
        if busy.contains(name) {
            // What is being made is given up.
            stops.ask(name)
            await settled(name)
        }
        guard var record = records[name] else { return }
        if let used = record.outputs.compactMap(\.exportName).first(where: { !exports.importers($0).isEmpty }) {
            throw .validation(
                "Export \(used) cannot be deleted as it is in use by \(exports.importers(used).joined(separator: ", "))"
            )
        }
        var settings = record.settings ?? StackSettings()
        settings.token = token
        var pending = StackOperation(
            kind: .delete, template: record.template, settings: settings, isRepeatable: isRepeatable)
        pending.retained = retained.sorted()
        record.pending = pending
        try await accept(record, .deleteInProgress)
        Task { await delete(record, retained, management, token) }
    }

    private func delete(
        _ record: StackRecord, _ retained: Set<String>, _ management: any Management, _ token: String?
    ) async {
        let operation = StackHistory.Operation(
            stackId: record.stackId, name: StackOperation.Kind.delete.rawValue, token: token)
        let engine = engine(record.name, SentCode(digests: [:], assets: assets), management, operation)
        do throws(StackFailure) {
            var doomed = record
            if record.status.isToBeUndone || record.status == .createFailed || record.status == .updateFailed {
                try await takeUpUnfinished(record.name)
                doomed.resources = records[record.name]?.resources ?? record.resources
            }
            doomed.pending = record.pending
            doomed.resources.removeAll { retained.contains($0.logicalId) }
            doomed.leavings.removeAll { retained.contains($0.logicalId) }
            try await engine.delete(doomed, account: account)
            await keepDeleted(record)
            log.finish(record.name, ["status": "DELETE_COMPLETE"])
            end(record.name)
        } catch {
            var left = error.record
            left?.pending = nil
            if let left { try? await journal.save(left, steps: []) }
            await finished(record, left ?? record, error.outcome)
        }
    }

    /// Forgets the stack but for those who ask for it by its id.
    func keepDeleted(_ record: StackRecord) async {
        var record = record
        record.status = .deleteComplete
        record.statusReason = nil
        record.deletionTime = now().iso8601Milliseconds
        record.pending = nil
        (record.resources, record.leavings, record.imports) = ([], [], [])
        keep(record.name, nil)
        let sets = changeSets.removeValue(forKey: record.stackId) ?? []
        try? await journal.remove(sets)
        deleted.append((record.stackId, record))
        if history.events(of: record.stackId).last?.status != StackStatus.deleteComplete.rawValue {
            await tell(record, record.settings?.token, "DELETE_STACK")
        }
        // They are for looking back: what cannot be written down is still known until the server ends.
        try? await journal.save(deleted: record)
        await saveEvents(of: record.stackId)
        while deleted.count > StackLimits.deletedStacks {
            let oldest = deleted.removeFirst()
            history.forget(oldest.id)
            try? await journal.forget(stackId: oldest.id)
        }
    }

    /// Of a stack of which only the name is left.
    func drop(_ name: String) async throws(StackFailure) {
        guard let record = records[name] else { return }
        do { try await journal.remove(name) } catch { throw failure(name, "The stack cannot be removed: \(error)") }
        await keepDeleted(record)
    }

    func saveEvents(of stackId: String) async {
        guard let (events, batch) = history.takeUnsaved(of: stackId) else { return }
        try? await journal.save(events, batch: batch, ofStack: stackId)
    }

    // MARK: Rolling back

    /// Takes back what a failed operation has left standing: all but the steps of `skipped` resources.
    func rollBack(
        _ record: StackRecord, skipping skipped: Set<String>, _ kind: StackOperation.Kind,
        _ management: any Management, token: String?
    ) async throws(ServiceError) {
        guard !busy.contains(record.name) else { throw .cannotUpdate(record) }
        let steps: [StackStep]
        do throws(StackFailure) { steps = try await self.steps(of: record.name) } catch {
            throw .internalFailure("\(error.error)")
        }
        let left = steps.filter { !skipped.contains($0.logicalId) }
        let isNew = record.status == .createFailed || record.status == .rollbackFailed
        // As what was under way, so that it is taken back whenever the server ends.
        var standing = record
        standing.status = isNew ? .rollbackInProgress : .updateRollbackInProgress
        guard busy.insert(record.name).inserted else { throw .cannotUpdate(record) }
        do { try await journal.save(standing, steps: left) } catch {
            end(record.name)
            throw .internalFailure("The operation could not be written down: \(error)")
        }
        records[record.name] = standing
        _ = log.begin(record.name)
        let operation = StackHistory.Operation(stackId: record.stackId, name: kind.rawValue, token: token)
        let engine = engine(record.name, SentCode(digests: [:], assets: assets), management, operation)
        let account = account
        Task { [standing] in
            do throws(StackFailure) {
                let after = try await engine.takeBack(
                    standing, steps: left, account: account, because: "User Initiated", keepsName: true)
                await finished(record, after, ["status": .string(after?.status.rawValue ?? "")])
            } catch {
                await finished(record, error.record ?? record, error.outcome)
            }
        }
    }

    // MARK: After a restart

    /// Goes on with what was accepted: what was half done is taken back, and then done anew, by the role that it was
    /// accepted for. Where nobody may do that any more, it ends there.
    func resume(_ record: StackRecord, _ pending: StackOperation, _ steps: [StackStep]) async {
        let role = pending.settings.roleARN
        let manager = pending.isRepeatable ? managementOf(role) : nil
        let obstacle =
            pending.isRepeatable
            ? "Role \(role ?? "") is invalid or cannot be assumed"
            : "The server ended; the operation has to be asked for again."
        if pending.kind == .delete { return await resumeDeletion(record, pending, manager, obstacle) }
        var standing = record
        // What a stack has made it may take back, whoever has asked for it.
        do throws(StackFailure) {
            if record.status.isToBeUndone {
                let engine = StackEngine(
                    management: management, code: SentCode(digests: [:], assets: assets), journal: journal,
                    exports: exports, now: now)
                standing =
                    try await engine.takeBack(
                        record, steps: steps, account: account, because: "The server ended.", keepsName: true) ?? record
            } else if record.status == .updateCompleteCleanupInProgress {
                return try await recover(record, steps)
            }
        } catch { return keep(record.name, error.record ?? record) }
        if pending.kind == .create { standing.status = .reviewInProgress }
        standing.pending = nil
        keep(record.name, standing)
        guard let manager else { return await giveUp(standing, because: obstacle) }
        do throws(ServiceError) {
            let plan: StackPlan
            do throws(TemplateError) {
                plan = try await StackTemplate(pending.template).plan(
                    record.name, given: pending.settings.parameters, account: account, manager)
            } catch { throw .validation(error.cloudFormationMessage) }
            let request = StackRequest(
                plan: plan, template: pending.template, settings: pending.settings, management: manager,
                isRepeatable: true)
            if pending.kind == .create {
                try await create(standing, request)
            } else {
                try await update(standing, request)
            }
        } catch { await giveUp(standing, because: error.message) }
    }

    private func resumeDeletion(
        _ record: StackRecord, _ pending: StackOperation, _ manager: (any Management)?, _ obstacle: String
    ) async {
        guard let manager else {
            var left = record
            (left.status, left.statusReason, left.pending) = (.deleteFailed, obstacle, nil)
            try? await journal.save(left, steps: [])
            return keep(record.name, left)
        }
        busy.insert(record.name)
        var shown = record
        shown.status = .deleteInProgress
        records[record.name] = shown
        _ = log.begin(record.name)
        let retained = Set(pending.retained)
        Task { [record] in await delete(record, retained, manager, pending.settings.token) }
    }

    /// What cannot be done again is told by the stack, which is as it was before.
    private func giveUp(_ record: StackRecord, because reason: String) async {
        var left = record
        left.pending = nil
        left.statusReason = reason
        if left.status == .reviewInProgress { left.status = .rollbackComplete }
        try? await journal.save(left, steps: [])
        keep(left.name, left)
    }
}

extension ServiceError {
    static func validation(_ message: String) -> ServiceError {
        ServiceError("ValidationError", status: 400, message)
    }

    static func cannotUpdate(_ record: StackRecord) -> ServiceError {
        .validation("Stack:\(record.stackId) is in \(record.status.rawValue) state and can not be updated.")
    }
}

/// Small changes.
extension StackService {
    func difference(_ request: StackRequest, over record: StackRecord?) throws(TemplateError) -> [ResourceChange]? {
        try engine(request.plan.stackName, SentCode(digests: [:], assets: assets), request.management)
            .difference(request.plan, over: record)
    }

    /// Changes what was asked for with a stack that nothing is being done to.
    func set(_ name: String, _ change: (inout StackSettings) -> Void) async throws(ServiceError) {
        guard var record = records[name] else { throw .validation("Stack [\(name)] does not exist") }
        guard busy.insert(name).inserted else { throw .cannotUpdate(record) }
        defer { end(name) }
        var settings = record.settings ?? StackSettings()
        change(&settings)
        record.settings = settings
        do {
            try await journal.save(
                record, steps: try await journal.load().first { $0.record.name == name }?.steps ?? [])
        } catch { throw .internalFailure("The stack could not be written down: \(error)") }
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

    // MARK: Change sets

    func changeSet(id: String) -> ChangeSet? { changeSets.values.lazy.flatMap { $0 }.first { $0.id == id } }

    func changeSets(of record: StackRecord) -> [ChangeSet] { changeSets[record.stackId] ?? [] }

    func keep(_ changeSet: ChangeSet) async throws(ServiceError) {
        var all = changeSets[changeSet.stackId] ?? []
        if let place = all.firstIndex(where: { $0.id == changeSet.id }) {
            all[place] = changeSet
        } else {
            guard !all.contains(where: { $0.name == changeSet.name && $0.execution != .complete }) else {
                throw ServiceError(
                    "AlreadyExistsException", status: 400, "ChangeSet [\(changeSet.name)] already exists")
            }
            guard all.count < StackLimits.changeSets else {
                throw ServiceError(
                    "LimitExceededException", status: 400,
                    "Stack [\(changeSet.stackName)] has \(all.count) change sets, which is all it may have.")
            }
            all.append(changeSet)
        }
        let before = changeSets[changeSet.stackId]?.first { $0.id == changeSet.id }
        // Others may come before it is written down.
        changeSets[changeSet.stackId] = all
        do { try await journal.save(changeSet) } catch {
            changeSets[changeSet.stackId]?.removeAll { $0.id == changeSet.id }
            if let before { changeSets[changeSet.stackId]?.append(before) }
            throw .internalFailure("The change set could not be written down: \(error)")
        }
    }

    func remove(_ sets: [ChangeSet]) async throws(ServiceError) {
        do { try await journal.remove(sets) } catch {
            throw .internalFailure("The change set could not be removed: \(error)")
        }
        let ids = Set(sets.map(\.id))
        for set in sets { changeSets[set.stackId]?.removeAll { ids.contains($0.id) } }
    }
}
