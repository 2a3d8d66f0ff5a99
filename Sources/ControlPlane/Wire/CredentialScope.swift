import GatewayModel

/// The service and region that a call was signed for (SigV4 `Credential=AKID/date/region/service/aws4_request`).
package struct CredentialScope: Sendable {
    package let region: String
    package let service: String

    /// From the Authorization header or a presigned query; nil when the call is not signed.
    package init?(_ request: WireRequest) {
        self.init(authorization: request.header("authorization"), query: request.query)
    }

    package init?(authorization: String?, query: String) {
        let source: String
        if let authorization, authorization.hasPrefix("AWS4-") {
            source = authorization
        } else if let pair = PercentEncoding.query(query)?.first(where: { $0.name == "X-Amz-Credential" }) {
            source = "Credential=" + pair.value
        } else {
            return nil
        }
        guard let start = source.firstRange(of: "Credential=")?.upperBound else { return nil }
        let parts = source[start...].prefix { $0 != "," && $0 != " " }.split(separator: "/")
        // The scope of asymmetric signatures (SigV4a) has no region.
        guard parts.count == 5 || parts.count == 4 && source.hasPrefix("AWS4-ECDSA") else { return nil }
        region = parts.count == 5 ? String(parts[2]) : "*"
        service = String(parts[parts.count - 2])
    }

    /// `AKID` of an Authorization header.
    package static func accessKey(of authorization: String) -> String? {
        guard authorization.hasPrefix("AWS4-"),
            let start = authorization.firstRange(of: "Credential=")?.upperBound
        else { return nil }
        let key = authorization[start...].prefix { $0 != "/" && $0 != "," && $0 != " " }
        return key.isEmpty ? nil : String(key)
    }
}
