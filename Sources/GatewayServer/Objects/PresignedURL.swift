import ControlPlane
import GatewayModel
import ObjectStore
import SigV4

/// URLs that are signed for somebody else. Source: S3 API Reference, sigv4-query-string-auth; recorded refusals.
enum PresignedURL {
    private static let names = [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires",
    ]
    /// AWS quota: a week.
    private static let longest = 604_800

    static func check(_ request: ObjectRequest, region: String, now: Timestamp) throws(ObjectError) {
        let ways = [request.has("X-Amz-Algorithm"), request.has("Signature"), request.header("authorization") != nil]
        guard ways.count(where: \.self) <= 1 else {
            throw .invalidArgument(
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
                    + "parameter or the Authorization header should be specified", name: "Authorization",
                value: request.header("authorization") ?? "null")
        }
        guard names.contains(where: request.has) else { return }
        guard names.allSatisfy({ request.parameter($0)?.isEmpty == false }), let date = request.parameter("X-Amz-Date")
        else {
            throw error(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                    + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
        }
        let expires = request.parameter("X-Amz-Expires") ?? ""
        guard let life = Int(expires) else { throw error("X-Amz-Expires should be a number") }
        guard life >= 0 else { throw error("X-Amz-Expires must be non-negative") }
        guard life <= longest else {
            throw error(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
                    + "\(longest) seconds")
        }
        let credential = "X-Amz-Credential=" + PercentEncoding.encode(request.parameter("X-Amz-Credential") ?? "")
        guard let scope = CredentialScope(authorization: nil, query: credential) else {
            throw error(
                "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                    + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        }
        guard scope.region == region else {
            throw error(
                "Error parsing the X-Amz-Credential parameter; the region '\(scope.region)' is wrong; expecting '\(region)'"
            ).with("Region", region)
        }
        guard let start = SignatureClaim.time(of: date) else {
            throw error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        }
        guard now.seconds <= start.seconds + Int64(life) else {
            throw expired(at: Timestamp(milliseconds: start.milliseconds + Int64(life) * 1000), now)
                .with("X-Amz-Expires", expires)
        }
        guard start.seconds <= now.seconds + SignatureClaim.objectSkew else {
            throw ObjectError("AccessDenied", status: 403, "Request is not valid yet")
                .with("X-Amz-Date", date).with("ServerTime", now.iso8601)
        }
    }

    static func expired(at end: Timestamp, _ now: Timestamp) -> ObjectError {
        ObjectError("AccessDenied", status: 403, "Request has expired")
            .with("Expires", end.iso8601).with("ServerTime", now.iso8601)
    }

    private static func error(_ message: String) -> ObjectError {
        ObjectError("AuthorizationQueryParametersError", status: 400, message)
    }
}

extension SignatureV2 {
    /// What a request says of a signature of version 2, as far as that can be told without the key; nil where it says
    /// nothing of one. Source: recorded refusals.
    init?(
        _ signable: SignableRequest, _ request: ObjectRequest, region: String, now: Timestamp
    ) throws(ObjectError) {
        let names = ["Signature", "Expires", "AWSAccessKeyId"]
        let (key, signature): (String, String)
        var expires: String?
        if let authorization = request.header("authorization"), authorization.hasPrefix("AWS ") {
            let parts = authorization.dropFirst(4).split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw .invalidArgument(
                    "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature", name: "Authorization",
                    value: authorization)
            }
            (key, signature) = (String(parts[0]), String(parts[1]))
        } else if request.has("Signature") || request.has("AWSAccessKeyId") {
            let values = names.map { request.parameter($0) ?? "" }
            guard values.allSatisfy({ !$0.isEmpty }) else {
                throw ObjectError(
                    "AccessDenied", status: 403,
                    "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
            }
            (signature, expires, key) = (values[0], values[1], values[2])
        } else {
            return nil
        }
        let chunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
        guard Self.regions.contains(region), request.header("x-amz-content-sha256")?.hasPrefix(chunks) != true else {
            throw .unsupportedMechanism
        }
        if let part = ObjectOperation.parts(of: request).first(where: { !Self.subresources.contains($0) }) {
            throw .invalidRequest(
                "Signatures of version 2 do not say that '\(part)' is asked for. Please use AWS4-HMAC-SHA256.")
        }
        if let expires {
            guard let end = Int64(expires), (0..<Self.lastSecond).contains(end) else {
                throw ObjectError(
                    "AccessDenied", status: 403, "Invalid date (should be seconds since epoch): \(expires)")
            }
            guard now.seconds <= end else {
                throw PresignedURL.expired(at: Timestamp(milliseconds: end * 1000), now)
            }
        } else {
            try Self.checkDate(request, now)
        }
        self.init(signable, key: key, signature: signature, bucket: request.hostBucket, expires: expires)
    }

    /// The last one of the year 9999.
    private static let lastSecond: Int64 = 253_402_300_800

    private static func checkDate(_ request: ObjectRequest, _ now: Timestamp) throws(ObjectError) {
        let text = request.header("x-amz-date") ?? request.header("date") ?? ""
        let seconds =
            HTTPDate.seconds(text.replacing("+0000", with: "GMT")) ?? SignatureClaim.time(of: text)?.seconds
        guard let seconds else {
            throw ObjectError(
                "AccessDenied", status: 403, "AWS authentication requires a valid Date or x-amz-date header")
        }
        guard abs(seconds - now.seconds) <= SignatureClaim.objectSkew else { throw .requestTimeTooSkewed }
    }
}
