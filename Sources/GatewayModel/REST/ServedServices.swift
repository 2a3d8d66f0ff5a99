/// Which AWS services integrations of REST APIs reach: this server's own tables, and those that the operator has named
/// an endpoint for.
package struct ServedServices: Sendable {
    /// By the service's name in URIs.
    package var endpoints: Set<String>

    package init(endpoints: Set<String> = []) { self.endpoints = endpoints }

    /// Why the service of an integration's URI is not reached, in words for whoever deploys it; nil when it is, when it
    /// is a function, and when a stage variable decides.
    package func fault(of uri: String, in account: AccountIdentity) -> String? {
        guard let parsed = ServiceURI(uri), !"\(parsed.subdomain ?? "")\(parsed.service)".contains("$"),
            !endpoints.contains(parsed.service)
        else { return nil }
        guard parsed.service == "dynamodb", parsed.subdomain == nil else {
            return "calls \(parsed.service), for which this server has no endpoint: start it with --service-endpoint "
                + "\(parsed.service)=URL"
        }
        guard parsed.region == account.region || parsed.region.contains("$") else {
            return "calls DynamoDB of \(parsed.region), and the tables of this server are those of \(account.region)"
        }
        return nil
    }
}
