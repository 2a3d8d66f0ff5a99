import Callers
import GatewayModel
import IAMPolicy

extension IAM {
    static var simulations: [String: FormOperation] {
        [
            "SimulateCustomPolicy": { _, call throws(ServiceError) in
                try call.require(list: "PolicyInputList", "policyInputList")
                return try call.simulate(nil)
            },
            "SimulatePrincipalPolicy": { control, call throws(ServiceError) in
                try call.simulate(try SimulationSource(call, control.world))
            },
            "GetContextKeysForCustomPolicy": { _, call throws(ServiceError) in
                try call.require(list: "PolicyInputList", "policyInputList")
                return try call.contextKeys([])
            },
            "GetContextKeysForPrincipalPolicy": { control, call throws(ServiceError) in
                try call.contextKeys(try SimulationSource(call, control.world).policies)
            },
        ]
    }
}

/// Source: botocore's model.
private enum SimulationLimits {
    static let actionLength = 3...128
    static let resourceLength = 1...2_048
    static let keyLength = 5...256
    static let keyTypes = [
        "string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary",
        "binaryList", "date", "dateList",
    ]
    /// Bytes of all policies that a call brings, as one may have.
    static let policyBytes = 131_072
    /// What a page may cost, about half a second: then it ends early, as it may in AWS.
    static let pageCost = 250_000_000
}

extension FormCall {
    fileprivate func contextKeys(_ policies: [SimulatedPolicy]) throws(ServiceError) -> XMLMembers {
        let all = policies + (try self.policies("PolicyInputList"))
        return XMLMembers { $0.list("ContextKeyNames", PolicyKeyNames.unique(all.flatMap(\.keys))) }
    }

    /// - Parameter source: nil for policies that the call brings alone.
    fileprivate func simulate(_ source: SimulationSource?) throws(ServiceError) -> XMLMembers {
        try refuse([
            "ResourceHandlingOption", "OrderedOrganizationPolicyInputList", "PolicyExclusionList",
            "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList",
            "PolicyExclusionList.member.1.PolicyType", "PolicyExclusionList.member.1.PolicyArn",
            "PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName",
        ])
        let actions = try simulatedActions()
        let resources = try simulatedResources()
        let simulation = try simulation(source)
        // Each action with each resource, and no result before it is asked for.
        let (page, marker) = try simulatedPage(of: actions.count * resources.count) { number in
            simulation.cost(of: resources[number % resources.count])
        }
        let results = page.map { simulation.result(actions[$0 / resources.count], resources[$0 % resources.count]) }
        return XMLMembers { members in
            members.list("EvaluationResults", results) { $0.add($1) }
            members.add("IsTruncated", marker != nil)
            members.add("Marker", marker)
        }
    }

    private func simulation(_ source: SimulationSource?) throws(ServiceError) -> Simulation {
        var caller = source?.principal ?? .user(arn: "", account: account.accountId)
        let resourcePolicy = try policies("ResourcePolicy", kind: .resource).first
        if let arn = members.string("CallerArn") {
            guard let principal = Self.principal(arn) else {
                throw IAMError.invalidInput("Invalid CallerArn: \(arn) is not the ARN of a user.")
            }
            caller = principal
        } else if resourcePolicy != nil, source?.facts.map({ !$0.isUser }) ?? true {
            throw IAMError.invalidInput(
                "CallerArn is required with a ResourcePolicy, unless policies of a user are simulated.")
        }
        var owner = caller.account ?? account.accountId
        if let arn = members.string("ResourceOwner") {
            let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
            owner = parts.count == 6 ? String(parts[4]) : arn
            guard owner.utf8.count == 12, owner.allSatisfy(\.isNumber) else {
                throw IAMError.invalidInput("Invalid ResourceOwner: \(arn) names no account.")
            }
        }
        let boundaries = try policies("PermissionsBoundaryPolicyInputList")
        guard boundaries.count <= 1 else {
            throw IAMError.invalidInput("At most one permissions boundary policy can be simulated.")
        }
        return Simulation(
            identity: (source?.policies ?? []) + (try policies("PolicyInputList")),
            boundary: boundaries.first.map { .some($0) } ?? source?.boundary, resource: resourcePolicy, caller: caller,
            owner: owner, entries: try contextEntries(), facts: source?.facts)
    }

    /// Of users; roles are known by their sessions.
    private static func principal(_ arn: String) -> PolicyPrincipal? {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[4].utf8.count == 12 else { return nil }
        let account = String(parts[4])
        switch parts[5].prefix(while: { $0 != "/" }) {
        case "root": return .root(account: account)
        case "user": return .user(arn: arn, account: account)
        case "role": return .session(role: arn, arn: arn, account: account)
        default: return nil
        }
    }

    private func simulatedActions() throws(ServiceError) -> [String] {
        try require(list: "ActionNames", "actionNames")
        let actions = members.strings("ActionNames") ?? []
        for action in actions {
            guard SimulationLimits.actionLength.contains(action.utf8.count),
                action.split(separator: ":", omittingEmptySubsequences: false).count == 2, !action.hasPrefix(":"),
                action.isWord(and: ":")
            else { throw IAMError.invalidInput("Invalid action name: \(action.prefix(128))") }
        }
        return actions
    }

    private func simulatedResources() throws(ServiceError) -> [String] {
        let resources = members.strings("ResourceArns").flatMap { $0.isEmpty ? nil : $0 } ?? ["*"]
        var constraints = Constraints()
        for resource in resources {
            constraints.length(resource, "resourceArns", SimulationLimits.resourceLength)
            try constraints.checkForm()
            guard resource == "*" || resource.hasPrefix("arn:") else {
                throw IAMError.invalidInput("Invalid resource ARN: \(resource)")
            }
        }
        return resources
    }

    private func contextEntries() throws(ServiceError) -> [String: [String]] {
        var entries: [String: [String]] = [:]
        let names = ["ContextKeyName", "ContextKeyType", "ContextKeyValues", "ContextKeyValues.member.1"]
        for entry in members.elements("ContextEntries", with: names) {
            let name = entry.string("ContextKeyName")
            var constraints = Constraints()
            constraints.present(name, "contextEntries.contextKeyName")
            constraints.length(name, "contextEntries.contextKeyName", SimulationLimits.keyLength)
            constraints.oneOf(
                entry.string("ContextKeyType"), "contextEntries.contextKeyType", SimulationLimits.keyTypes)
            try constraints.checkForm()
            let values = entry.strings("ContextKeyValues") ?? []
            guard let name, !values.isEmpty else { continue }
            guard entries.updateValue(values, forKey: name.lowercased()) == nil else {
                throw IAMError.invalidInput("Duplicate context key: \(name)")
            }
        }
        return entries
    }

    /// Policies that the call brings, called by the member and their number.
    private func policies(
        _ member: String, kind: PolicyDocument.Kind = .identity
    ) throws(ServiceError) -> [SimulatedPolicy] {
        let isList = kind == .identity
        let texts = isList ? members.strings(member) ?? [] : [members.string(member)].compactMap(\.self)
        guard texts.reduce(0, { $0 + $1.utf8.count }) <= SimulationLimits.policyBytes else {
            throw IAMError.invalidInput(
                "The policies of \(member) are larger than \(SimulationLimits.policyBytes) bytes.")
        }
        var policies: [SimulatedPolicy] = []
        for (number, text) in texts.enumerated() {
            let name = isList ? "\(member).\(number + 1)" : member
            do throws(PolicyError) { policies.append(try SimulatedPolicy(name, text, kind: kind)) } catch {
                throw IAMError.invalidInput("Invalid policy in \(name): \(error.message)")
            }
        }
        return policies
    }

    /// The numbers of the results of one page.
    private func simulatedPage(
        of count: Int, cost: (Int) -> Int
    ) throws(ServiceError) -> (page: Range<Int>, marker: String?) {
        let wanted = try members.integer("MaxItems")
        var constraints = Constraints()
        constraints.range(wanted, "maxItems", 1...1000)
        try constraints.checkForm()
        var start = 0
        if let marker = members.string("Marker") {
            let text = Base64.decode(marker).map { String(decoding: $0, as: UTF8.self) }
            guard let number = text.flatMap(Int.init), (0..<count).contains(number) else {
                throw IAMError.invalidInput("Invalid Marker.")
            }
            start = number
        }
        let limit = min(start + (wanted ?? IAMQuotas.page), count)
        var (end, spent) = (start, 0)
        while end < limit, end == start || spent < SimulationLimits.pageCost {
            spent += cost(end)
            end += 1
        }
        return (start..<end, end < count ? Base64.encode(Array(String(end).utf8)) : nil)
    }

    fileprivate func require(list name: String, _ place: String) throws(ServiceError) {
        var constraints = Constraints()
        constraints.present(members.string("\(name).member.1"), place)
        try constraints.checkForm()
    }
}

extension XMLMembers {
    /// What is about one resource is told once more among the results of resources, and only there which values are
    /// missing (recorded).
    fileprivate mutating func add(_ result: Simulation.Result) {
        add("EvalActionName", result.action)
        add("EvalResourceName", result.resource)
        add("EvalDecision", result.decision)
        add(matched: result)
        list("MissingContextValues", result.isGeneral ? result.missing : [])
        add(boundary: result)
        guard !result.isGeneral else { return }
        structure("EvalDecisionDetails") { details in
            for (kind, decision) in result.details ?? [] {
                details.structure("entry") { entry in
                    entry.add("key", kind)
                    entry.add("value", decision)
                }
            }
        }
        list("ResourceSpecificResults", CollectionOfOne(result)) { member, result in
            member.add("EvalResourceName", result.resource)
            member.add("EvalResourceDecision", result.decision)
            member.add(matched: result)
            member.list("MissingContextValues", result.missing)
            member.add(boundary: result)
        }
    }

    private mutating func add(matched result: Simulation.Result) {
        list("MatchedStatements", result.matched) { member, match in
            member.add("SourcePolicyId", match.policy.name)
            member.add("SourcePolicyType", match.policy.kind)
            member.add("StartPosition", match.statement.start)
            member.add("EndPosition", match.statement.end)
        }
    }

    private mutating func add(_ name: String, _ position: StatementPlace.Position) {
        structure(name) { member in
            member.add("Line", position.line)
            member.add("Column", position.column)
        }
    }

    private mutating func add(boundary result: Simulation.Result) {
        guard let isAllowed = result.isAllowedByBoundary else { return }
        structure("PermissionsBoundaryDecisionDetail") { $0.add("AllowedByPermissionsBoundary", isAllowed) }
    }
}
