import GatewayModel

/// Where VPC links lead, as the operator says.
package protocol VpcLinkDirectory: Sendable {
    /// What stands for the link of that id; nil where the operator has named nothing for it.
    func target(of id: String) -> VpcLinkTarget?
}

/// A server that stands for what lies behind a VPC link.
package struct VpcLinkTarget: Sendable, Equatable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// How an integration reaches its origin through a VPC link.
struct PrivateConnection {
    let target: VpcLinkTarget
    /// Of HTTP APIs: the origin is told the API's own host and the stage, where REST APIs have a URI that says both.
    var isOfHTTPAPI = false

    /// Where an HTTP API's requests go: plain HTTP unless TLS is configured, and then under the name to verify.
    func uri(_ tls: V2.TlsConfig?) -> String {
        let host = target.host.contains(":") ? "[\(target.host)]" : target.host
        return tls.map { "https://\($0.serverNameToVerify ?? host)/" } ?? "http://\(host)/"
    }

    /// Why a call through a link without a target fails, for people.
    static func missing(_ id: String) -> String {
        guard !id.isEmpty else { return "names no VPC link: the stage variable that should name it has no value" }
        return "goes through the VPC link \(id), for which this server has no target: start it with --vpc-link "
            + "\(id)=host:port, or with the link's name"
    }
}
