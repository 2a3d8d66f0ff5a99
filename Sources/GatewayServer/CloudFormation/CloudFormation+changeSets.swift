import ControlPlane
import GatewayModel
import JSON
import Stacks

/// Looking at changes before they are made.
extension CloudFormation {
    static let changeSetOperations: [String: Operation] = [
        "CreateChangeSet": createChangeSet, "DescribeChangeSet": describeChangeSet,
        "ExecuteChangeSet": executeChangeSet, "DeleteChangeSet": deleteChangeSet, "ListChangeSets": listChangeSets,
    ]

    /// AWS quota.
    private static let descriptionLength = 1...1024

    private static func createChangeSet(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let name = try changeSetName(call)
        let stackName = try call.required("StackName")
        let description = call.members.string("Description")
        var constraints = Constraints()
        constraints.length(description, "description", descriptionLength)
        let type = call.members.string("ChangeSetType") ?? "UPDATE"
        constraints.oneOf(type, "changeSetType", ["CREATE", "UPDATE", "IMPORT"])
        try constraints.checkForm()
        guard type != "IMPORT" else {
            throw .validation("Gatehouse does not serve ChangeSetType IMPORT: it makes all that its stacks have.")
        }
        if let mode = call.members.string("DeploymentMode"), mode != "STANDARD" {
            throw .validation("Gatehouse does not serve DeploymentMode \(mode): it detects no drift.")
        }
        let isForNewStack = type == "CREATE"
        let existing = await service.stacks.stack(stackName)
        if isForNewStack {
            if let existing, existing.status != .reviewInProgress {
                throw .validation(
                    "Stack [\(stackName)] already exists and cannot be created again with the changeSet [\(name)].")
            }
            if existing == nil { _ = try call.newName() }
        } else {
            guard let existing else { throw .noStack(stackName) }
            guard existing.status.isStanding else { throw .cannotUpdate(existing) }
        }
        if let existing,
            let other = await service.stacks.changeSets(of: existing).first(where: { $0.name == name && $0.isOpen })
        {
            if let token = call.members.string("ClientToken"), other.settings.token == token { return .ids(other) }
            throw .alreadyExists("ChangeSet", name)
        }
        let request = try await service.request(call, existing?.name ?? stackName, over: existing, isChangeSet: true)
        var record = existing
        if record == nil {
            guard await service.stacks.record(stackName) == nil else { throw .alreadyExists("Stack", stackName) }
            record = try await service.stacks.reserve(stackName, request.settings)
            if let record { await service.stacks.tell(record, request.settings.token) }
        }
        guard let record else { return nil }
        var set = ChangeSet(
            name: name, id: service.changeSetId(name), of: record,
            creationTime: service.stacks.now().iso8601Milliseconds,
            isForNewStack: isForNewStack, description: description, template: request.template,
            processed: request.plan.processed, settings: request.settings, parameters: request.plan.shownParameters)
        set.resolvedParameters = request.plan.resolvedParameters
        set.lookups = request.lookups
        do throws(ServiceError) {
            if try await service.stacks.difference(request, over: record) != nil {
                set.changes = try await service.stacks.told(request, over: record)
            } else if request.settings.tags == record.settings?.tags ?? [] {
                set.fail(
                    "The submitted information didn't contain changes. Submit different information to create a change set."
                )
            }
        } catch { set.fail(error.message) }
        try await service.stacks.add(set, over: record)
        return .ids(set)
    }

    private static func changeSetName(_ call: StackCall) throws(ServiceError) -> String {
        let name = try call.required("ChangeSetName")
        var constraints = Constraints()
        constraints.pattern(name, "changeSetName", "[a-zA-Z][-a-zA-Z0-9]*") { name in
            name.first.map { $0.isASCII && $0.isLetter } ?? false
                && name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isASCIIAlphanumeric }
        }
        constraints.length(name, "changeSetName", 1...128)
        try constraints.checkForm()
        return name
    }

    private func changeSetId(_ name: String) -> String {
        "arn:\(account.partition):cloudformation:\(account.region):\(account.accountId):changeSet/\(name)/\(Identifiers.uuid())"
    }

    /// By its id, or by its name and that of its stack.
    private func changeSet(_ call: StackCall) async throws(ServiceError) -> ChangeSet? {
        let name = try call.required("ChangeSetName")
        let given = call.members.string("StackName").flatMap { $0.isEmpty ? nil : $0 }
        if name.hasPrefix("arn:") {
            guard let set = await stacks.changeSet(id: name) else { return nil }
            return given == nil || given == set.stackName || given == set.stackId ? set : nil
        }
        guard let stackName = given else {
            throw .validation("StackName must be specified if ChangeSetName is not specified as an ARN.")
        }
        guard let record = await stacks.standing(stackName) else { throw .noStack(stackName) }
        return await stacks.changeSets(of: record).first { $0.name == name && $0.isOpen }
    }

    func existingChangeSet(_ call: StackCall) async throws(ServiceError) -> ChangeSet {
        guard let set = try await changeSet(call) else {
            throw .noChangeSet(call.members.string("ChangeSetName") ?? "")
        }
        return set
    }

    private static func describeChangeSet(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let set = try await service.existingChangeSet(call)
        let withValues = try call.members.bool("IncludePropertyValues") ?? false
        let page = try call.page(set.changes.filter { $0.isTold(withValues: withValues) }, by: \.logicalId)
        return XMLMembers { result in
            result.add("ChangeSetName", set.name)
            result.add("ChangeSetId", set.id)
            result.add("StackId", set.stackId)
            result.add("StackName", set.stackName)
            result.add("Description", set.description)
            if !set.parameters.isEmpty { result.add(parameters: set.parameters, resolved: set.resolvedParameters) }
            result.add("CreationTime", set.creationTime)
            result.add("ExecutionStatus", set.execution.rawValue)
            result.add("Status", set.status.rawValue)
            result.add("StatusReason", set.statusReason)
            result.list("NotificationARNs", [String]())
            result.structure("RollbackConfiguration") { _ in }
            result.list("Capabilities", set.settings.capabilities)
            if !set.settings.tags.isEmpty { result.add(tags: set.settings.tags) }
            result.list("Changes", page.elements) { $0.add($1, withValues: withValues) }
            result.add("NextToken", page.next)
            result.add("IncludeNestedStacks", false)
            if set.settings.failurePolicy != .rollBack {
                result.add("OnStackFailure", set.settings.failurePolicy.rawValue)
            }
        }
    }

    private static func executeChangeSet(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let set = try await service.existingChangeSet(call)
        guard set.isExecutable else { throw .notExecutable(set) }
        guard let record = await service.stacks.standing(set.stackId) else { throw .noStack(set.stackName) }
        var settings = set.settings
        settings.changeSetId = set.id
        settings.token = call.members.string("ClientRequestToken")
        settings.parentId = record.settings?.parentId
        settings.rootId = record.settings?.rootId
        // Set since the change set was made.
        settings.isProtected = record.settings?.isProtected ?? settings.isProtected
        settings.policy = record.settings?.policy
        if let isDisabled = try call.members.bool("DisableRollback") {
            guard !isDisabled || set.settings.failurePolicy != .delete else {
                throw .validation("DisableRollback cannot be specified together with OnStackFailure.")
            }
            if isDisabled { settings.failurePolicy = .leave }
        }
        let maker = try service.maker(settings.roleARN, call)
        let (plan, lookups) = try await StackTemplate(set.template).plan(
            set.stackName, given: settings.parameters, account: service.account, maker.management, set.lookups)
        if set.lookups == nil {
            // An earlier release has made it: what is included may be another now than what was looked at.
            try service.checkCapabilities(settings.capabilities, plan, isChangeSet: true)
        }
        let request = StackRequest(
            plan: plan, template: set.template, settings: settings, maker: maker, lookups: lookups)
        try await service.stacks.execute(set, over: record, request)
        return XMLMembers()
    }

    private static func deleteChangeSet(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        guard let set = try await service.changeSet(call) else {
            let name = call.members.string("ChangeSetName") ?? ""
            guard name.hasPrefix("arn:") else { return XMLMembers() }
            throw .noChangeSet(name)
        }
        guard set.execution != .complete else {
            throw ServiceError(
                "InvalidChangeSetStatus", status: 400,
                "ChangeSet [\(set.id)] cannot be deleted in its current status of [\(set.execution.rawValue)]")
        }
        try await service.stacks.remove([set])
        return XMLMembers()
    }

    private static func listChangeSets(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let record = try await service.existing(call)
        let page = try call.page(await service.stacks.changeSets(of: record).filter(\.isOpen), by: \.id)
        return XMLMembers { result in
            result.list("Summaries", page.elements) { summary, set in
                summary.add("StackId", set.stackId)
                summary.add("StackName", set.stackName)
                summary.add("ChangeSetId", set.id)
                summary.add("ChangeSetName", set.name)
                summary.add("ExecutionStatus", set.execution.rawValue)
                summary.add("Status", set.status.rawValue)
                summary.add("StatusReason", set.statusReason)
                summary.add("CreationTime", set.creationTime)
                summary.add("Description", set.description)
                summary.add("IncludeNestedStacks", false)
            }
            result.add("NextToken", page.next)
        }
    }
}

extension ChangeSet {
    /// Whether it can still be found by its name.
    /// One that would have made its stack is not, when that was made without it (recorded).
    fileprivate var isOpen: Bool { execution != .complete && !(isForNewStack && execution == .obsolete) }

    fileprivate mutating func fail(_ reason: String) {
        status = .failed
        execution = .unavailable
        statusReason = reason
    }
}

extension Character {
    var isASCIIAlphanumeric: Bool { isASCII && (isLetter || isNumber) }
}

extension XMLMembers {
    fileprivate static func ids(_ set: ChangeSet) -> XMLMembers {
        XMLMembers { result in
            result.add("Id", set.id)
            result.add("StackId", set.stackId)
        }
    }

    fileprivate mutating func add(_ change: ChangeSet.Change, withValues: Bool) {
        add("Type", "Resource")
        let details = change.details(withValues: withValues)
        structure("ResourceChange") { resource in
            resource.add("Action", change.action)
            resource.add("LogicalResourceId", change.logicalId)
            resource.add("PhysicalResourceId", change.physicalId)
            resource.add("ResourceType", change.type)
            resource.add("PolicyAction", change.policyAction)
            resource.add("Replacement", change.replacement?.rawValue)
            resource.list("Scope", Set(details.map(\.attribute)).sorted())
            resource.list("Details", details) { $0.add($1, withValues: withValues) }
            guard withValues else { return }
            resource.add("BeforeContext", change.before.map(Self.context))
            resource.add("AfterContext", change.after.map(Self.context))
        }
    }

    private static func context(_ properties: JSONValue) -> String {
        JSONValue.object(["Properties": properties]).text
    }

    private mutating func add(_ detail: ChangeSet.Detail, withValues: Bool) {
        structure("Target") { target in
            target.add("Attribute", detail.attribute)
            target.add("Name", detail.name)
            target.add("RequiresRecreation", detail.isRecreating ? "Always" : "Never")
            guard withValues, let name = detail.name else { return }
            // AWS has recorded paths of whole properties; whether it tells parts of them is not confirmed.
            target.add("Path", "/\(detail.attribute)/\(name)")
            target.add("BeforeValue", detail.before.map { $0.string ?? $0.text })
            target.add("AfterValue", detail.after.map { $0.string ?? $0.text })
            target.add(
                "AttributeChangeType", detail.before == nil ? "Add" : detail.after == nil ? "Remove" : "Modify")
        }
        add("Evaluation", detail.isStatic ? "Static" : "Dynamic")
        add("ChangeSource", detail.source.rawValue)
        add("CausingEntity", detail.entity)
    }

    /// - Parameter resolved: what the parameter store has for some of them.
    mutating func add(parameters: [String: String], resolved: [String: String]?) {
        list("Parameters", parameters.sorted { $0.key < $1.key }) { parameter, value in
            parameter.add("ParameterKey", value.key)
            parameter.add("ParameterValue", value.value)
            parameter.add("ResolvedValue", resolved?[value.key])
        }
    }

    mutating func add(tags: [StackSettings.Tag]) {
        list("Tags", tags) { tag, value in
            tag.add("Key", value.key)
            tag.add("Value", value.value)
        }
    }
}
