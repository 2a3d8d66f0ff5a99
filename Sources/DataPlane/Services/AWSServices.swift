package import SigV4

/// What integrations with AWS services reach.
package struct AWSServices: Sendable {
    /// This server's own; nil where it has none.
    package var tables: (any TableTarget)?
    /// Others of its own (`ServedServices.own`).
    package var own: (any OwnServices)?
    /// What the operator has named for other services, by their names in URIs: `http://127.0.0.1:9324`.
    package var endpoints: [String: String] = [:]
    /// Whom requests to them come from.
    package var credentials: SigningCredentials?

    /// What stands for VPC links; nil where nothing does.
    package var vpcLinks: (any VpcLinkDirectory)?

    package init(tables: (any TableTarget)? = nil) { self.tables = tables }
}
