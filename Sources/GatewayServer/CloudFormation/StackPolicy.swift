import ControlPlane
import GatewayModel
import JSON
import Stacks

/// Which resources of a stack an update may change. Source: User Guide, protect-stack-resources.
struct StackPolicy {
    private struct Statement {
        let isAllow: Bool
        let actions: [String]
        let isNotAction: Bool
        let resources: [String]
        let isNotResource: Bool
        /// Patterns of types; empty: any.
        let types: [String]
    }

    /// AWS quota.
    static let bytes = 16_384

    private let statements: [Statement]

    init(_ text: String) throws(ServiceError) {
        guard text.utf8.count <= Self.bytes else {
            throw .validation("Stack policy is longer than \(Self.bytes) bytes.")
        }
        guard let document = try? JSONValue(parsing: Array(text.utf8)), let root = document.object else {
            throw .validation("Error validating stack policy: Invalid stack policy")
        }
        let written = root["Statement"]
        let list = written?.array ?? written.map { [$0] } ?? []
        // AWS takes `{}`, and keeps it.
        guard !list.isEmpty || root.isEmpty else {
            throw .validation("Error validating stack policy: Invalid stack policy")
        }
        var statements: [Statement] = []
        for value in list { statements.append(try Self.statement(value)) }
        self.statements = statements
    }

    private static let members: Set<String> = [
        "Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    private static func statement(_ value: JSONValue) throws(ServiceError) -> Statement {
        let invalid = ServiceError.validation("Error validating stack policy: Invalid stack policy")
        guard let members = value.object, let effect = members["Effect"]?.string, ["Allow", "Deny"].contains(effect),
            let principal = members["Principal"],
            principal.string == "*" || principal["AWS"]?.string == "*",
            members.allSatisfy({ Self.members.contains($0.key) }),
            members["Action"] == nil || members["NotAction"] == nil,
            members["Resource"] == nil || members["NotResource"] == nil
        else { throw invalid }
        func texts(_ value: JSONValue?) -> [String]? {
            guard let value else { return nil }
            return value.string.map { [$0] } ?? value.array?.compactMap(\.string)
        }
        guard let actions = texts(members["Action"]) ?? texts(members["NotAction"]),
            let resources = texts(members["Resource"]) ?? texts(members["NotResource"])
        else { throw invalid }
        var types: [String] = []
        if let condition = members["Condition"] {
            guard let conditions = condition.object, conditions.count == 1,
                let test = conditions["StringEquals"] ?? conditions["StringLike"], test.object?.count == 1,
                let wanted = texts(test["ResourceType"])
            else { throw invalid }
            types = wanted
        }
        return Statement(
            isAllow: effect == "Allow", actions: actions, isNotAction: members["Action"] == nil, resources: resources,
            isNotResource: members["Resource"] == nil, types: types)
    }

    /// Why a change may not be made; nil where it may. With a policy, what it does not allow is denied.
    ///
    /// Of AWS's sentence its first words are confirmed.
    func denial(of change: ResourceChange) -> String? {
        guard !statements.isEmpty else { return nil }
        let action: String
        switch change.action {
        case .create: return nil
        case .update: action = "Update:Modify"
        case .replace: action = "Update:Replace"
        case .delete: action = "Update:Delete"
        }
        let resource = "LogicalResourceId/\(change.logicalId)"
        let matching = statements.enumerated().filter { _, statement in
            let isAction = statement.actions.contains { ARNPattern.matches($0, action) } != statement.isNotAction
            let isResource =
                statement.resources.contains { ARNPattern.matches($0, resource) } != statement.isNotResource
            let isType = statement.types.isEmpty || statement.types.contains { ARNPattern.matches($0, change.type) }
            return isAction && isResource && isType
        }
        if let statement = matching.first(where: { !$0.element.isAllow }) {
            return "Action denied by stack policy: Statement [#\(statement.offset + 1)] does not allow [\(action)] for "
                + "resource [\(resource)]"
        }
        return matching.isEmpty
            ? "Action denied by stack policy: no statement allows [\(action)] for resource [\(resource)]" : nil
    }
}

extension CloudFormation {
    /// A policy that a call gives, checked.
    func policy(_ call: StackCall, _ prefix: String = "StackPolicy") async throws(ServiceError) -> String? {
        guard let text = try await template(call, prefix: prefix) else { return nil }
        _ = try StackPolicy(text)
        return text
    }
}
