import ControlPlane
import GatewayModel
import JSON

extension ResourceType {
    static let cloudFormationStack = ResourceType(
        name: "AWS::CloudFormation::Stack", attributes: [],
        rules: PropertyRules(
            type: "AWS::CloudFormation::Stack",
            supported: [
                "Parameters": .map, "Tags": .list, "TemplateURL": .text, "TimeoutInMinutes": .text,
            ],
            known: [
                "NotificationARNs", "Capabilities", "Description", "DisableRollback", "EnableTerminationProtection",
                "RoleARN", "StackName", "StackPolicyBody", "StackPolicyURL", "StackStatusReason", "TemplateBody",
            ], required: ["TemplateURL"]),
        replacedBy: [], behaviour: CloudFormationStackType(), attributePrefix: "Outputs.")
}

/// AWS::CloudFormation::Stack: a stack whose life is that of a resource of another one. CreateStack, UpdateStack and
/// DeleteStack, each waited for.
private struct CloudFormationStackType: ResourceBehaviour {
    private static let nameLimit = 128
    /// What the stack above it was let do, the one below may do as well.
    private static let capabilities = [Capabilities.iam, Capabilities.namedIAM, Capabilities.autoExpand]

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        // A name is never used again while the old stack of it is still there.
        let name = PhysicalName.unique(
            stackName: request.stackName, logicalId: request.logicalId, limit: Self.nameLimit)
        return ResourcePreparation(physicalId: name)
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let name = request.preparation.physicalId
        let stop = StopWatch(request.calls.stopped) {
            _ = try? await request.calls.cloudFormation("DeleteStack", [("StackName", name)])
        }
        defer { stop.end() }
        try await request.stacks(
            "CreateStack", [("StackName", name), ("OnFailure", "DELETE")] + (try parameters(request)),
            parent: request.stackName, waitingFor: name)
        guard let stack = try await describe(name, request), stack.status == "CREATE_COMPLETE" else {
            throw ResourceFailure(
                message: "Embedded stack \(name) was not successfully created"
                    + (try await failure(of: name, request).map { ": \($0)" } ?? ""))
        }
        return stack.resource(request)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let request = update.request
        let id = update.existing.physicalId
        let name = StackName.of(id)
        // What is gone has nothing that could be taken back.
        if request.isUndo, try await describe(name, request) == nil { return update.existing }
        var form = try parameters(request)
        if request.isUndo, let template = try earlierTemplate(update) { form[0] = template }
        // Without any it would keep those that it has.
        if !form.contains(where: { $0.name.hasPrefix("Tags.") }) { form.append(("Tags", "")) }
        let before = request.isUndo ? nil : try? await template(of: name, request)
        let stop = StopWatch(request.calls.stopped) {
            _ = try? await request.calls.cloudFormation("CancelUpdateStack", [("StackName", name)])
        }
        defer { stop.end() }
        var complete = ["CREATE_COMPLETE", "UPDATE_COMPLETE"]
        do throws(ResourceFailure) {
            try await request.stacks(
                "UpdateStack", [("StackName", name)] + form, parent: nil, waitingFor: name)
        } catch {
            guard error.message.contains("No updates are to be performed.") else { throw error }
            // It is as it was, and may have been taken back itself.
            complete.append("UPDATE_ROLLBACK_COMPLETE")
        }
        guard let stack = try await describe(name, request), complete.contains(stack.status) else {
            throw ResourceFailure(message: "Embedded stack \(id) was not successfully updated")
        }
        var updated = stack.resource(request)
        updated.forUndo[Self.templateBefore] = before
        return updated
    }

    /// The fact that an update leaves for whoever takes it back.
    private static let templateBefore = "TemplateBefore"

    /// What stands in the place of TemplateURL where an update is taken back: what lies there may be another template by
    /// now. An update that has failed has left the stack as it was.
    private func earlierTemplate(_ update: ResourceUpdate) throws(ResourceFailure) -> (name: String, value: String)? {
        if let text = update.existing.attributes[Self.templateBefore] { return ("TemplateBody", text) }
        return update.changes("TemplateURL") ? nil : ("UsePreviousTemplate", "true")
    }

    private func template(of name: String, _ request: ResourceRequest) async throws(ManagementCalls.Failure) -> String?
    {
        try await request.calls.cloudFormation(
            "GetTemplate", [("StackName", name), ("TemplateStage", "Original")])["TemplateBody"]
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let name = StackName.of(deletion.physicalId)
        try await deletion.stacks("DeleteStack", [("StackName", name)], parent: nil, waitingFor: name)
        if let stack = try await describe(name, deletion) {
            throw ResourceFailure(message: "Embedded stack \(deletion.physicalId) is in \(stack.status)")
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        guard let stack = try await describe(request.preparation.physicalId, request) else { return [] }
        return [stack.resource(request)]
    }

    private func parameters(
        _ request: ResourceRequest
    ) throws(ResourceFailure) -> [(name: String, value: String)] {
        var form = [(name: "TemplateURL", value: try request.properties.required("TemplateURL"))]
        for (number, capability) in Self.capabilities.enumerated() {
            form.append(("Capabilities.member.\(number + 1)", capability))
        }
        if let minutes = try request.properties.text("TimeoutInMinutes")?.string {
            form.append(("TimeoutInMinutes", minutes))
        }
        let parameters = request.properties.properties["Parameters"]?.map ?? TemplateMap()
        for (number, entry) in parameters.enumerated() {
            let place = "Parameters.member.\(number + 1)"
            let value = entry.value.list.map { $0.compactMap(\.text).joined(separator: ",") } ?? entry.value.text
            form += [("\(place).ParameterKey", entry.key), ("\(place).ParameterValue", value ?? "")]
        }
        for (number, tag) in (request.properties.properties["Tags"]?.list ?? []).enumerated() {
            let place = "Tags.member.\(number + 1)"
            form += [
                ("\(place).Key", tag.map?["Key"]?.text ?? ""), ("\(place).Value", tag.map?["Value"]?.text ?? ""),
            ]
        }
        return form
    }

    private struct Described {
        let id: String
        let status: String
        /// As Fn::GetAtt names them.
        let outputs: [String: String]
        /// Names of those that are not shown.
        let hidden: [String]

        func resource(_ request: ResourceRequest) -> ProvisionedResource {
            var resource = request.provisioned(id, outputs)
            resource.noEcho = Set(hidden)
            return resource
        }
    }

    /// nil when there is no such stack.
    private func describe(_ name: String, _ calls: some ResourceCalls) async throws(ResourceFailure) -> Described? {
        let answer: QueryAnswer
        do throws(ManagementCalls.Failure) {
            answer = try await calls.calls.cloudFormation("DescribeStacks", [("StackName", name)])
        } catch {
            if error.message.contains("does not exist") { return nil }
            throw ResourceFailure(message: error.message)
        }
        guard let id = answer["StackId"], let status = answer["StackStatus"] else { return nil }
        let names = answer.all("OutputKey").map { "Outputs.\($0)" }
        return Described(
            id: id, status: status,
            outputs: Dictionary(zip(names, answer.all("OutputValue")), uniquingKeysWith: { first, _ in first }),
            hidden: answer.text("OutputKey", besides: CloudFormationWire.hiddenOutput, having: "true").map {
                "Outputs.\($0)"
            })
    }

    /// Why a stack is not there that was to be made.
    private func failure(of name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> String? {
        let answer = try? await request.calls.cloudFormation("ListStacks", [])
        guard let id = answer?.all("StackId").first(where: { StackName.of($0) == name }),
            let events = try? await request.calls.cloudFormation("DescribeStackEvents", [("StackName", id)])
        else { return nil }
        let failed = events.text("ResourceStatusReason", besides: "ResourceStatus", having: "CREATE_FAILED")
        return failed.last
    }
}

extension ResourceCalls {
    /// An operation of CloudFormation's that is over when this returns.
    ///
    /// - Parameter parent: the stack that the new one is made for.
    fileprivate func stacks(
        _ action: String, _ parameters: [(name: String, value: String)], parent: String?, waitingFor name: String
    ) async throws(ResourceFailure) {
        do throws(ManagementCalls.Failure) {
            _ = try await calls.cloudFormation(action, parameters, parent: parent, waitingFor: name)
        } catch { throw ResourceFailure(message: error.message) }
    }
}
