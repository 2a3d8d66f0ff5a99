import ControlPlane
import GatewayModel
import Stacks

/// What templates say.
extension CloudFormation {
    static let templateOperations: [String: Operation] = [
        "ValidateTemplate": validateTemplate, "GetTemplate": getTemplate, "GetTemplateSummary": templateSummary,
    ]

    private static func validateTemplate(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        guard let text = try await service.template(call) else {
            throw .validation("Either Template URL or Template Body must be specified.")
        }
        let summary = try StackTemplate(text).summary(checksReferences: true)
        return XMLMembers { result in
            result.list("Parameters", summary.parameters) { parameter, value in
                parameter.add(value)
            }
            result.add("Description", summary.description)
            result.add(summary.capabilities)
            if !summary.transforms.isEmpty { result.list("DeclaredTransforms", summary.transforms) }
        }
    }

    private static func getTemplate(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        let stage = call.members.string("TemplateStage") ?? "Original"
        var constraints = Constraints()
        constraints.oneOf(stage, "templateStage", ["Original", "Processed"])
        try constraints.checkForm()
        let original: String
        let processed: String?
        let stackName = call.members.string("StackName").flatMap { $0.isEmpty ? nil : $0 }
        if let changeSetName = call.members.string("ChangeSetName") {
            guard stackName != nil || changeSetName.hasPrefix("arn:") else {
                throw .validation("StackName is a required parameter.")
            }
            let set = try await service.existingChangeSet(call)
            (original, processed) = (set.template, set.processed)
        } else {
            guard let name = stackName else {
                throw .validation("StackName is required if ChangeSetName is not specified.")
            }
            guard let record = await service.stacks.stack(name) else { throw .noStackWithId(name) }
            guard record.status != .reviewInProgress else {
                throw .validation("GetTemplate cannot be called on REVIEW_IN_PROGRESS stacks.")
            }
            (original, processed) = (record.template, record.processed)
        }
        return XMLMembers { result in
            result.add("TemplateBody", stage == "Original" ? original : processed ?? original)
            result.list("StagesAvailable", ["Original", "Processed"])
        }
    }

    private static func templateSummary(_ service: CloudFormation, _ call: StackCall) async throws(ServiceError)
        -> XMLMembers?
    {
        try call.refuse(["StackSetName", "CallAs"])
        let text: String
        if let name = call.members.string("StackName") {
            guard let record = await service.stacks.standing(name) else { throw .noStackWithId(name) }
            guard record.status != .reviewInProgress else {
                throw .validation("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.")
            }
            text = record.template
        } else if let given = try await service.template(call) {
            text = given
        } else {
            throw .validation("Either StackName or Template URL or Template Body must be specified.")
        }
        let summary = try StackTemplate(text).summary()
        return XMLMembers { result in
            result.list("Parameters", summary.parameters) { parameter, value in
                parameter.add(value)
                parameter.add("ParameterType", value.type)
                parameter.structure("ParameterConstraints") { constraints in
                    if !value.allowedValues.isEmpty { constraints.list("AllowedValues", value.allowedValues) }
                }
            }
            result.add("Description", summary.description)
            result.add(summary.capabilities)
            result.list("ResourceTypes", summary.resources.map(\.type))
            result.add("Version", summary.version)
            result.add("Metadata", summary.metadata)
            if !summary.transforms.isEmpty { result.list("DeclaredTransforms", summary.transforms) }
            result.list("ResourceIdentifierSummaries", summary.resources) { identifier, resource in
                identifier.add("ResourceType", resource.type)
                identifier.list("LogicalResourceIds", resource.logicalIds)
            }
        }
    }
}

extension XMLMembers {
    fileprivate mutating func add(_ parameter: TemplateSummary.Parameter) {
        add("ParameterKey", parameter.name)
        add("DefaultValue", parameter.defaultValue)
        add("NoEcho", parameter.isHidden)
        add("Description", parameter.description)
    }

    fileprivate mutating func add(_ capabilities: Capabilities) {
        if !capabilities.names.isEmpty { list("Capabilities", capabilities.names) }
        add("CapabilitiesReason", capabilities.reason)
    }
}
