import JSON

/// The parameters of a call of the query protocol, with lists and maps in its numbered form.
struct QueryParameters: Sendable {
    private(set) var pairs: [(name: String, value: String)] = []

    init(_ pairs: KeyValuePairs<String, String> = [:]) { self.pairs = pairs.map { ($0.key, $0.value) } }

    /// What is nil stays away.
    mutating func set(_ name: String, _ value: String?) {
        if let value { pairs.append((name, value)) }
    }

    mutating func set(_ name: String, list: [String]) {
        for (position, value) in list.enumerated() { pairs.append(("\(name).member.\(position + 1)", value)) }
    }

    mutating func set(tags: JSONObject) {
        for (position, tag) in tags.members.enumerated() {
            pairs.append(("Tags.member.\(position + 1).Key", tag.key))
            pairs.append(("Tags.member.\(position + 1).Value", tag.value.string ?? ""))
        }
    }
}

extension ResourceCalls {
    /// An operation of IAM's.
    @discardableResult
    func iam(_ action: String, _ parameters: QueryParameters) async throws(ResourceFailure) -> QueryAnswer {
        do { return try await calls.iam(action, parameters.pairs) } catch {
            throw ResourceFailure(message: error.message)
        }
    }

    /// The answer; nil when what the call names is not there.
    @discardableResult
    func iamIfPresent(_ action: String, _ parameters: QueryParameters) async throws(ResourceFailure) -> QueryAnswer? {
        do { return try await calls.iam(action, parameters.pairs) } catch {
            if error.isMissing { return nil }
            throw ResourceFailure(message: error.message)
        }
    }
}

/// Whom policies belong to.
enum IAMPrincipal: String, Sendable {
    case role = "Role"
    case user = "User"
    case group = "Group"

    func parameters(_ name: String) -> QueryParameters { QueryParameters(["\(rawValue)Name": name]) }

    func parameters(_ name: String, policyARN: String) -> QueryParameters {
        QueryParameters(["\(rawValue)Name": name, "PolicyArn": policyARN])
    }

    func parameters(_ name: String, policyName: String) -> QueryParameters {
        QueryParameters(["\(rawValue)Name": name, "PolicyName": policyName])
    }

    func parameters(_ name: String, policyName: String, document: String) -> QueryParameters {
        QueryParameters(["\(rawValue)Name": name, "PolicyName": policyName, "PolicyDocument": document])
    }
}

extension PropertyReader {
    /// The documents of a list of PolicyName and PolicyDocument, by their names.
    func inlinePolicies() throws(ResourceFailure) -> [(name: String, document: String)] {
        var policies: [(name: String, document: String)] = []
        for policy in try list("Policies") {
            policies.append((try policy.required("PolicyName"), try policy.policyDocument("PolicyDocument")))
        }
        return policies
    }

    func policyDocument(_ name: String) throws(ResourceFailure) -> String {
        guard let text = document(name)?.string else { throw ResourceFailure(message: "\(name) is needed") }
        return text
    }
}
