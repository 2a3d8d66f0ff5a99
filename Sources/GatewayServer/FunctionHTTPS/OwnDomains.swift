import GatewayModel

/// The names of this server's APIs, as events tell them to functions: `{apiId}.` and one of a few domains.
struct OwnDomains: Sendable {
    /// AWS's, and those by which clients reach APIs here.
    let domains: [String]

    /// The label below a domain, no API's, at which functions answer stacks; AWS's own have it below S3's.
    static let responses = "cloudformation-custom-resource-response"

    /// A URL without a port has this one, and functions build theirs without.
    static let port = 443

    init(account: AccountIdentity) {
        domains = [account.executeAPIDomain, "execute-api.localhost", "execute-api.localhost.localstack.cloud"]
    }

    /// The API that a name stands for, whether it is here or not; nil for all other names.
    func apiId(in name: String) -> String? {
        let name = name.lowercased()
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex,
            domains.contains(String(name[name.index(after: dot)...]))
        else { return nil }
        return String(name[..<dot])
    }
}
