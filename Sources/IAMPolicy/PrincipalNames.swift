package import JSON

/// What a policy names in place of an ARN when it means one user or role and no later one of the same name: `AIDA…`,
/// `AROA…`, of a session `AROA…:name`. Source: IAM User Guide, reference_identifiers, unique identifiers.
package enum PrincipalId: Sendable {
    case user
    case role
    case session

    package init?(_ name: String) {
        let id = name.prefix { $0 != ":" }
        guard id.utf8.count > 16, id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
        else { return nil }
        switch (id.prefix(4), id.endIndex == name.endIndex) {
        case ("AIDA", true): self = .user
        case ("AROA", true): self = .role
        case ("AROA", false): self = .session
        default: return nil
        }
    }
}

extension PolicyDocument {
    /// A policy with other names for its principals (but for services and identity providers); nil of a name: it stays.
    package static func renamingPrincipals(of policy: JSONValue, _ rename: (String) -> String?) -> JSONValue {
        guard var document = policy.object, let statements = document["Statement"] else { return policy }
        func renamed(_ name: JSONValue) -> JSONValue { name.string.flatMap(rename).map(JSONValue.string) ?? name }
        func statement(_ value: JSONValue) -> JSONValue {
            guard var statement = value.object else { return value }
            for element in ["Principal", "NotPrincipal"] {
                guard var kinds = statement[element]?.object, let names = kinds["AWS"] else { continue }
                kinds["AWS"] = names.array.map { .array($0.map(renamed)) } ?? renamed(names)
                statement[element] = .object(kinds)
            }
            return .object(statement)
        }
        document["Statement"] = statements.array.map { .array($0.map(statement)) } ?? statement(statements)
        return .object(document)
    }

    /// All principals that a policy names, each with its kind (`AWS`, `Service`, `Federated`).
    package static func principals(of policy: JSONValue) -> [(kind: String, name: String)] {
        guard let statements = policy["Statement"] else { return [] }
        return (statements.array ?? [statements]).flatMap { statement in
            ["Principal", "NotPrincipal"].flatMap { element in
                (statement[element]?.object?.members ?? []).flatMap { kind, names in
                    (names.array ?? [names]).compactMap { name in name.string.map { (kind, $0) } }
                }
            }
        }
    }
}
