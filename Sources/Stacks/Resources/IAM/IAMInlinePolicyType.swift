import GatewayModel
import JSON

extension ResourceType {
    static let iamPolicy = ResourceType(
        name: "AWS::IAM::Policy", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::IAM::Policy",
            supported: [
                "Groups": .list, "PolicyDocument": .any, "PolicyName": .text, "Roles": .list, "Users": .list,
            ], required: ["PolicyDocument", "PolicyName"]),
        replacedBy: [], behaviour: IAMInlinePolicyType(hasIdOfItsOwn: true))

    static let iamRolePolicy = inlinePolicy("RolePolicy", of: "RoleName")
    static let iamUserPolicy = inlinePolicy("UserPolicy", of: "UserName")
    static let iamGroupPolicy = inlinePolicy("GroupPolicy", of: "GroupName")

    private static func inlinePolicy(_ name: String, of principal: String) -> ResourceType {
        ResourceType(
            name: "AWS::IAM::\(name)", attributes: [],
            rules: PropertyRules(
                type: "AWS::IAM::\(name)",
                supported: [principal: .text, "PolicyDocument": .any, "PolicyName": .text],
                required: [principal, "PolicyName"]),
            replacedBy: [principal, "PolicyName"], behaviour: IAMInlinePolicyType(hasIdOfItsOwn: false))
    }
}

/// AWS::IAM::Policy, which any number of principals have, and RolePolicy, UserPolicy and GroupPolicy, which one has:
/// policies that are written into principals.
private struct IAMInlinePolicyType: ResourceBehaviour {
    /// What Ref and Id give of AWS::IAM::Policy is not the name that the template gives.
    let hasIdOfItsOwn: Bool

    private struct Place: Hashable {
        let principal: IAMPrincipal
        let name: String
        let policy: String

        var parameters: QueryParameters { principal.parameters(name, policyName: policy) }
    }

    private func places(_ properties: PropertyReader) throws(ResourceFailure) -> [Place] {
        let policy = try properties.required("PolicyName")
        var places: [Place] = []
        for principal in [IAMPrincipal.role, .user, .group] {
            var names = try properties.textList("\(principal.rawValue)s")
            if let name = try properties.text("\(principal.rawValue)Name")?.string { names.append(name) }
            for name in names {
                let place = Place(principal: principal, name: name, policy: policy)
                if !places.contains(place) { places.append(place) }
            }
        }
        return places
    }

    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        guard hasIdOfItsOwn, !["Groups", "Roles", "Users"].contains(where: { properties[$0]?.isTruthy == true }) else {
            return nil
        }
        return ("PolicyName", "At least one of [Groups,Roles,Users] must be non-empty.")
    }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        if hasIdOfItsOwn {
            return ResourcePreparation(
                physicalId: PhysicalName.make(
                    stackName: request.stackName, logicalId: request.logicalId, limit: 128))
        }
        guard let place = try places(request.properties).first else { return ResourcePreparation(physicalId: "") }
        let id = "\(place.policy)|\(place.name)"
        let isThere = try await exists(place, request)
        return ResourcePreparation(physicalId: id, present: isThere ? [id] : [])
    }

    private func exists(_ place: Place, _ calls: some ResourceCalls) async throws(ResourceFailure) -> Bool {
        try await calls.iamIfPresent("Get\(place.principal.rawValue)Policy", place.parameters) != nil
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        guard !request.preparation.present.contains(request.preparation.physicalId) else { return [] }
        for place in try places(request.properties) where try await exists(place, request) {
            return [provisioned(request)]
        }
        return []
    }

    private func provisioned(_ request: ResourceRequest) -> ProvisionedResource {
        let id = request.preparation.physicalId
        return request.provisioned(id, hasIdOfItsOwn ? ["Id": id] : [:])
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let places = try places(request.properties)
        do throws(ResourceFailure) { for place in places { try await put(place, request) } } catch {
            for place in places { try await withdraw(place, request) }
            throw error
        }
        return provisioned(request)
    }

    private func put(_ place: Place, _ request: ResourceRequest) async throws(ResourceFailure) {
        try await request.iam(
            "Put\(place.principal.rawValue)Policy",
            place.principal.parameters(
                place.name, policyName: place.policy,
                document: try request.properties.policyDocument("PolicyDocument")))
    }

    private func withdraw(_ place: Place, _ calls: some ResourceCalls) async throws(ResourceFailure) {
        try await calls.iamIfPresent("Delete\(place.principal.rawValue)Policy", place.parameters)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (old, new) = (try places(update.old), try places(update.request.properties))
        for place in new { try await put(place, update.request) }
        for place in old where !new.contains(place) { try await withdraw(place, update.request) }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        for place in try places(deletion.properties) { try await withdraw(place, deletion) }
    }
}
