import ControlPlane
import GatewayModel
import Stacks

/// Making, changing and deleting stacks.
extension CloudFormation {
    static let stackOperations: [String: Operation] = [
        "CreateStack": createStack, "UpdateStack": updateStack, "DeleteStack": deleteStack,
        "CancelUpdateStack": cancelUpdate, "ContinueUpdateRollback": continueRollback, "RollbackStack": rollBackStack,
        "UpdateTerminationProtection": protect, "SetStackPolicy": setPolicy, "GetStackPolicy": getPolicy,
    ]

    private static func createStack(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let name = try call.newName()
        let token = call.members.string("ClientRequestToken")
        let reviewed = await service.stacks.record(name)
        if let record = reviewed, record.status != .reviewInProgress {
            // The same call once more.
            if let token, await service.stacks.hasBegun(.create, token, record) { return .stackId(record) }
            throw .alreadyExists("Stack", name)
        }
        var request = try await service.request(call, name, over: nil, isChangeSet: false)
        if let parent = try await service.parent(call) {
            request.settings.parentId = parent.stackId
            request.settings.rootId = parent.settings?.rootId ?? parent.stackId
        }
        let record: StackRecord
        if let reviewed {
            record = reviewed
        } else {
            guard await service.stacks.record(name) == nil else { throw .alreadyExists("Stack", name) }
            record = try await service.stacks.reserve(name, request.settings, isKept: false)
        }
        try await service.stacks.create(record, request)
        return .stackId(record)
    }

    private static func updateStack(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.known(call)
        guard record.status != .deleteComplete else { throw .cannotUpdate(record) }
        if let token = call.members.string("ClientRequestToken"),
            await service.stacks.hasBegun(.update, token, record)
        {
            return .stackId(record)
        }
        var request = try await service.request(call, record.name, over: record, isChangeSet: false)
        request.settings.policyDuringUpdate = try await service.policy(call, "StackPolicyDuringUpdate")
        guard record.status.isStanding else { throw .cannotUpdate(record) }
        let isSame = try await service.stacks.difference(request, over: record) == nil
        // What macros make may always be another. Source: recorded.
        let hasMacros = request.plan.processed != nil
        guard !isSame || hasMacros || request.settings.tags != record.settings?.tags ?? [] else {
            throw .validation("No updates are to be performed.")
        }
        try await service.stacks.update(record, request)
        return .stackId(record)
    }

    private static func deleteStack(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let name = try call.required("StackName")
        // Source: recorded; nobody is told that there is no such stack.
        guard let record = await service.stacks.standing(name) else { return nil }
        // A stack above may delete it, when its template has it no more.
        let isProtected = await service.stacks.isProtected(record)
        guard !isProtected || call.host == nil else {
            throw .validation("Stack [\(record.name)] cannot be deleted while TerminationProtection is enabled")
        }
        let retained = Set(call.members.strings("RetainResources")?.filter { !$0.isEmpty } ?? [])
        guard retained.isEmpty || record.status == .deleteFailed else {
            throw .validation(
                "Invalid operation on stack [\(record.stackId)]. When you delete a stack, specify which resources to "
                    + "retain only when the stack is in the DELETE_FAILED state.")
        }
        let missing = retained.subtracting(record.resources.map(\.logicalId)).sorted()
        guard missing.isEmpty else {
            throw .validation("The specified resources to retain must be in a valid state: \(missing)")
        }
        var kept = retained
        switch call.members.string("DeletionMode") {
        case nil, "STANDARD": break
        case "FORCE_DELETE_STACK":
            guard record.status == .deleteFailed else {
                throw .validation(
                    "FORCE_DELETE_STACK can only be used when the stack is in the DELETE_FAILED state.")
            }
            // What could not be deleted last time is left behind.
            kept.formUnion(record.resources.map(\.logicalId))
        case let mode?:
            var constraints = Constraints()
            constraints.oneOf(mode, "deletionMode", ["STANDARD", "FORCE_DELETE_STACK"])
            try constraints.checkForm()
        }
        let role = call.members.string("RoleARN") ?? record.settings?.roleARN
        try await service.stacks.delete(
            record, retaining: kept, try service.maker(role, call), token: call.members.string("ClientRequestToken"))
        return nil
    }

    private static func cancelUpdate(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.existing(call)
        guard record.status == .updateInProgress else {
            throw .validation("CancelUpdateStack cannot be called from current stack status")
        }
        try await service.stacks.stop(record.name)
        return nil
    }

    private static func continueRollback(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.existing(call)
        guard record.status == .updateRollbackFailed else {
            throw .validation(
                "Stack:\(record.stackId) is in \(record.status.rawValue) state and can not continue update rollback.")
        }
        let skipped = Set(call.members.strings("ResourcesToSkip")?.filter { !$0.isEmpty } ?? [])
        let unknown = skipped.subtracting(try await service.stacks.unfinished(record)).sorted()
        guard unknown.isEmpty else {
            // Of AWS's sentence only its sense is confirmed.
            throw .validation(
                "The following resource(s) cannot be skipped, as they are not resources of the stack whose rollback has "
                    + "failed: [\(unknown.joined(separator: ", "))]")
        }
        try await service.rollBack(record, skipping: skipped, .continueRollback, call)
        return XMLMembers()
    }

    private static func rollBackStack(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.existing(call)
        guard record.status.isLeftHalfDone else {
            throw .validation(
                "Stack:\(record.stackId) is in \(record.status.rawValue) state and can not be rolled back.")
        }
        try await service.rollBack(record, skipping: [], .rollback, call)
        return .stackId(record)
    }

    private func rollBack(
        _ record: StackRecord, skipping skipped: Set<String>, _ kind: StackOperation.Kind, _ call: StackCall
    ) async throws(ServiceError) {
        let role = call.members.string("RoleARN") ?? record.settings?.roleARN
        try await stacks.rollBack(
            record, skipping: skipped, kind, try maker(role, call).management,
            token: call.members.string("ClientRequestToken"))
    }

    private static func protect(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError) -> XMLMembers?
    {
        _ = try call.required("EnableTerminationProtection")
        let record = try await service.existing(call)
        let isProtected = try call.members.bool("EnableTerminationProtection") ?? false
        guard record.settings?.parentId == nil else {
            throw .validation("Termination Protection cannot be set on a nested stack: [\(record.stackId)]")
        }
        try await service.stacks.set(record.name) { $0.isProtected = isProtected }
        return .stackId(record)
    }

    private static func setPolicy(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.existing(call)
        // A policy can be changed, not removed. AWS's words are not confirmed.
        guard let policy = try await service.policy(call) else {
            throw .validation("You must specify either StackPolicyBody or StackPolicyURL")
        }
        try await service.stacks.set(record.name) { $0.policy = policy }
        return nil
    }

    private static func getPolicy(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.existing(call)
        let temporary = record.pending?.settings.policyDuringUpdate
        return XMLMembers { $0.add("StackPolicyBody", temporary ?? record.settings?.policy) }
    }

    /// The stack that a call names, which is not gone.
    func existing(_ call: StackCall) async throws(ServiceError) -> StackRecord {
        let name = try call.required("StackName")
        guard let record = await stacks.standing(name) else { throw .noStack(name) }
        return record
    }

    /// The stack whose resource the new one is. Only the engine names one.
    private func parent(_ call: StackCall) async throws(ServiceError) -> StackRecord? {
        guard let id = call.parentId, let parent = await stacks.stack(id) else { return nil }
        var depth = 1
        var above = parent
        while let id = above.settings?.parentId, let next = await stacks.stack(id) {
            depth += 1
            above = next
        }
        guard depth < StackLimits.nesting else {
            throw .validation("Stacks are nested more than \(StackLimits.nesting) deep.")
        }
        return parent
    }
}

extension XMLMembers {
    fileprivate static func stackId(_ record: StackRecord) -> XMLMembers {
        XMLMembers { $0.add("StackId", record.stackId) }
    }
}
