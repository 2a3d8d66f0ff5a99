/// Which AWS services integrations of REST APIs reach: those that this server has itself, and those that the operator has
/// named an endpoint for.
package struct ServedServices: Sendable {
    /// Its own, by their names in URIs. Those of forms are not among them: what API Gateway adds to a form's `Action` is
    /// not known.
    private static let own: Set<String> = ["dynamodb", "s3", "secretsmanager", "logs", "cognito-idp"]

    /// By the service's name in URIs.
    package var endpoints: Set<String>

    package init(endpoints: Set<String> = []) { self.endpoints = endpoints }

    /// Why the service of an integration's URI is not reached, in words for whoever deploys it; nil when it is, when it
    /// is a function, and when a stage variable decides.
    package func fault(of uri: String, in account: AccountIdentity) -> String? {
        guard let parsed = ServiceURI(uri), !"\(parsed.subdomain ?? "")\(parsed.service)".contains("$"),
            !endpoints.contains(parsed.service)
        else { return nil }
        // Buckets stand before S3's name; no other has anything there.
        guard Self.own.contains(parsed.service), parsed.subdomain == nil || parsed.service == "s3" else {
            return "calls \(parsed.service), for which this server has no endpoint: start it with --service-endpoint "
                + "\(parsed.service)=URL"
        }
        guard parsed.region == account.region || parsed.region.contains("$") else {
            return "calls \(parsed.service) of \(parsed.region), and this server is \(account.region)"
        }
        return nil
    }
}
