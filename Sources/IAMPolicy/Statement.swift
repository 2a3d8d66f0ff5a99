internal import JSON

/// One statement: whom, what and where it is about, under which conditions, and whether it allows.
final class Statement: Sendable {
    /// What an element names, or all that it does not name (`NotAction` and its like).
    enum Names<Element: Sendable>: Sendable {
        case any
        case these([Element])
        case allBut([Element])
    }

    let id: String?
    let allows: Bool
    /// `.any` in identity policies, which are about whoever has them.
    let principals: Names<PrincipalPattern>
    let actions: Names<ActionPattern>
    /// `.any` in trust policies, which are about their role.
    let resources: Names<WildcardText>
    let conditions: [Condition]
    /// What calls of APIs ask for is told when the policy is compiled.
    let isAboutInvoking: Bool

    private static let elements: Set = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    init(
        _ value: JSONValue, kind: PolicyDocument.Kind, keys: inout ConditionKeys, hasVariables: Bool
    ) throws(PolicyError) {
        guard let statement = value.object else { throw .syntax }
        for key in statement.keys where !Self.elements.contains(key) { throw .syntax }
        switch statement["Sid"] {
        case nil: id = nil
        case .string(let text)?: id = text
        default: throw .syntax
        }
        switch statement["Effect"] {
        case "Allow": allows = true
        case "Deny": allows = false
        default: throw .syntax
        }
        principals = try Self.principals(statement, kind)
        actions = try Self.actions(statement)
        resources = try Self.resources(statement, kind, hasVariables)
        conditions = try Condition.all(statement["Condition"], keys: &keys, hasVariables: hasVariables)
        isAboutInvoking = actions.cover { $0.matches(PolicyRequest.invoke) }
    }

    private init() {
        id = nil
        allows = false
        (principals, actions, resources, conditions, isAboutInvoking) = (.any, .any, .any, [], true)
    }

    static let denyingAll = Statement()

    private static func principals(
        _ statement: JSONObject, _ kind: PolicyDocument.Kind
    ) throws(PolicyError) -> Names<PrincipalPattern> {
        let (these, allBut) = (statement["Principal"], statement["NotPrincipal"])
        if kind == .identity {
            if these != nil { throw .prohibited("Principal") }
            if allBut != nil { throw .prohibited("NotPrincipal") }
            return .any
        }
        switch (these, allBut) {
        case (let these?, nil):
            let patterns = try PrincipalPattern.all(these)
            return patterns == [.everyone] ? .any : .these(patterns)
        // A trust policy has no such element, and to allow all others is not supported.
        case (nil, let allBut?) where kind == .resource && statement["Effect"] == "Deny":
            return .allBut(try PrincipalPattern.all(allBut))
        default: throw .syntax
        }
    }

    private static func actions(_ statement: JSONObject) throws(PolicyError) -> Names<ActionPattern> {
        switch (statement["Action"], statement["NotAction"]) {
        case (let these?, nil): return .these(try patterns(these))
        case (nil, let allBut?): return .allBut(try patterns(allBut))
        case (nil, nil): throw .missingActions
        default: throw .syntax
        }
        func patterns(_ value: JSONValue) throws(PolicyError) -> [ActionPattern] {
            var patterns: [ActionPattern] = []
            for text in try value.policyTexts() { patterns.append(try ActionPattern(text)) }
            if patterns.isEmpty { throw .missingActions }
            return patterns
        }
    }

    private static func resources(
        _ statement: JSONObject, _ kind: PolicyDocument.Kind, _ hasVariables: Bool
    ) throws(PolicyError) -> Names<WildcardText> {
        let (these, allBut) = (statement["Resource"], statement["NotResource"])
        if kind == .trust {
            if these != nil { throw .prohibited("Resource") }
            if allBut != nil { throw .prohibited("NotResource") }
            return .any
        }
        switch (these, allBut) {
        case (let these?, nil): return .these(try patterns(these))
        case (nil, let allBut?): return .allBut(try patterns(allBut))
        case (nil, nil): throw .missingResources
        default: throw .syntax
        }
        func patterns(_ value: JSONValue) throws(PolicyError) -> [WildcardText] {
            var patterns: [WildcardText] = []
            for text in try value.policyTexts() {
                guard text == "*" || text.utf8.contains(UInt8(ascii: ":")) else { throw .resourceWithoutARN(text) }
                patterns.append(WildcardText(text, hasVariables: hasVariables))
            }
            if patterns.isEmpty { throw .missingResources }
            return patterns
        }
    }
}

extension JSONValue {
    /// A text or a list of texts, as policies have them nearly everywhere.
    func policyTexts() throws(PolicyError) -> [String] {
        var texts: [String] = []
        for element in array ?? [self] {
            guard let text = element.string else { throw .syntax }
            texts.append(text)
        }
        return texts
    }
}

/// `service:Action` with wildcards, told apart without case.
struct ActionPattern: Sendable {
    private let text: WildcardText

    init(_ text: String) throws(PolicyError) {
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        guard text == "*" || colons > 0 else { throw .actionWithoutVendor }
        guard colons <= 1 else { throw .actionWithColons }
        self.text = WildcardText(text.lowercased(), hasVariables: false)
    }

    /// - Parameter action: in lower case.
    func matches(_ action: [UInt8]) -> Bool { text.matches(action) }
}
