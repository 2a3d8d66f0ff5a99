import Callers
import ControlPlane
import GatewayModel
import IAMPolicy
import ObjectStore
import Stacks

extension CloudFormation {
    /// The text that a call gives, or leads to; nil when it gives none.
    func template(_ call: StackCall, prefix: String = "Template") async throws(ServiceError) -> String? {
        let body = call.members.string("\(prefix)Body")
        let url = call.members.string("\(prefix)URL")
        guard body == nil || url == nil else {
            throw .validation("You cannot specify both \(prefix)URL and \(prefix)Body")
        }
        if let url { return try read(url, call) }
        guard let body else { return nil }
        var constraints = Constraints()
        constraints.length(
            body, "\(prefix.prefix(1).lowercased() + prefix.dropFirst())Body",
            1...(call.host == nil ? StackTemplate.bytes : StackTemplate.bodyBytes))
        do throws(ServiceError) { try constraints.checkForm() } catch {
            // The template itself would fill the screen.
            throw .validation(error.message.replacing(body, with: "..."))
        }
        return body
    }

    private func read(_ url: String, _ call: StackCall) throws(ServiceError) -> String {
        if TemplateSource.isObject(url) {
            let bucket = url.split(separator: "/").dropFirst().first ?? ""
            throw .validation("S3 error: Domain name specified in \(bucket) is not a valid S3 domain")
        }
        guard url.utf8.count <= TemplateURL.longest, let place = TemplateURL(url, host: call.host) else {
            throw .validation("TemplateURL must be a supported URL.")
        }
        do throws(ObjectError) {
            if let caller = call.caller {
                let arn = "arn:\(account.partition):s3:::\(place.bucket)/\(place.key)"
                let permission = Permission(place.version == nil ? "s3:GetObject" : "s3:GetObjectVersion", on: arn)
                let policy = try objects.policy(of: place.bucket)
                if controlPlane.denial(of: caller, call.facts, { [permission] }, resourcePolicy: { _ in policy }) != nil
                {
                    throw ObjectError("AccessDenied", status: 403, "Access Denied")
                }
            }
            let version = try objects.version(place.bucket, place.key, place.version)
            guard !version.isMarker else { throw ObjectError.noSuchKey(place.key) }
            guard let bytes = try objects.content(of: version, upTo: StackTemplate.bytes) else {
                throw ObjectError(
                    "ValidationError", status: 400, "Template size exceeds the limit of \(StackTemplate.bytes) bytes.")
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ObjectError("ValidationError", status: 400, "Template format error: unsupported structure.")
            }
            return text
        } catch {
            throw .validation(error.code == "ValidationError" ? error.message : "S3 error: \(error.message)")
        }
    }

    /// What a caller asks for with a template.
    ///
    /// - Parameter previous: of the stack that is to be updated.
    func request(
        _ call: StackCall, _ name: String, over previous: StackRecord?, isChangeSet: Bool
    ) async throws(ServiceError) -> StackRequest {
        try call.refuse(["NotificationARNs"])
        let triggers = call.members.elements("RollbackConfiguration.RollbackTriggers", with: ["Arn", "Type"])
        guard triggers.isEmpty else {
            throw .validation("Gatehouse does not serve RollbackConfiguration: it has no alarms.")
        }
        let imports = call.members.elements(
            "ResourcesToImport", with: ["ResourceType", "LogicalResourceId", "ResourceIdentifier.entry.1.key"])
        guard imports.isEmpty else {
            throw .validation("Gatehouse does not serve ResourcesToImport: it makes all that its stacks have.")
        }
        if try call.members.integer("RollbackConfiguration.MonitoringTimeInMinutes") ?? 0 != 0 {
            throw .validation("Gatehouse does not serve RollbackConfiguration: it has no alarms.")
        }
        guard let text = try await text(call, previous) else {
            throw .validation("Either Template URL or Template Body must be specified.")
        }
        var settings = try await settings(call, previous)
        settings.parameters = try parameters(call, text, previous)
        let maker = try maker(settings.roleARN, call)
        let (plan, lookups) = try await StackTemplate(text).plan(
            name, given: settings.parameters, account: account, maker.management)
        settings.description = plan.description
        try checkCapabilities(settings.capabilities, plan, isChangeSet: isChangeSet)
        // Those of before are shown when none are given, and let nothing through.
        if settings.capabilities.isEmpty { settings.capabilities = previous?.settings?.capabilities ?? [] }
        try checkTypes(call, plan)
        if let refusal = plan.refusal(over: previous) { throw .validation(refusal) }
        return StackRequest(plan: plan, template: text, settings: settings, maker: maker, lookups: lookups)
    }

    func checkCapabilities(_ given: [String], _ plan: StackPlan, isChangeSet: Bool) throws(ServiceError) {
        let missing = plan.capabilities.missing(in: given).filter { name in
            // What a change set expands can be looked at before it is done.
            !(isChangeSet && name == Capabilities.autoExpand)
        }
        guard missing.isEmpty else {
            throw ServiceError(
                "InsufficientCapabilitiesException", status: 400,
                "Requires capabilities : [\(missing.joined(separator: ", "))]")
        }
    }

    private func text(_ call: StackCall, _ previous: StackRecord?) async throws(ServiceError) -> String? {
        let text = try await template(call)
        guard try call.members.bool("UsePreviousTemplate") == true else { return text }
        guard text == nil else {
            throw .validation("You cannot specify both usePreviousTemplate and Template Body/Template URL.")
        }
        guard let previous, !previous.template.isEmpty else {
            throw .validation("UsePreviousTemplate: the stack has no template yet.")
        }
        return previous.template
    }

    /// Acts as the role, or else as the caller: one whom policies bound would have to sign again.
    func maker(_ role: String?, _ call: StackCall) throws(ServiceError) -> StackMaker {
        guard let role else {
            return StackMaker(
                management: management(call.caller),
                isRepeatable: !(call.caller.map(controlPlane.asksPolicies) ?? false))
        }
        guard let manager = stacks.managementOf(role) else {
            throw .validation("Role \(role) is invalid or cannot be assumed")
        }
        return StackMaker(management: manager, isRepeatable: true)
    }

    private func settings(_ call: StackCall, _ previous: StackRecord?) async throws(ServiceError) -> StackSettings {
        let members = call.members
        var settings = StackSettings()
        let old = previous?.settings
        settings.capabilities = members.strings("Capabilities")?.filter { !$0.isEmpty } ?? []
        for capability in settings.capabilities where !Capabilities.all.contains(capability) {
            throw .validation(
                "1 validation error detected: Value '[\(settings.capabilities.joined(separator: ", "))]' at 'capabilities' "
                    + "failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: "
                    + "[CAPABILITY_AUTO_EXPAND, CAPABILITY_NAMED_IAM, CAPABILITY_IAM]]")
        }
        settings.roleARN = members.string("RoleARN") ?? old?.roleARN
        settings.tags = try tags(members) ?? old?.tags ?? []
        settings.token = members.string("ClientRequestToken") ?? members.string("ClientToken")
        settings.failurePolicy = try failurePolicy(members)
        settings.timeoutMinutes = try members.integer("TimeoutInMinutes")
        if let minutes = settings.timeoutMinutes {
            var constraints = Constraints()
            constraints.range(minutes, "timeoutInMinutes", 1...Int(Int32.max))
            try constraints.checkForm()
        }
        settings.isProtected = try members.bool("EnableTerminationProtection") ?? old?.isProtected ?? false
        settings.policy = try await policy(call) ?? old?.policy
        (settings.parentId, settings.rootId) = (old?.parentId, old?.rootId)
        return settings
    }

    /// AWS quotas: 50 tags, keys of 128 characters and values of 256.
    private func tags(_ members: FormMembers) throws(ServiceError) -> [StackSettings.Tag]? {
        let elements = members.elements("Tags", with: ["Key", "Value"])
        guard !elements.isEmpty else { return members.string("Tags") == nil ? nil : [] }
        var constraints = Constraints()
        var tags: [StackSettings.Tag] = []
        for (number, element) in elements.enumerated() {
            let key = element.string("Key")
            let value = element.string("Value")
            constraints.present(key, "tags.\(number + 1).member.key")
            constraints.length(key, "tags.\(number + 1).member.key", 1...128)
            constraints.length(value, "tags.\(number + 1).member.value", 0...256)
            tags.append(StackSettings.Tag(key: key ?? "", value: value ?? ""))
        }
        try constraints.checkForm()
        guard tags.count <= 50 else { throw .validation("A stack has at most 50 tags.") }
        if let tag = tags.first(where: { $0.key.lowercased().hasPrefix("aws:") }) {
            throw .validation("aws: prefixed tag key names are not allowed for external use: \(tag.key)")
        }
        guard Set(tags.map(\.key)).count == tags.count else { throw .validation("Duplicate tag keys are not allowed.") }
        return tags
    }

    private func failurePolicy(_ members: FormMembers) throws(ServiceError) -> DeploymentOptions.FailurePolicy {
        let isDisabled = try members.bool("DisableRollback")
        guard let word = members.string("OnFailure") ?? members.string("OnStackFailure") else {
            return isDisabled == true ? .leave : .rollBack
        }
        guard isDisabled == nil || members.string("OnStackFailure") != nil else {
            throw .validation("You cannot specify both DisableRollback and OnFailure.")
        }
        var constraints = Constraints()
        constraints.oneOf(word, "onFailure", ["DO_NOTHING", "ROLLBACK", "DELETE"])
        try constraints.checkForm()
        return DeploymentOptions.FailurePolicy(rawValue: word) ?? .rollBack
    }

    /// The values of a template's parameters: those given, those of before.
    private func parameters(
        _ call: StackCall, _ text: String, _ previous: StackRecord?
    ) throws(ServiceError) -> [String: String] {
        var values: [String: String] = [:]
        var keys: Set<String> = []
        let old = previous?.settings?.parameters ?? previous?.parameters.filter { $0.value != StackPlan.mask } ?? [:]
        for element in call.members.elements(
            "Parameters", with: ["ParameterKey", "ParameterValue", "UsePreviousValue", "ResolvedValue"])
        {
            guard let key = element.string("ParameterKey"), !key.isEmpty else {
                throw .validation("Parameters: each has a ParameterKey.")
            }
            // AWS's words are not confirmed.
            guard keys.insert(key).inserted else { throw .validation("Duplicate parameter key \(key).") }
            let value = element.string("ParameterValue")
            if try element.bool("UsePreviousValue") == true {
                guard value == nil else {
                    throw .validation(
                        "Invalid input for parameter key \(key). Cannot specify usePreviousValue as true and non empty value "
                            + "for a parameter")
                }
                guard previous != nil, previous?.status != .reviewInProgress else {
                    throw .validation(
                        "Invalid input for parameter key \(key). Cannot specify usePreviousValue as true for a parameter key "
                            + "not in the previous template")
                }
                // One that had none had its default.
                values[key] = old[key]
            } else {
                values[key] = value ?? ""
            }
        }
        return values
    }

    /// Source: API Reference, CreateStack, `ResourceTypes`: with `*` behind any colons.
    private func checkTypes(_ call: StackCall, _ plan: StackPlan) throws(ServiceError) {
        guard let allowed = call.members.strings("ResourceTypes"), !allowed.isEmpty else { return }
        for type in plan.resourceTypes {
            let isAllowed = allowed.contains { $0 == type || $0.hasSuffix("*") && type.hasPrefix($0.dropLast()) }
            guard isAllowed else {
                throw .validation(
                    "Resource type \(type) is not allowed by parameter ResourceTypes [\(allowed.joined(separator: ", "))]"
                )
            }
        }
    }
}
