/// The statements of a resource policy, each once.
struct PolicyStatements {
    private(set) var list: [TemplateValue] = []
    /// SAM writes a single one without a list.
    private(set) var isSingle = false
    /// Whether there are others than those of the document.
    private(set) var isAdded: Bool
    private var seen: Set<String> = []

    init(_ statement: TemplateValue?, isAdded: Bool = true) {
        self.isAdded = isAdded
        guard let statement else { return }
        list = statement.list ?? [statement]
        isSingle = statement.list == nil
        seen = Set(list.map(\.canonicalText))
    }

    mutating func append(_ statement: TemplateValue) {
        seen.insert(statement.canonicalText)
        (isSingle, isAdded) = (false, true)
        list.append(statement)
    }

    mutating func addIfMissing(_ statement: TemplateValue) {
        (isSingle, isAdded) = (false, true)
        if seen.insert(statement.canonicalText).inserted { list.append(statement) }
    }
}

/// Resource policies.
extension RestApiDefinition {
    static let policy = "x-amazon-apigateway-policy"

    /// Adds the statements of SAM's lists of accounts, addresses and VPCs for the methods of a path.
    mutating func addPolicy(_ policy: TemplateMap, path: String, stage: TemplateValue) {
        let resources = resources(of: path, stage: stage)
        for (name, effect) in ["AwsAccountWhitelist": "Allow", "AwsAccountBlacklist": "Deny"] as KeyValuePairs {
            guard let accounts = policy[name], accounts.isTruthy else { continue }
            let list = accounts.list == nil ? .list([accounts], line: line) : accounts
            let principal = TemplateValue.map(["AWS": list], line: line)
            let statement = statement(effect, resources, principal: principal)
            if statements.list.isEmpty {
                statements = PolicyStatements(statement)
            } else {
                statements.append(statement)
            }
        }
        for (name, test) in ["IpRangeWhitelist": "NotIpAddress", "IpRangeBlacklist": "IpAddress"] as KeyValuePairs {
            guard let ranges = policy[name], ranges.isTruthy else { continue }
            let list = ranges.list == nil ? .list([ranges], line: line) : ranges
            deny(resources, test, .map(["aws:SourceIp": list], line: line))
        }
        for (suffix, test) in ["Blacklist": "StringEquals", "Whitelist": "StringNotEquals"] as KeyValuePairs {
            var condition = TemplateMap()
            for endpoint in policy["SourceVpc\(suffix)"]?.list ?? [] {
                if endpoint.string?.hasPrefix("vpc-") == true { condition.append(endpoint, to: "aws:SourceVpc") }
                if endpoint.string?.hasPrefix("vpce-") == true { condition.append(endpoint, to: "aws:SourceVpce") }
            }
            for (kind, key) in ["Vpc": "aws:SourceVpc", "Vpce": "aws:SourceVpce"] as KeyValuePairs {
                for endpoint in policy["Intrinsic\(kind)\(suffix)"]?.list ?? [] { condition.append(endpoint, to: key) }
            }
            if !condition.isEmpty { deny(resources, test, .map(condition, line: line)) }
        }
        if document[Self.policy] == nil { document[Self.policy] = .map(TemplateMap(), line: line) }
    }

    mutating func addStatements(_ custom: TemplateValue) {
        if statements.list.isEmpty {
            statements = PolicyStatements(custom)
        } else {
            for statement in custom.list ?? [custom] { statements.addIfMissing(statement) }
        }
    }

    /// The document with what was added to its own.
    func withStatements(_ document: TemplateMap) -> TemplateMap {
        guard statements.isAdded, let first = statements.list.first else { return document }
        var document = document
        document.edit(Self.policy, line: line) { policy in
            policy["Version"] = .string("2012-10-17", line: line)
            policy["Statement"] = statements.isSingle ? first : .list(statements.list, line: line)
        }
        return document
    }

    /// Everyone may call, but not who the condition is true of.
    private mutating func deny(_ resources: TemplateValue, _ test: String, _ keys: TemplateValue) {
        let everyone = TemplateValue.string("*", line: line)
        var denied = statement("Deny", resources, principal: everyone).map ?? TemplateMap()
        denied["Condition"] = .map([test: keys], line: line)
        statements.addIfMissing(statement("Allow", resources, principal: everyone))
        statements.addIfMissing(.map(denied, line: line))
    }

    private func statement(_ effect: String, _ resources: TemplateValue, principal: TemplateValue) -> TemplateValue {
        .map(
            [
                "Effect": .string(effect, line: line), "Action": .string("execute-api:Invoke", line: line),
                "Resource": resources, "Principal": principal,
            ], line: line)
    }

    private func resources(of path: String, stage: TemplateValue) -> TemplateValue {
        let verbs = (paths[path]?.map?.entries.map(\.key) ?? []).map { method in
            HttpApiDefinition.normalized(method) == HttpApiDefinition.anyMethod ? "*" : method.uppercased()
        }
        let distinct = verbs.enumerated().filter { !verbs[..<$0.offset].contains($0.element) }.map(\.element)
        return .list(
            distinct.map { verb in
                let resource = "execute-api:/${__Stage__}/\(verb)\(ApiEvent.withoutVariables(path))"
                let variables = TemplateValue.map(["__Stage__": stage], line: line)
                return .map(["Fn::Sub": .list([.string(resource, line: line), variables], line: line)], line: line)
            }, line: line)
    }
}
