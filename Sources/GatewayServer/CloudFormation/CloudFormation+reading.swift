import ControlPlane
import GatewayModel
import JSON
import Stacks

/// What stacks are, and what has happened to them.
extension CloudFormation {
    static let readingOperations: [String: Operation] = [
        "DescribeStacks": describeStacks, "ListStacks": listStacks, "DescribeStackEvents": describeEvents,
        "DescribeEvents": describeOperationEvents, "DescribeStackResource": describeResource,
        "DescribeStackResources": describeResources, "ListStackResources": listResources, "ListExports": listExports,
        "ListImports": listImports, "DescribeAccountLimits": accountLimits,
    ]

    fileprivate static let unchecked = "NOT_CHECKED"

    private static func describeStacks(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let stacks: [StackRecord]
        if let name = call.members.string("StackName"), !name.isEmpty {
            guard let record = await service.stacks.stack(name) else { throw .noStackWithId(name) }
            stacks = [record]
        } else {
            stacks = await service.stacks.all
        }
        let page = try call.page(await service.stacks.withProtection(stacks), by: \.name) { $0.name > $1 }
        return XMLMembers { result in
            result.list("Stacks", page.elements) {
                $0.add(
                    stack: service.now($1), service.stacks.history.events(of: $1.stackId).last,
                    isEngine: call.isEngine)
            }
            result.add("NextToken", page.next)
        }
    }

    /// With the status that its last event tells, while something is done to it.
    private func now(_ record: StackRecord) -> StackRecord {
        if record.status != .deleteComplete, stacks.stops.isDoomed(record.name) {
            var doomed = record
            (doomed.status, doomed.statusReason) = (.deleteInProgress, "User Initiated")
            return doomed
        }
        guard record.status.isInProgress,
            let last = stacks.history.events(of: record.stackId).last(where: { $0.physicalId == record.stackId }),
            let status = StackStatus(rawValue: last.status), status.isInProgress
        else { return record }
        var shown = record
        shown.status = status
        shown.statusReason = last.reason
        return shown
    }

    private static func listStacks(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let statuses = Set(call.members.strings("StackStatusFilter")?.filter { !$0.isEmpty } ?? [])
        let present = await service.stacks.all
        let gone = await service.stacks.deleted.map(\.record)
        let all = (present.map(service.now) + gone).sorted { $0.creationTime > $1.creationTime }
        let page = try call.page(
            all.filter { statuses.isEmpty || statuses.contains($0.status.rawValue) }, by: \.stackId)
        return XMLMembers { result in
            result.list("StackSummaries", page.elements) { summary, record in
                summary.add("StackId", record.stackId)
                summary.add("StackName", record.name)
                summary.add("TemplateDescription", record.settings?.description)
                summary.add("CreationTime", record.creationTime)
                summary.add("LastUpdatedTime", record.lastUpdatedTime)
                summary.add("DeletionTime", record.deletionTime)
                summary.add("StackStatus", record.status.rawValue)
                summary.add("StackStatusReason", record.statusReason)
                summary.add("ParentId", record.settings?.parentId)
                summary.add("RootId", record.settings?.rootId)
                summary.structure("DriftInformation") { $0.add("StackDriftStatus", unchecked) }
            }
            result.add("NextToken", page.next)
        }
    }

    // MARK: Events

    /// The stack that a call names, also one that was deleted when it is named by its id.
    func known(_ call: StackCall) async throws(ServiceError) -> StackRecord {
        let name = try call.required("StackName")
        guard let record = await stacks.stack(name) else { throw .noStack(name) }
        return record
    }

    private static func describeEvents(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.known(call)
        let page = try call.page(service.stacks.history.events(of: record.stackId).reversed(), by: \.id)
        return XMLMembers { result in
            result.list("StackEvents", page.elements) { member, event in
                member.add("StackId", record.stackId)
                member.add("EventId", event.id)
                member.add("StackName", record.name)
                member.add("OperationId", event.operationId)
                member.add(event)
                member.add("ClientRequestToken", event.token)
            }
            result.add("NextToken", page.next)
        }
    }

    private static func describeOperationEvents(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        var id: String?
        if call.members.string("StackName") != nil { id = try await service.known(call).stackId }
        if let set = call.members.string("ChangeSetName") {
            // Nothing happens when a change set is made that would not be told in it.
            if set.hasPrefix("arn:"), await service.stacks.changeSet(id: set) == nil {
                throw .noChangeSet(set)
            }
            return XMLMembers { $0.list("OperationEvents", [String]()) }
        }
        guard id != nil || call.members.string("OperationId") != nil else {
            throw .validation("StackName, ChangeSetName or OperationId must be specified.")
        }
        var stackIds = id.map { [$0] } ?? []
        if id == nil { stackIds = await service.stacks.all.map(\.stackId) + service.stacks.deleted.map(\.id) }
        let operation = call.members.string("OperationId")
        let isFailedOnly = try call.members.bool("Filters.FailedEvents") ?? false
        let events = stackIds.flatMap { id in service.stacks.history.events(of: id).map { (id, $0) } }
            .filter { operation == nil || $0.1.operationId == operation }
            .filter { !isFailedOnly || $0.1.status.hasSuffix("FAILED") }
        let page = try call.page(events.reversed(), by: \.1.id)
        return XMLMembers { result in
            result.list("OperationEvents", page.elements) { member, event in
                member.add("EventId", event.1.id)
                member.add("StackId", event.0)
                member.add("OperationId", event.1.operationId)
                member.add("OperationType", event.1.operation)
                member.add("EventType", "STACK_EVENT")
                member.add(event.1)
                member.add("ClientRequestToken", event.1.token)
            }
            result.add("NextToken", page.next)
        }
    }

    // MARK: Resources

    /// A resource as it is, or as it was last heard of.
    fileprivate struct Shown {
        let logicalId: String
        let physicalId: String
        let type: String
        let status: String
        let reason: String?
        let time: String
    }

    private func resources(of record: StackRecord) -> [Shown] {
        let isGone = [.deleteComplete, .rollbackComplete].contains(record.status)
        // Of a stack that stands whole, what it does not have was taken back.
        let isWhole = !isGone && !record.status.isInProgress && !record.status.rawValue.hasSuffix("FAILED")
        let present = Set(record.resources.map(\.logicalId))
        let events = stacks.history.resources(of: record.stackId) ?? []
        let heard = Set(events.map(\.logicalId))
        // Of a stack that an earlier release has made nothing was written down.
        let silent = record.resources.filter { !heard.contains($0.logicalId) }.map { resource in
            Shown(
                logicalId: resource.logicalId, physicalId: resource.physicalId, type: resource.type,
                status: "CREATE_COMPLETE", reason: nil, time: record.lastUpdatedTime ?? record.creationTime)
        }
        let told = events.filter { event in
            isGone || event.status != "DELETE_COMPLETE" && (!isWhole || present.contains(event.logicalId))
        }.map { event in
            Shown(
                logicalId: event.logicalId,
                // What was replaced is deleted behind what has taken its place.
                physicalId: record.resource(event.logicalId)?.physicalId ?? event.physicalId, type: event.type,
                status: event.status, reason: event.reason, time: event.time.iso8601Milliseconds)
        }
        let replaced = events.filter { !isGone && $0.status == "DELETE_COMPLETE" }.compactMap { event in
            record.resource(event.logicalId).map { resource in
                Shown(
                    logicalId: resource.logicalId, physicalId: resource.physicalId, type: resource.type,
                    status: "UPDATE_COMPLETE", reason: nil, time: event.time.iso8601Milliseconds)
            }
        }
        return silent + told + replaced
    }

    private static func describeResource(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let id = try call.required("LogicalResourceId")
        let name = try call.required("StackName")
        guard let record = await service.stacks.stack(name) else {
            throw .validation("Stack '\(name)' does not exist")
        }
        guard let resource = service.resources(of: record).first(where: { $0.logicalId == id }) else {
            throw .validation("Resource \(id) does not exist for stack \(name)")
        }
        return XMLMembers { result in
            result.structure("StackResourceDetail") { detail in
                detail.add("StackName", record.name)
                detail.add("StackId", record.stackId)
                detail.add(resource, time: "LastUpdatedTimestamp")
                detail.add("Metadata", record.resource(id)?.metadata?.text ?? "{}")
            }
        }
    }

    private static func describeResources(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let physicalId = call.members.string("PhysicalResourceId")
        let found: StackRecord?
        if let name = call.members.string("StackName") {
            found = await service.stacks.stack(name)
            guard found != nil else { throw .noStackWithId(name) }
        } else if let physicalId {
            found = await service.stacks.all.first { $0.resources.contains { $0.physicalId == physicalId } }
            guard found != nil else { throw .validation("Stack for \(physicalId) does not exist") }
        } else {
            throw .validation("Either StackName or PhysicalResourceId must be specified.")
        }
        guard let record = found else { return nil }
        let id = call.members.string("LogicalResourceId")
        let resources = service.resources(of: record).filter { id == nil || $0.logicalId == id }
        guard id == nil || !resources.isEmpty else {
            throw .validation("Resource \(id ?? "") does not exist for stack \(record.name)")
        }
        return XMLMembers { result in
            result.list("StackResources", resources) { member, resource in
                member.add("StackName", record.name)
                member.add("StackId", record.stackId)
                member.add(resource, time: "Timestamp")
            }
        }
    }

    private static func listResources(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let name = try call.required("StackName")
        guard let record = await service.stacks.stack(name) else { throw .noStackWithId(name) }
        let page = try call.page(service.resources(of: record), by: \.logicalId)
        return XMLMembers { result in
            result.list("StackResourceSummaries", page.elements) { summary, resource in
                summary.add(resource, time: "LastUpdatedTimestamp")
            }
            result.add("NextToken", page.next)
        }
    }

    // MARK: Exports

    private static func listExports(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let exports = await service.stacks.all.flatMap { record in
            record.outputs.compactMap { output in output.exportName.map { (record.stackId, $0, output.shownValue) } }
        }.sorted { $0.1 < $1.1 }
        let page = try call.page(exports, by: \.1) { $0.1 > $1 }
        return XMLMembers { result in
            result.list("Exports", page.elements) { member, export in
                member.add("ExportingStackId", export.0)
                member.add("Name", export.1)
                member.add("Value", export.2)
            }
            result.add("NextToken", page.next)
        }
    }

    private static func listImports(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let name = try call.required("ExportName")
        let importers = service.stacks.exports.importers(name)
        guard !importers.isEmpty else { throw .validation("Export '\(name)' is not imported by any stack.") }
        let page = try call.page(importers, by: \.self) { $0 > $1 }
        return XMLMembers { result in
            result.list("Imports", page.elements)
            result.add("NextToken", page.next)
        }
    }

    private static func accountLimits(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        XMLMembers { result in
            result.list("AccountLimits", [("StackLimit", StackLimits.stacks), ("StackOutputsLimit", 200)]) {
                limit, value in
                limit.add("Name", value.0)
                limit.add("Value", value.1)
            }
        }
    }
}

extension XMLMembers {
    fileprivate mutating func add(_ event: RecordedEvent) {
        add("LogicalResourceId", event.logicalId)
        add("PhysicalResourceId", event.physicalId)
        add("ResourceType", event.type)
        add("Timestamp", event.time.iso8601Milliseconds)
        add("ResourceStatus", event.status)
        add("ResourceStatusReason", event.reason)
        add("ResourceProperties", event.properties)
    }

    /// - Parameter time: what the operation calls it.
    fileprivate mutating func add(_ resource: CloudFormation.Shown, time: String) {
        add("LogicalResourceId", resource.logicalId)
        if !resource.physicalId.isEmpty { add("PhysicalResourceId", resource.physicalId) }
        add("ResourceType", resource.type)
        add(time, resource.time)
        add("ResourceStatus", resource.status)
        add("ResourceStatusReason", resource.reason)
        structure("DriftInformation") { $0.add("StackResourceDriftStatus", CloudFormation.unchecked) }
    }

    /// - Parameters:
    ///   - operation: the last event, which tells of the last operation.
    ///   - isEngine: whether it asks for a stack above, whose resources get values as they are.
    fileprivate mutating func add(stack record: StackRecord, _ operation: RecordedEvent?, isEngine: Bool) {
        let settings = record.settings ?? StackSettings()
        add("StackId", record.stackId)
        add("StackName", record.name)
        let isGone = record.status == .deleteComplete
        if !isGone { add("ChangeSetId", settings.changeSetId) }
        // Source: recorded; what a change set would make is told by the change set.
        let isReviewed = record.status == .reviewInProgress
        if !isReviewed { add("Description", settings.description) }
        if !record.parameters.isEmpty { add(parameters: record.parameters, resolved: record.resolvedParameters) }
        add("CreationTime", record.creationTime)
        add("DeletionTime", record.deletionTime)
        add("LastUpdatedTime", record.lastUpdatedTime)
        structure("RollbackConfiguration") { _ in }
        add("StackStatus", record.status.rawValue)
        add("StackStatusReason", record.statusReason)
        add("DisableRollback", settings.failurePolicy == .leave)
        list("NotificationARNs", [String]())
        add("TimeoutInMinutes", settings.timeoutMinutes)
        if !settings.capabilities.isEmpty { list("Capabilities", settings.capabilities) }
        if !record.outputs.isEmpty {
            list("Outputs", record.outputs) { member, output in
                if isEngine, output.shown != nil { member.add(CloudFormationWire.hiddenOutput, true) }
                member.add("OutputKey", output.name)
                member.add("OutputValue", isEngine ? output.value : output.shownValue)
                member.add("Description", output.description)
                member.add("ExportName", output.exportName)
            }
        }
        add("RoleARN", settings.roleARN)
        add(tags: isReviewed ? [] : settings.tags)
        if !isGone { add("EnableTerminationProtection", settings.isProtected) }
        add("ParentId", settings.parentId)
        add("RootId", settings.rootId)
        structure("DriftInformation") { $0.add("StackDriftStatus", CloudFormation.unchecked) }
        list("LastOperations", operation.map { [$0] } ?? []) { member, operation in
            member.add("OperationType", operation.operation)
            member.add("OperationId", operation.operationId)
        }
    }
}
