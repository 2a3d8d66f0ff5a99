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
    /// In lower case; nil: `execute-api:invoke`.
    let action: [UInt8]?
    let resource: [UInt8]
    /// The resource in another spelling, which whoever serves it may take for the same: no Deny is passed by it.
    let otherwise: [UInt8]?
    package let principal: PolicyPrincipal
    /// Whether whoever asks has a permissions boundary.
    package var isBounded = false
    /// Of the resource and its other spelling.
    let runs: ByteRuns
    let otherwiseRuns: ByteRuns?

    /// - Parameters:
    ///   - action: such as `execute-api:Invoke`.
    ///   - resource: the ARN of what is asked for.
    package init(action: String, resource: String, principal: PolicyPrincipal) {
        self.init(action: action, resource: Array(resource.utf8), principal: principal)
    }

    package init(action: String, resource: [UInt8], otherwise: [UInt8]? = nil, principal: PolicyPrincipal) {
        self.init(Array(action.lowercased().utf8), resource, otherwise, principal)
    }

    /// Of a call of an API.
    ///
    /// - Parameter resource: the ARN of the method or route.
    package init(invoking resource: [UInt8], otherwise: [UInt8]? = nil, principal: PolicyPrincipal) {
        self.init(nil, resource, otherwise, principal)
    }

    private init(_ action: [UInt8]?, _ resource: [UInt8], _ otherwise: [UInt8]?, _ principal: PolicyPrincipal) {
        self.action = action
        self.resource = resource
        self.otherwise = otherwise
        self.principal = principal
        runs = ByteRuns(resource)
        otherwiseRuns = otherwise.map(ByteRuns.init)
    }

    static let invoke = Array("execute-api:invoke".utf8)
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
        var facts = Facts(keys)
        var seen = -1
        for entry in index.entries where entry.statement != seen {
            guard request.fits(entry) else { continue }
            let number = entry.statement
            let statement = statements[number]
            seen = number
            guard statement.isAbout(request, values), statement.holds(&facts, values) else { continue }
            guard statement.allows else { return .deny(statement: number) }
            let grant = statement.grant(to: request.principal)
            if case .allow(_, let other) = verdict, other >= grant { continue }
            verdict = .allow(statement: number, grant)
        }
        return verdict
    }

    /// The statements that are about a request and hold for it: those that allow, or those that deny.
    package func statements(
        allowing: Bool, _ request: PolicyRequest, values: (ConditionKey) -> ConditionValues
    ) -> [Int] {
        var facts = Facts(keys)
        var found: [Int] = []
        for number in statements.indices where statements[number].allows == allowing {
            let statement = statements[number]
            if statement.isAbout(request, values), statement.holds(&facts, values) { found.append(number) }
        }
        return found
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
        guard request.action.map({ action in actions.cover { $0.matches(action) } }) ?? isAboutInvoking,
            covers(request, values)
        else { return false }
        switch principals {
        case .any: return true
        case .these(let patterns): return patterns.contains { $0.matches(request.principal) }
        // Whoever has a permissions boundary is never left out.
        case .allBut(let patterns):
            return request.isBounded || !PrincipalPattern.leaveOut(request.principal, patterns)
        }
    }

    private func covers(_ request: PolicyRequest, _ values: (ConditionKey) -> ConditionValues) -> Bool {
        guard let otherwise = request.otherwise else { return covers(request.resource, values) }
        // An Allow that names what it is not about must not be reached by another spelling of that either.
        switch (allows, resources) {
        case (true, .allBut): return covers(request.resource, values) && covers(otherwise, values)
        case (true, _): return covers(request.resource, values)
        case (false, _): return covers(request.resource, values) || covers(otherwise, values)
        }
    }

    /// Whether the statement is about the resource. What is not known counts as in conditions.
    private func covers(_ resource: [UInt8], _ values: (ConditionKey) -> ConditionValues) -> Bool {
        switch resources {
        case .any: true
        case .these(let patterns):
            patterns.contains { $0.isUnknown(values) ? !allows : $0.matches(resource, values) }
        case .allBut(let patterns):
            !patterns.contains { $0.isUnknown(values) ? allows : $0.matches(resource, values) }
        }
    }

    /// What is not known lets no Allow hold, and every Deny.
    fileprivate func holds(_ facts: inout Facts, _ values: (ConditionKey) -> ConditionValues) -> Bool {
        for condition in conditions where !(condition.holds(&facts, values) ?? !allows) { return false }
        return true
    }

    fileprivate func grant(to principal: PolicyPrincipal) -> PolicyVerdict.Grant {
        guard case .these(let patterns) = principals else { return .toCaller }
        var best: PolicyVerdict.Grant?
        for pattern in patterns {
            guard let grant = pattern.grant(to: principal) else { continue }
            best = best.map { max($0, grant) } ?? grant
        }
        return best ?? .toCaller
    }
}

extension Statement.Names {
    func cover(_ matches: (Element) -> Bool) -> Bool {
        switch self {
        case .any: true
        case .these(let elements): elements.contains(where: matches)
        case .allBut(let elements): !elements.contains(where: matches)
        }
    }
}
