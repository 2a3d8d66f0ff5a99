package import JSON

/// A policy in the language of IAM, compiled once and asked many times.
///
/// The same language stands in resource policies of REST APIs, in what function authorizers answer, in identity
/// policies, trust policies and session policies. Source: IAM User Guide, reference_policies_grammar.
package struct PolicyDocument: Sendable {
    /// Where a policy stands decides which elements it has to have and may not have.
    package enum Kind: Sendable {
        /// Of a user, group or role, a session, or from a function authorizer: it says nothing of principals.
        case identity
        /// Of a resource: every statement names principals.
        case resource
        /// Of a role: the role is the resource.
        case trust
    }

    let statements: [Statement]
    /// Those of all conditions.
    let keys: [ConditionKey]
    let index: ResourceIndex

    /// Parses the JSON text of a policy.
    package init(_ text: String, kind: Kind) throws(PolicyError) {
        guard let value = try? JSONValue(parsing: text) else { throw .noJSON }
        try self.init(value, kind: kind)
    }

    package init(_ value: JSONValue, kind: Kind) throws(PolicyError) {
        guard let document = value.object else { throw .syntax }
        let version = try Self.version(document)
        for key in document.keys where !["Version", "Id", "Statement"].contains(key) { throw .syntax }
        if let id = document["Id"], id.string == nil { throw .syntax }
        guard let written = document["Statement"] else { throw .syntax }
        var statements: [Statement] = []
        var ids: Set<String> = []
        var keys = ConditionKeys()
        for value in written.array ?? [written] {
            let statement = try Statement(value, kind: kind, keys: &keys, hasVariables: version == .newer)
            if let id = statement.id, !id.isEmpty, !ids.insert(id).inserted { throw .repeatedSid }
            statements.append(statement)
        }
        guard !statements.isEmpty else { throw .syntax }
        self.statements = statements
        self.keys = keys.list
        index = ResourceIndex(statements)
    }

    private init(statements: [Statement]) {
        self.statements = statements
        keys = []
        index = ResourceIndex(statements)
    }

    /// Denies everybody everything: stands for a policy that cannot be read.
    package static let closed = PolicyDocument(statements: [Statement.denyingAll])

    private enum Version { case older, newer }

    /// Without one a policy is of the older version, which has no variables.
    private static func version(_ document: JSONObject) throws(PolicyError) -> Version {
        switch document["Version"] {
        case nil, "2008-10-17": .older
        case "2012-10-17": .newer
        default: throw .syntax
        }
    }
}

/// Why a text is no policy.
package enum PolicyError: Error, Sendable, Equatable {
    case noJSON
    case syntax
    case missingActions
    case missingResources
    /// An action without the service in front, or with more than one colon.
    case actionWithoutVendor
    case actionWithColons
    case resourceWithoutVendor
    case resourceWithoutARN(String)
    case repeatedSid
    /// An element that a policy of this kind may not have.
    case prohibited(String)
    case unknownOperator(String)
    /// Of those that `KeptPolicy` finds.
    case olderVersion
    case sid
    case vendor(String)
    case partition(String, String)
    case region(String)
    case legacy

    /// IAM's words for it.
    package var message: String {
        switch self {
        case .noJSON: "This policy contains invalid Json"
        case .syntax, .unknownOperator: "Syntax errors in policy."
        case .missingActions: "Policy statement must contain actions."
        case .missingResources: "Policy statement must contain resources."
        case .actionWithoutVendor: "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        case .actionWithColons: "Actions/Condition can contain only one colon."
        case .resourceWithoutVendor: "Resource vendor must be fully qualified and cannot contain regexes."
        case .resourceWithoutARN(let resource): "Resource \(resource) must be in ARN format or \"*\"."
        case .repeatedSid: "Statement IDs (SID) in a single policy must be unique."
        case .prohibited(let element): "Has prohibited field \(element)."
        case .olderVersion: "Policy document must be version 2012-10-17 or greater."
        case .sid:
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
        case .vendor(let vendor): "Vendor \(vendor) is not valid"
        case .partition(let partition, let resource):
            "Partition \"\(partition)\" is not valid for resource \"\(resource)\"."
        case .region(let message): message
        case .legacy: "The policy failed legacy parsing"
        }
    }
}
