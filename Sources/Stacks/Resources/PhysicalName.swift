import GatewayModel
import JSON

/// The names of resources whose template gives them none.
enum PhysicalName {
    private static let suffixLength = 6

    /// `stack-LogicalId`. CloudFormation always adds twelve random characters; here they come only where a name is too
    /// long or taken, so that names can be read and typed.
    static func make(stackName: String, logicalId: String, limit: Int) -> String {
        let name = "\(stackName)-\(logicalId)"
        return name.count <= limit ? name : unique(stackName: stackName, logicalId: logicalId, limit: limit)
    }

    static func unique(stackName: String, logicalId: String, limit: Int) -> String {
        let suffix = "-" + Identifiers.part(suffixLength)
        return "\(stackName)-\(logicalId)".prefix(limit - suffix.count) + suffix
    }
}

extension ResourceRequest {
    /// The name that the template gives in `property`, else one made from the stack's and the resource's; one that is
    /// taken, by a resource that this replaces for one, is made unique.
    func named(
        _ property: String?, limit: Int, isTaken: (String) async throws(ResourceFailure) -> Bool
    ) async throws(ResourceFailure) -> ResourcePreparation {
        if let property, let given = try properties.text(property)?.string {
            return ResourcePreparation(physicalId: given, present: try await isTaken(given) ? [given] : [])
        }
        let name = PhysicalName.make(stackName: stackName, logicalId: logicalId, limit: limit)
        guard try await isTaken(name) else { return ResourcePreparation(physicalId: name) }
        return ResourcePreparation(
            physicalId: PhysicalName.unique(stackName: stackName, logicalId: logicalId, limit: limit))
    }

    /// What `find` answers for a resource that goes by the name it was prepared with.
    func found(
        _ attributes: [String: String] = [:], if exists: (String) async throws(ResourceFailure) -> Bool
    ) async throws(ResourceFailure) -> [ProvisionedResource] {
        let name = preparation.physicalId
        guard !preparation.present.contains(name), try await exists(name) else { return [] }
        return [provisioned(name, attributes)]
    }
}
