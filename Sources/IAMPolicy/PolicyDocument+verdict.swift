/// What a policy says of a request.
package enum PolicyVerdict: Sendable, Equatable {
    /// By the statement of that number.
    case allow(statement: Int, Grant)
    case deny(statement: Int)
    case silent

    /// To whom a statement allows something; a larger one says more.
    package enum Grant: Int, Sendable, Comparable {
        /// To the account, which leaves it to the policies of its users and roles.
        case toAccount
        case toCaller
        /// To the very user or session by name, so that nothing else need allow it and no boundary bounds it.
        case byName

        package static func < (left: Grant, right: Grant) -> Bool { left.rawValue < right.rawValue }
    }

    package var isDeny: Bool { if case .deny = self { true } else { false } }
    package var isAllow: Bool { if case .allow = self { true } else { false } }
}

/// A request as policies see it.
package struct PolicyRequest: Sendable {
    /// In lower case.
    let action: [UInt8]
    let resource: [UInt8]
    package let principal: PolicyPrincipal

    /// - Parameters:
    ///   - action: such as `execute-api:Invoke`.
    ///   - resource: the ARN of what is asked for.
    package init(action: String, resource: String, principal: PolicyPrincipal) {
        self.init(action: action, resource: Array(resource.utf8), principal: principal)
    }

    /// Of a call of an API.
    ///
    /// - Parameter resource: the ARN of the method or route.
    package init(invoking resource: [UInt8], principal: PolicyPrincipal) {
        action = Self.invoke
        self.resource = resource
        self.principal = principal
    }

    private static let invoke = Array("execute-api:invoke".utf8)

    package init(action: String, resource: [UInt8], principal: PolicyPrincipal) {
        self.action = Array(action.lowercased().utf8)
        self.resource = resource
        self.principal = principal
    }
}

extension PolicyDocument {
    /// What the policy says: a statement that denies wins over every one that allows.
    ///
    /// - Parameter values: what the request has for a condition key; asked only for the keys of statements that are
    ///   about the request.
    package func verdict(
        for request: PolicyRequest, values: (ConditionKey) -> ConditionValues
    ) -> PolicyVerdict {
        var verdict = PolicyVerdict.silent
        for (number, statement) in statements.enumerated() {
            guard statement.isAbout(request, values), statement.holds(values) else { continue }
            guard statement.allows else { return .deny(statement: number) }
            let grant = statement.grant(to: request.principal)
            if case .allow(_, let other) = verdict, other >= grant { continue }
            verdict = .allow(statement: number, grant)
        }
        return verdict
    }

    /// The `Sid` of a statement, else which one it is: for those who look for the reason of a refusal.
    package func name(ofStatement number: Int) -> String {
        guard statements.indices.contains(number), let id = statements[number].id, !id.isEmpty else {
            return "statement \(number + 1)"
        }
        return "statement \(id)"
    }
}

extension Statement {
    fileprivate func isAbout(_ request: PolicyRequest, _ values: (ConditionKey) -> ConditionValues) -> Bool {
        actions.cover { $0.matches(request.action) } && covers(request.resource, values)
            && principals?.cover { $0.matches(request.principal) } ?? true
    }

    /// Whether the statement is about the resource. What is not known counts as in conditions.
    private func covers(_ resource: [UInt8], _ values: (ConditionKey) -> ConditionValues) -> Bool {
        switch resources {
        case .any: return true
        case .these(let patterns):
            return patterns.contains { $0.isUnknown(values) ? !allows : $0.matches(resource, values) }
        case .allBut(let patterns):
            return !patterns.contains { $0.isUnknown(values) ? allows : $0.matches(resource, values) }
        }
    }

    /// What is not known lets no Allow hold, and every Deny.
    fileprivate func holds(_ values: (ConditionKey) -> ConditionValues) -> Bool {
        conditions.allSatisfy { $0.holds(values) ?? !allows }
    }

    fileprivate func grant(to principal: PolicyPrincipal) -> PolicyVerdict.Grant {
        guard case .these(let patterns) = principals else { return .toCaller }
        return patterns.compactMap { $0.grant(to: principal) }.max() ?? .toCaller
    }
}

extension Statement.Names {
    fileprivate func cover(_ matches: (Element) -> Bool) -> Bool {
        switch self {
        case .any: true
        case .these(let elements): elements.contains(where: matches)
        case .allBut(let elements): !elements.contains(where: matches)
        }
    }
}
