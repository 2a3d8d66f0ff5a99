/// The service and region that a call was signed for (SigV4 `Credential=AKID/date/region/service/aws4_request`).
package struct CredentialScope: Sendable {
    package let region: String
    package let service: String

    /// From the Authorization header or a presigned query; nil when the call is not signed.
    package init?(_ request: WireRequest) {
        let source: String
        if let authorization = request.header("authorization"), authorization.hasPrefix("AWS4-HMAC-SHA256") {
            source = authorization
        } else if let pair = PercentEncoding.query(request.query)?.first(where: { $0.name == "X-Amz-Credential" }) {
            source = "Credential=" + pair.value
        } else {
            return nil
        }
        guard let start = source.firstRange(of: "Credential=")?.upperBound else { return nil }
        let parts = source[start...].prefix { $0 != "," && $0 != " " }.split(separator: "/")
        guard parts.count == 5 else { return nil }
        region = String(parts[2])
        service = String(parts[3])
    }
}
